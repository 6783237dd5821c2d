"""The near match that an error message offers for a misspelt name."""

from collections.abc import Iterable
from difflib import get_close_matches


def near(found: str, allowed: Iterable[str]) -> str | None:
    """Find the allowed name that somebody who wrote `found` most likely meant, or None.

    Upper case and underscores count as lower case and dashes.
    """
    spelt = {_plain(name): name for name in allowed}
    matches = get_close_matches(_plain(found), spelt, n=1)
    return spelt[matches[0]] if matches else None


def did_you_mean(found: str, allowed: Iterable[str]) -> str:
    """Write the near match as the tail of an error message: ` (did you mean pipeline?)`, or nothing."""
    match = near(found, allowed)
    return f" (did you mean {match}?)" if match else ""


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")
