"""Near matches for the command line.

They are found in `scenarios.near`, because scenario files need them too and imports point from here to there.
`scenarios` is imported when something was misspelt, so that `--help` does not pay for it.
"""

from collections.abc import Iterable


def did_you_mean(found: str, allowed: Iterable[str]) -> str:
    """Write the near match as the tail of an error message: ` (did you mean pipeline?)`, or nothing."""
    from scenarios import near  # noqa: PLC0415 - see above

    return near.did_you_mean(found, allowed)
