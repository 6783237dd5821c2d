"""How durations, counts, lists and ranges are written, on the command line and in scenario files.

Here belongs text to value and back, and nothing else: no option, no file. Every parser refuses what it does
not know with a ValueError of one form, `found X, allowed Y`, where Y holds an example.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial

LARGEST_COUNT = 1_000_000_000
LONGEST_S = 366 * 24 * 3600.0
"""A year: beyond it the waits of the operating system overflow, and nobody means it."""

ALLOWED_DURATION = "a number with its unit (ns, us, ms, s or m), at most a year, such as 100us, 1.5s or 2m"
ALLOWED_DURATIONS = "durations such as 20us,1ms or a range 1us..1ms (a 1-2-5 ladder), each once"
ALLOWED_COUNTS = "whole numbers such as 1,10,100 or a range 1..1000 (a 1-2-5 ladder), each once"

_DIGITS = "[0-9]+(?:_[0-9]+)*"
_COUNT = re.compile(_DIGITS)
_DURATION = re.compile(rf"({_DIGITS}(?:\.[0-9]+)?)(ns|us|ms|s|m)")
_LONGEST_TEXT = 40
_EXPONENTS = {"ns": -9, "us": -6, "ms": -3, "s": 0}
_LADDER = tuple(float(f"{step}e{exponent}") for exponent in range(-12, 10) for step in (1, 2, 5))


def parse_count(text: str, *, at_least: int = 1, at_most: int = LARGEST_COUNT) -> int:
    """Read a whole number, `1000` or `1_000`.

    Args:
        text: digits, with single underscores between them where that helps the eye; no sign.
        at_least: the smallest number allowed.
        at_most: the largest number allowed.

    Raises:
        ValueError: not such a number, or outside the bounds; the message names both.
    """
    if len(text) <= _LONGEST_TEXT and _COUNT.fullmatch(text) and at_least <= int(text) <= at_most:
        return int(text)
    raise ValueError(f"found {quoted(text)}, allowed {allowed_count(at_least, at_most)}")


def parse_duration(text: str) -> float:
    """Read a duration such as `100us`, `1.5s` or `2m`, in seconds, correctly rounded.

    Raises:
        ValueError: no number, no unit, a sign, or longer than a year.
    """
    match = _DURATION.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
    if match:
        number, unit = match[1].replace("_", ""), match[2]
        duration_s = float(number) * 60 if unit == "m" else float(f"{number}e{_EXPONENTS[unit]}")
        if duration_s <= LONGEST_S:
            return duration_s
    raise ValueError(f"found {quoted(text)}, allowed {ALLOWED_DURATION}")


def parse_counts(text: str, *, at_least: int = 1, at_most: int = LARGEST_COUNT) -> tuple[int, ...]:
    """Read a list of counts, `1,10,100`, or a range, `1..1000`: both ends and the 1-2-5 ladder between.

    Returns:
        The counts in the order written, each once.

    Raises:
        ValueError: an element is no count, a range runs downwards, or a count comes twice.
    """
    parse = partial(parse_count, at_least=at_least, at_most=at_most)
    return tuple(int(count) for count in _parse_list(text, parse, ALLOWED_COUNTS))


def parse_durations(text: str) -> tuple[float, ...]:
    """Read a list of durations, `20us,1ms`, or a range, `1us..1ms`, in seconds and in the order written.

    Raises:
        ValueError: an element is no duration, a range starts at 0 or runs downwards, or one comes twice.
    """
    return tuple(_parse_list(text, parse_duration, ALLOWED_DURATIONS))


def write_count(count: int) -> str:
    """Write a count so that `parse_count` reads it back: `1_000`."""
    return f"{count:_}"


def write_duration(duration_s: float) -> str:
    """Write a duration in the largest unit up to the second that keeps a whole part: `1.5s`, `20us`, `0s`.

    `parse_duration` reads back exactly the same float. Minutes are never written: `90s` needs no arithmetic.

    Args:
        duration_s: seconds, 0 or more.
    """
    exact = Decimal(repr(float(duration_s)))
    if not exact:
        return "0s"
    unit = next((unit for unit in ("s", "ms", "us") if exact >= Decimal(1).scaleb(_EXPONENTS[unit])), "ns")
    number = exact.scaleb(-_EXPONENTS[unit]).normalize()
    return f"{number:f}{unit}"


def write_rate(rate: float) -> str:
    """Write a number per second as Python and TOML do: `50`, `0.1`; both read back exactly the same float."""
    return repr(float(rate)).removesuffix(".0")


def allowed_count(at_least: int = 1, at_most: int = LARGEST_COUNT) -> str:
    """Say which counts are allowed, with an example: the second half of an error message."""
    lowest, highest, example = map(write_count, (at_least, at_most, max(at_least, min(10, at_most))))
    return f"a whole number from {lowest} to {highest}, such as {example}"


def quoted(text: str) -> str:
    """Put text between double quotes for a message: control characters escaped, cut where it grows long."""
    shown = text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 3] + "..."
    return json.dumps(shown, ensure_ascii=False)


def _parse_list(text: str, parse: Callable[[str], float], allowed: str) -> list[float]:
    values: list[float] = []
    for part in text.split(","):
        low, dots, high = (piece.strip() for piece in part.partition(".."))
        values += _climb(parse(low), parse(high)) if dots else [parse(low)]
    if len(values) > len(set(values)) or not values:
        raise ValueError(f"found {quoted(text)}, allowed {allowed}")
    return values


def _climb(low: float, high: float) -> list[float]:
    """List the rungs from low to high, of counts also from 0; none where the range does not rise."""
    if low == 0 and isinstance(low, int) and high >= 1:
        return [0, *(_climb(1, high) or [1])]
    return [low, *(rung for rung in _LADDER if low < rung < high), high] if 0 < low < high else []
