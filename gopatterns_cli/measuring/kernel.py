"""The texts that Linux shows of itself under /proc and /sys; on another system there are none."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/")
"""What the places below are counted from."""


def text(place: str) -> str | None:
    """Return what a file such as `proc/stat` holds, without white space at its ends; None if unreadable."""
    try:
        return ROOT.joinpath(place).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None


def number(place: str) -> int | None:
    """Return the whole number that a file holds; None if it holds none."""
    try:
        return int(text(place) or "")
    except ValueError:
        return None


def texts(pattern: str) -> Iterator[str]:
    """Yield what each file of a pattern such as `sys/*/online` holds, in the order of their names."""
    for path in sorted(ROOT.glob(pattern)):
        found = text(path.relative_to(ROOT).as_posix())
        if found is not None:
            yield found


def exists(place: str) -> bool:
    """Whether there is anything of that name."""
    return ROOT.joinpath(place).exists()
