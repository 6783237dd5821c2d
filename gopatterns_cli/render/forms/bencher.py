"""Bencher's metric format: by benchmark its latency in nanoseconds, of memory its bytes.

Of several versions only the newest: what came before is in Bencher already. The lower and the upper value are
the interval of the median over the rounds.

Source: Bencher Metric Format (BMF), Bencher's reference.
"""

from json import dumps
from statistics import median

from gopatterns_cli.entries import Found
from gopatterns_cli.render.screen import Screen
from gopatterns_cli.render.times import Times, newest
from gopatterns_cli.statistics.median import interval

LEVEL = 0.95


def render(found: Found, _: Screen) -> str:
    """Write what was measured in Bencher's format."""
    metrics = {one.cell.name: _metric(one) for one in newest(found)}
    return dumps(metrics, indent=2, allow_nan=False) + "\n"


def _metric(one: Times) -> dict[str, dict[str, float]]:
    measure, scale = ("memory", 1.0) if one.cell.is_memory else ("latency", 1e9)
    ends = interval(one.seconds, LEVEL)
    values = {"value": scale * median(one.seconds)}
    if ends is not None:
        values |= {"lower_value": scale * ends[0], "upper_value": scale * ends[1]}
    return {measure: values}
