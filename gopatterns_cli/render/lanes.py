"""A demo's lanes as lines of text: one per task, or one per state when there are more tasks than lines.

Everything is made from a `Watch` and a size; nothing here reads a clock or knows whether it is drawn
once or ten times a second.
"""

import sys
from collections.abc import Iterable, Sequence

from rich.text import Text

from gopatterns_cli.watching import BLOCKED, IDLE, STATES, WORKING, Lane, Watch

STYLES = {WORKING: "green", IDLE: "dim", BLOCKED: "yellow"}
WIDE = 60
LINES_AROUND = 5
"""What stands around the lanes: title, bar, a blank line and the prompt."""


def lanes(watch: Watch, columns: int, lines: int, now_ns: int, total_ns: int) -> list[Text]:
    """Draw what the tasks do, in at most `lines` lines; `total_ns` is how long the whole time axis is."""
    shown = [lane for lane in list(watch.lanes.values()) if lane.name.startswith(("worker", "stage"))]
    if len(shown) > max(lines - LINES_AROUND, 1) or len(watch.lanes) < sum(watch.counts.values()):
        return _per_state(watch, columns)
    width = max((len(lane.name) for lane in shown), default=0)
    return [_lane(lane, width, columns, _axis(watch, now_ns, total_ns)) for lane in shown]


def bar(watch: Watch, jobs: int | None, columns: int, now_ns: int) -> Text:
    """Draw how many jobs are done; a count where nobody knows how many there will be."""
    elapsed = f"{watch.elapsed_ns(now_ns) / 1e9:.2f} s"
    if jobs is None:
        return Text(f"jobs {watch.done:_}  {elapsed}")
    words = f"jobs {watch.done:_} of {jobs:_}  "
    room = max(min(columns - len(words) - len(elapsed) - 3, 60), 0)
    full = room * watch.done // jobs if jobs else room
    done, left = _glyphs("━─", "=-")
    return Text.assemble(words, (done * full, "green"), (left * (room - full), "dim"), "  ", elapsed)


def _per_state(watch: Watch, columns: int) -> list[Text]:
    total = sum(watch.counts.values())
    width = max(map(len, STATES))
    (block,) = _glyphs("█", "#")
    rows = []
    for state in STATES:
        count = watch.counts[state]
        words = f"{state:<{width}}  {count:>{len(f'{total:_}')}_}  "
        room = max(min(columns - len(words), 50), 0)
        full = block * (room * count // max(total, 1))
        rows.append(Text.assemble(words, (full, STYLES.get(state, "dim"))))
    return rows


def _axis(watch: Watch, now_ns: int, total_ns: int) -> tuple[int, int, int]:
    return watch.began_ns or 0, now_ns, max(total_ns, watch.elapsed_ns(now_ns), 1)


def _lane(lane: Lane, width: int, columns: int, axis: tuple[int, int, int]) -> Text:
    job = "" if lane.job is None else f"job {lane.job}"
    state = Text.assemble(f"{lane.name:<{width}}  ", (f"{lane.state:<8}", STYLES.get(lane.state, "dim")))
    state.append(f" {job:<8} {lane.done:>3} done" if columns >= WIDE else f" {job}")
    room = min(columns - len(state.plain) - 2, 60)
    if columns >= WIDE and room > 0:
        state.append("  ")
        state.append(_timeline(lane, room, axis), STYLES[WORKING])
    state.truncate(columns)
    return state


def _timeline(lane: Lane, room: int, axis: tuple[int, int, int]) -> str:
    """Draw when the lane worked, in `room` cells; neighbouring jobs in two shades."""
    began_ns, now_ns, total_ns = axis
    cells = [" "] * room
    first, second, open_ = _glyphs("█▓▒", "#=-")
    spans = [(start, end, (first, second)[index % 2]) for index, (start, end) in enumerate(list(lane.spans))]
    if lane.state == WORKING:
        spans.append((lane.since_ns, now_ns, open_))
    for start, end, glyph in spans:
        left = min(room * (start - began_ns) // total_ns, room - 1)
        right = max(min(-(-room * (end - began_ns) // total_ns), room), left + 1)
        cells[left:right] = glyph * (right - left)
    return "".join(cells).rstrip()


def _glyphs(wanted: str, plain: str) -> Sequence[str]:
    """The characters wanted, or plain ones where the output cannot write them."""
    try:
        wanted.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return plain
    return wanted


def joined(lines: Iterable[Text]) -> Text:
    """Put lines under each other."""
    return Text("\n").join(lines)
