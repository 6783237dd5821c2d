"""A run as a diagram in plain text: a line per turn, a lane per task."""

from __future__ import annotations

import linecache
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from patterns.standing import body_of, place_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from patterns.runtimes._scheduler import Scheduler
    from patterns.traps import Task

NARROWEST = 18
"""Columns of a lane, at the least; with less there is one lane for all."""

MOST_ROWS = 40
"""Turns that are shown: the last ones."""

TASKS = 8
"""Lanes, at the most."""


@dataclass(frozen=True)
class Row:
    """A turn: its number from 1, whose it was, and how far it came."""

    turn: int
    task: int
    name: str
    now_s: float
    text: str


class Watcher:
    """Notes where each task stands when its turn is over."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def watch(self, turn: int, task: Task, driver: Scheduler) -> None:
        """Note one turn."""
        number, name = getattr(task, "number", 0), getattr(task, "name", "timer")
        text = _standing(task) if number else "rings"
        self.rows.append(Row(turn, number, name, driver.now(), text))


def _standing(task: Task) -> str:
    if body_of(task).cr_frame is None:
        return "ends"
    waiters = task.waits()
    place = place_of(task)
    if place is None:
        return " or ".join(waiter.verb for waiter in waiters) or "goes on"
    file, line = place
    source = linecache.getline(file, line).strip() or Path(file).name
    return f"{line}{' waits' if waiters else ''}: {source}"


def lanes(rows: Sequence[Row], preempted: Collection[int], width: int = 100) -> list[str]:
    """
    Return the diagram's lines, none longer than `width`, the last turns only when there are many.

    A turn after which another task was let go on is marked with `!`.
    """
    shown = rows[-MOST_ROWS:]
    tasks = list(dict.fromkeys(row.task for row in sorted(shown, key=lambda row: row.task)))
    names = _names(shown)
    first = len(str(rows[-1].turn)) + 1 if rows else 0
    lane = (width - first) // max(len(tasks), 1) - 2
    lines = [f"({len(rows) - len(shown)} turns before)"] if len(rows) > len(shown) else []
    if len(tasks) > TASKS or lane < NARROWEST:
        longest = max((len(names[task]) for task in tasks), default=0)
        for row in shown:
            mark = "!" if row.turn in preempted else " "
            lines.append(
                _cut(f"{row.turn:>{first - 1}}{mark} {names[row.task]:<{longest}}  {row.text}", width)
            )
        return lines
    heads = "".join(f"  {_cut(names[task], lane):<{lane}}" for task in tasks)
    lines.append(f"{'':{first}}{heads}".rstrip())
    for number, row in enumerate(shown):
        mark = "!" if row.turn in preempted else " "
        alive = {other.task for other in shown[:number]} & {other.task for other in shown[number:]}
        cells = [_cut(row.text, lane) if task == row.task else "|" if task in alive else "" for task in tasks]
        lines.append(
            f"{row.turn:>{first - 1}}{mark}{''.join(f'  {cell:<{lane}}' for cell in cells)}".rstrip()
        )
    return lines


def _names(rows: Sequence[Row]) -> dict[int, str]:
    """Return a name for each task; those that share theirs have their number behind it."""
    names = {row.task: " ".join(row.name.split()) for row in rows}
    shared = {name for name, count in Counter(names.values()).items() if count > 1}
    return {task: f"{name} {task}" if name in shared else name for task, name in names.items()}


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."
