"""A demo's tasks as lines of text: one per task, or one per state when there are more tasks than lines.

Where tasks stand under different contexts, the tree of these is drawn, too: a cancel is seen to go down it.
Everything is made from a `Watch` and a size; nothing here reads a clock or knows whether it is drawn
once or ten times a second.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from gopatterns_cli import figures
from gopatterns_cli.live.watch import OVER, STATES, Lane, Watch
from gopatterns_cli.render.glyphs import glyphs
from gopatterns_cli.render.rates import Rates
from gopatterns_cli.render.timeline import GLYPHS, STYLES, Axis, Timeline
from gopatterns_cli.words import asked, spoken, tr

WIDE = 60
"""Columns from which a line has everything."""

MOST_CELLS = 100
STATE_WIDTH = max(map(len, STATES))
SHOWN = ("worker", "stage")
"""How the tasks are called that do a demo's work."""


@dataclass(frozen=True, slots=True)
class Context:
    """A context that several lanes stand under, at its depth in the tree."""

    context: Any
    number: int
    depth: int
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A lane at its depth in the tree of contexts."""

    lane: Lane
    depth: int


class Lanes:
    """Draws the lanes of a run, again and again.

    Args:
        watch: what the tasks do.
        total_ns: how long the run will take; 0 where nobody knows.
    """

    def __init__(self, watch: Watch, total_ns: int) -> None:
        self._watch = watch
        self._total_ns = total_ns
        self._axis: Axis | None = None
        self._timelines: dict[int, Timeline] = {}
        with spoken(asked()):  # here: a thread that draws is asked for no language
            self._legend = legend()

    def lines(self, columns: int, most: int, now_ns: int, rates: Rates) -> list[Text]:
        """Draw what the tasks do, in at most so many lines; with a legend where there is room."""
        watch = self._watch
        lanes = list(watch.lanes.values())
        shown = [lane for lane in lanes if lane.name.startswith(SHOWN)]
        rows = list(tree(shown))
        if len(rows) > max(most, 1) or len(lanes) < sum(watch.counts.values()):
            return per_state(watch, columns, most)
        axis = self._reaching(now_ns)
        width = max((len(row.lane.name) + 2 * row.depth for row in rows if isinstance(row, Row)), default=0)
        drawn = [
            _context(row, columns)
            if isinstance(row, Context)
            else self._lane(row, width, columns, axis, now_ns, rates)
            for row in rows
        ]
        if drawn and len(drawn) < most and WIDE <= columns >= cell_len(self._legend):
            drawn.append(Text(self._legend, style="dim"))
        return drawn

    def _reaching(self, now_ns: int) -> Axis:
        began_ns = self._watch.began_ns
        axis = self._axis or Axis(now_ns if began_ns is None else began_ns, max(self._total_ns, 1))
        self._axis = axis.reaching(now_ns)
        return self._axis

    def _lane(self, row: Row, width: int, columns: int, axis: Axis, now_ns: int, rates: Rates) -> Text:
        lane, indent = row.lane, "  " * row.depth
        name = f"{indent}{lane.name}"
        state = Text.assemble(
            f"{name:<{width}}  ", (f"{lane.state:<{STATE_WIDTH}}", STYLES.get(lane.state, "dim"))
        )
        job = "" if lane.job is None else f"job {lane.job}"
        if columns < WIDE:
            if len(state) + len(job) < columns:
                state.append(f" {job}")
            state.truncate(columns)
            return state
        state.append(f" {job:<8} {lane.done:>4} done {rates.per_s(lane.task.number, lane.done):>7}")
        room = min(columns - len(state.plain) - 2, MOST_CELLS)
        if room > 0:
            state.append("  ")
            state.append_text(self._timeline(lane, room, axis).text(lane, now_ns))
        state.truncate(columns)
        return state

    def _timeline(self, lane: Lane, room: int, axis: Axis) -> Timeline:
        number = lane.task.number
        known = self._timelines.get(number)
        if known is None or known.room != room or known.axis != axis:
            known = self._timelines[number] = Timeline(room, axis)
        return known


def legend() -> str:
    """Say what the glyphs along a lane mean, in a line."""
    first, second, going, sending, receiving, waiting, cancelled = glyphs(*GLYPHS)
    return tr(
        "{jobs} jobs in turn  {going} under way  {sending} sends  {receiving} receives  {waiting} waits  "
        "{cancelled} cancelled",
        jobs=first + second,
        going=going,
        sending=sending,
        receiving=receiving,
        waiting=waiting,
        cancelled=cancelled,
    )


def tree(lanes: Sequence[Lane]) -> Iterator[Context | Row]:
    """Go through lanes as a tree of the contexts that tell them apart; plainly where none does."""
    paths = [(_path(lane), lane) for lane in lanes]
    yield from _branches(_below_common(paths), 0, [0])


def _path(lane: Lane) -> list[Any]:
    """Return the contexts of a lane's task, from the root down; of one that is over, as a cancel found it."""
    left = lane.state in OVER and lane.context is not None
    context = lane.context if left else getattr(lane.task, "context", None)
    path = []
    while context is not None:
        path.append(context)
        context = context.parent
    return path[::-1]


def _below_common(paths: Sequence[tuple[list[Any], Lane]]) -> list[tuple[list[Any], Lane]]:
    """Leave out what all paths begin with."""
    common = 0
    for contexts in zip(*(path for path, _ in paths), strict=False):
        if any(context is not contexts[0] for context in contexts):
            break
        common += 1
    return [(path[common:], lane) for path, lane in paths]


def _branches(
    paths: Sequence[tuple[list[Any], Lane]], depth: int, count: list[int]
) -> Iterator[Context | Row]:
    groups: dict[int, list[tuple[list[Any], Lane]]] = {}
    for path, lane in paths:
        groups.setdefault(id(path[0]) if path else id(lane), []).append((path, lane))
    branches = any(len(group) > 1 for group in groups.values())
    for group in groups.values():
        path, lane = group[0]
        if not path or not branches:
            yield from (Row(each, depth) for _, each in group)
            continue
        count[0] += 1
        yield Context(path[0], count[0], depth, tuple(lane for _, lane in group))
        yield from _branches(_below_common(group) if len(group) > 1 else [([], lane)], depth + 1, count)


def _context(row: Context, columns: int) -> Text:
    """Draw a context: whether it lives, and how long a cancel took until its tasks knew."""
    text = Text.assemble(
        f"{'  ' * row.depth}context {row.number}  ",
        ("cancelled", "red") if row.context.dead else ("alive", "dim"),
    )
    took_ns = [lane.heard_ns for lane in row.lanes if lane.heard_ns is not None]
    if row.context.dead and took_ns:
        knew = f"{len(took_ns)} of {figures.plural(len(row.lanes), 'task')}"
        text.append(f"  {knew} went on within {figures.seconds(max(took_ns) / 1e9)}", "dim")
    text.truncate(columns)
    return text


def per_state(watch: Watch, columns: int, most: int) -> list[Text]:
    """Draw how many tasks are in each state, the states that there are; in at most so many lines."""
    total = sum(watch.counts.values())
    counts = {state: count for state, count in list(watch.counts.items()) if count}
    width, figures = max(map(len, counts), default=0), len(f"{total:_}")
    (block,) = glyphs("█", "#")
    rows = []
    for state, count in counts.items():
        words = f"{state:<{width}}  {count:>{figures}_}  "
        room = max(min(columns - len(words), 50), 0)
        bar = block * (room * count // max(total, 1))
        rows.append(Text.assemble(words, (bar, STYLES.get(state, "dim"))))
        rows[-1].truncate(columns)
    return rows[: max(most, 1)]
