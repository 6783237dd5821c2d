"""How a measured number is written: three significant digits, ASCII, the unit beside it.

For sentences and tables alike, so that the same figure reads the same everywhere. Durations that a
person typed are exact and belong to `scenarios.notation`; what was measured is rounded here.
"""

import math
from collections.abc import Sequence

from gopatterns_cli.statistics.ratio import Interval, RatioEstimate
from gopatterns_cli.words import tr, trn

LISTED = 3
"""So many of a list are named in a sentence; the rest are counted."""

UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns"))


def significant(value: float, digits: int = 3) -> str:
    """`value` with that many significant digits, never in exponents: `96.7`, `0.00891`, `1,230`."""
    if value == 0 or not math.isfinite(value):
        return f"{value:.0f}"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, decimals)
    decimals = digits - 1 - math.floor(math.log10(abs(rounded)))
    return f"{rounded:,.{max(decimals, 0)}f}"


def seconds(value: float) -> str:
    """A time with the unit that leaves digits before the point: `12.8 ms`, `0 s`."""
    if value == 0:
        return "0 s"
    # A value that rounds up to the next unit is written in that unit: 999.9 us is 1.00 ms.
    scale, unit = next(((s, u) for s, u in UNITS if abs(value) >= s * 0.9995), UNITS[-1])
    return f"{significant(value / scale)} {unit}"


def taken(value: float) -> str:
    """So many bytes: `1.9 KB`, `412 B`, `7.21 MB`; a KB is 1,024 of them, a MB 1,024 KB."""
    if value < 1000:
        return f"{significant(value)} B"
    kilobytes = value / 1024
    return f"{significant(kilobytes)} KB" if kilobytes < 1000 else f"{significant(kilobytes / 1024)} MB"


def times(value: float) -> str:
    """A ratio: `78.1x`."""
    return f"{significant(value)}x"


def gain(low: float, high: float) -> str:
    """A range of ratios as the document writes it: `10-100x`."""
    return f"{low:g}-{high:g}x"


def interval(ends: Interval) -> str:
    """The two ends of an interval: `[75.0, 80.2]`."""
    return f"[{significant(ends.low)}, {significant(ends.high)}]"


def ratio(estimate: RatioEstimate) -> str:
    """A ratio with its difference interval, or with the words that there is none: `78.1x [75.0, 80.2]`."""
    ends = tr("(no interval)") if estimate.difference is None else interval(estimate.difference)
    return f"{times(estimate.estimate)} {ends}"


def percent(share: float) -> str:
    """A relative change to two significant digits: `7.0%`, `0.80%`, `120%`."""
    return f"{significant(100 * share, 2)}%"


def percent_of(share: float) -> str:
    """A share of something asked, to a tenth of a percent: `99.8%`."""
    return f"{100 * share:.1f}%"


def error(share: float) -> str:
    """A share by which something is too much or too little: `+4%`, `-12%`, `+0%`."""
    return f"{100 * share:+.0f}%"


def plural(count: int, noun: str) -> str:
    """A count with its noun: `1 worker`, `1,000 jobs`."""
    return trn(f"{{n}} {noun}", f"{{n}} {noun}s", count)


def listed(items: Sequence[str]) -> str:
    """The first few of a list, and how many more there are: `a; b; c; and 2 more`."""
    rest = [tr("and {n} more", n=f"{len(items) - LISTED:,}")] if len(items) > LISTED else []
    return tr("; ").join([*items[:LISTED], *rest])
