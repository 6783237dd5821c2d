"""What changed between versions, in words and figures: one row per cell, for whoever draws it."""

from collections.abc import Sequence
from dataclasses import dataclass

from gopatterns_cli import figures
from gopatterns_cli.changes import Changed
from gopatterns_cli.render.grid import NOTHING
from gopatterns_cli.render.whiskers import Scale, bar
from gopatterns_cli.verdicts import SAME_WITHIN, Change
from gopatterns_cli.versus import Versus
from gopatterns_cli.words import tr

QUIET = frozenset({Change.SAME, Change.IMPROVED})
"""Verdicts that nobody has to act on."""

PAIR = 2

HIDES = "hides: the smallest slowdown that would have been called a regression four times in five"


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One cell in two versions, as text.

    Args:
        name: the cell's name; of more than two versions with the one that is compared.
        base, new: time of one run, or bytes.
        ratio: new over base.
        interval: that of the ratio.
        bar: both, drawn.
        hides: the smallest slowdown that would have been called a regression.
        verdict: regression, improved, same or inconclusive.
        aside: what would settle it, or why nothing was decided; empty if there is nothing to say.
    """

    name: str
    base: str
    new: str
    ratio: str
    interval: str
    bar: str
    hides: str
    verdict: str
    aside: str


TITLES = ChangeRow("cell", "base", "new", "new / base", "interval", "", "hides", "verdict", "")
"""What stands above each."""


def titles(found: Versus) -> ChangeRow:
    """Return what stands above the columns: the labels of two versions, or what they are of several."""
    labels = [version.label for version in found.session.plan.versions]
    if len(labels) > PAIR:
        return TITLES
    base, new = labels
    return ChangeRow("cell", base, new, f"{new} / {base}", "interval", "", "hides", "verdict", "")


def row(found: Versus, change: Changed, on: Scale) -> ChangeRow:
    """Write one of the changes of `found`, its bar on a scale."""
    several = len(found.session.plan.versions) > PAIR
    ratio, needed = change.ratio, change.judgement.rounds_needed
    written = figures.taken if change.cell.is_memory else figures.seconds
    interval = None if ratio is None else ratio.difference
    return ChangeRow(
        name=change.names[1] if several else change.cell.name,
        base=NOTHING if change.base_s is None else written(change.base_s),
        new=NOTHING if change.new_s is None else written(change.new_s),
        ratio=NOTHING if ratio is None else figures.times(ratio.estimate),
        interval=NOTHING if interval is None else figures.interval(interval),
        bar=NOTHING if ratio is None else bar(ratio, on),
        hides=NOTHING if change.hides is None else figures.percent(change.hides),
        verdict="does not run" if change.broken else str(change.judgement.verdict),
        aside=tr("about {n} rounds would settle it", n=f"{needed:,}") if needed else change.judgement.reason,
    )


def loud(found: Versus) -> tuple[Changed, ...]:
    """Return the changes that somebody may have to act on, worst first."""
    return tuple(change for change in found.changes if change.judgement.verdict not in QUIET)


def quiet(changes: Sequence[Changed]) -> str:
    """Count those that nobody has to act on: `1 improved, 23 same (within 0.909x to 1.10x)`; may be empty."""
    found = [change.judgement.verdict for change in changes if change.judgement.verdict in QUIET]
    low, high = figures.times(1 / SAME_WITHIN), figures.times(SAME_WITHIN)
    told = {
        Change.IMPROVED: tr("improved"),
        Change.SAME: tr("same (within {low} to {high})", low=low, high=high),
    }
    return tr(", ").join(
        tr("{n} {verdict}", n=f"{found.count(verdict):,}", verdict=words)
        for verdict, words in told.items()
        if verdict in found
    )
