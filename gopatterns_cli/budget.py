"""Where the missing speed-up went: what an arm took beyond its share of the work, by cause.

The share is the work as it was asked for, dealt evenly to all workers. What was noted in the timed runs
themselves (`measuring.trace`) says what came on top; a job that took longer than the same job in the serial
loop waited for something that the others had: the event loop, the GIL, or a core.
"""

from dataclasses import dataclass

from gopatterns_cli.makespan import PIPELINE_STAGES, stages_of
from gopatterns_cli.measured import Measured
from gopatterns_cli.measuring.cells import Cell

START, TIMERS, WAITING, ALONE = "start", "timers", "waiting", "alone"
HAND_OFFS, TAIL, END = "hand-offs", "idle tail", "end"
"""Causes: until a worker has its first job; sleeps that last longer than asked, in the serial loop, too; jobs
that take longer than in the serial loop; computing that does not overlap; between jobs; workers without a job
at the end; until the arm returns."""


@dataclass(frozen=True, slots=True)
class LossBudget:
    """Of one arm, in seconds.

    Args:
        cell: what ran.
        took_s: what a run took, on average.
        ideal_s: the work as asked, dealt evenly.
        losses: seconds by cause, on average over the workers; they add up to what was lost. A negative one
            was gained.
    """

    cell: Cell
    took_s: float
    ideal_s: float
    losses: dict[str, float]

    @property
    def explained(self) -> float:
        """The causes' sum as a share of what was lost; 1 when nothing was."""
        return sum(self.losses.values()) / self.lost_s if self.lost_s > 0 else 1.0

    @property
    def lost_s(self) -> float:
        """What was lost in all."""
        return self.took_s - self.ideal_s


def loss_budget(found: Measured, serial: Measured | None) -> LossBudget | None:
    """Return where the time of an arm went beyond its share of the work; None where that was not noted."""
    parts, cell = found.parts, found.cell
    if parts is None or serial is None or serial.time_s is None:
        return None
    losses = {START: parts["start_s"], TAIL: parts["tail_s"], END: parts["end_s"]}
    if found.wait_s is None or serial.wait_s is None:
        ideal_s = serial.time_s / PIPELINE_STAGES
        losses[ALONE] = serial.time_s - ideal_s
        losses[HAND_OFFS] = parts["hand_offs_s"] + parts["work_s"] - serial.time_s
    else:
        lanes = cell.workers or stages_of(cell)
        waits = 1 if cell.stages is not None else stages_of(cell)  # of an item in the loop
        each = cell.count * waits / lanes
        sleeps_only = cell.job_kind == "wait"
        asked_s = cell.duration_s if sleeps_only else serial.wait_s
        ideal_s = each * asked_s
        losses[TIMERS] = each * (serial.wait_s - asked_s)
        losses[WAITING] = parts["work_s"] - each * serial.wait_s
        losses[HAND_OFFS] = parts["hand_offs_s"]
    return LossBudget(cell, parts["whole_s"], ideal_s, losses)
