"""What a demo looks like at a moment: its title, lanes, gauges, cancels and how far it is."""

from rich.text import Text

from gopatterns_cli import figures
from gopatterns_cli.live.watch import Cancel, Watch
from gopatterns_cli.render.drawing import paragraphs
from gopatterns_cli.render.gauges import gauges
from gopatterns_cli.render.glyphs import glyphs
from gopatterns_cli.render.lanes import Lanes
from gopatterns_cli.render.rates import Rates

LINES_AROUND = 4
"""What stands around lanes and gauges: title, bar, an empty line and the prompt."""

SHOWN_CANCELS = 3
FEWEST_LANES = 5


class Picture:
    """The whole of what is shown, drawn again and again.

    Args:
        watch: what the tasks do.
        title: what runs, in a line.
        steps: how many there will be, one per job or one per job and stage; None where nobody knows.
        total_ns: how long the run will take; 0 where nobody knows.
    """

    def __init__(self, watch: Watch, title: str, steps: int | None, total_ns: int) -> None:
        self._watch = watch
        self._title = title
        self._steps = steps
        self._lanes = Lanes(watch, total_ns)
        self._rates = Rates()

    def drawn(self, columns: int, lines: int, now_ns: int, last: str = "", *, over: bool = False) -> Text:
        """Draw it once, for a screen of this size; `last` stands below everything.

        Rates are those of the last second. When it is `over` they are those of the whole run, and what tasks
        used together is told with the most that it held.
        """
        watch = self._watch
        done = {number: lane.done for number, lane in list(watch.lanes.items())}
        done[Rates.ALL] = watch.done
        self._rates.look(now_ns, done)
        rates = Rates.whole(watch.began_ns or 0, now_ns, done) if over else self._rates
        things = watch.things
        levels = things.last_levels(now_ns, sampled=watch.sampled) if over else things.levels(now_ns)
        cancels = [_cancel(cancel, watch, columns) for cancel in list(watch.cancels)[-SHOWN_CANCELS:]]
        below = [Text(line, style="bold") for line in last.splitlines()]
        title = list(paragraphs([self._title], columns, style="bold"))
        titles = title[0].plain.count("\n") + 1
        room = max(lines - LINES_AROUND - (titles - 1) - len(cancels) - len(below), 2)
        for_gauges = min(len(levels), max(room // 3, room - len(done) - FEWEST_LANES, 0))
        rows = self._lanes.lines(columns, room - for_gauges, now_ns, rates)
        return Text("\n", no_wrap=True).join(
            [
                *title,
                *rows,
                *gauges(levels, columns, min(room - len(rows), len(levels))),
                *cancels,
                self._bar(columns, now_ns, rates),
                *below,
            ]
        )

    def _bar(self, columns: int, now_ns: int, rates: Rates) -> Text:
        """Draw how many jobs are done; a count where nobody knows how many there will be."""
        watch, steps = self._watch, self._steps
        elapsed = f"{watch.elapsed_ns(now_ns) / 1e9:.2f} s"
        rate = rates.per_s(Rates.ALL, watch.done)
        tail = "  ".join(filter(None, [elapsed, rate]))
        if watch.sampled:
            text = Text(f"at job {watch.top_job:_}  {elapsed}  too fast to show each: some are looked at")
            text.truncate(columns)
            return text
        if steps is None:
            return Text(f"jobs {watch.done:_}  {tail}")
        words = f"jobs {watch.done:_}  steps {watch.steps:_}" if watch.staged else f"jobs {watch.done:_}"
        words += f" of {steps:_}  "
        room = max(min(columns - len(words) - len(tail) - 3, 60), 0)
        full = min(room * watch.steps // steps, room) if steps else room
        done, left = glyphs("━─", "=-")
        text = Text.assemble(words, (done * full, "green"), (left * (room - full), "dim"), "  ", tail)
        text.truncate(columns)
        return text


def _cancel(cancel: Cancel, watch: Watch, columns: int) -> Text:
    """Say when a cancel went down the tree, whom it found, and how long until all of them knew."""
    words = (
        f"cancelled at {watch.elapsed_ns(cancel.at_ns) / 1e9:.3f} s: {figures.plural(cancel.tasks, 'task')}"
    )
    if cancel.reached:
        took = figures.seconds((cancel.last_ns - cancel.at_ns) / 1e9)
        words += f", {cancel.reached:,} went on within {took}"
    text = Text(words, style="red")
    text.truncate(columns, overflow="ellipsis")
    return text
