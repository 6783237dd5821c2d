"""What the action github-action-benchmark reads with the tool `customSmallerIsBetter`: a list of values.

Of several versions only the newest: what came before is in its branch already. The range is the interval of
the median over the rounds, in the same unit.

Source: the README of benchmark-action/github-action-benchmark.
"""

from json import dumps
from statistics import median
from typing import Any

from gopatterns_cli import figures
from gopatterns_cli.entries import Found, entries
from gopatterns_cli.render.screen import Screen
from gopatterns_cli.render.times import Times, newest
from gopatterns_cli.statistics.median import interval

LEVEL = 0.95


def render(found: Found, _screen: Screen) -> str:
    """Write what was measured as that action takes it."""
    messages: dict[str, list[str]] = {}
    for entry in entries(found):
        for _, name in entry.cells[-1:]:
            messages.setdefault(name, []).append(entry.message)
    listed = [_entry(one, messages) for one in newest(found)]
    return dumps(listed, indent=2, allow_nan=False) + "\n"


def _entry(one: Times, messages: dict[str, list[str]]) -> dict[str, Any]:
    name = f"{one.cell.name}/{one.version}" if one.version else one.cell.name
    unit, scale = ("B", 1.0) if one.cell.is_memory else ("ns", 1e9)
    ends = interval(one.seconds, LEVEL)
    spread = {} if ends is None else {"range": f"{scale * ends[0]!r} to {scale * ends[1]!r}"}
    extra = [figures.plural(len(one.seconds), "round"), *messages.get(name, ())]
    return {
        "name": one.cell.name,
        "unit": unit,
        "value": scale * median(one.seconds),
        **spread,
        "extra": "\n".join(extra),
    }
