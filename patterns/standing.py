"""Where a task stands: the line of the program that it goes on from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from patterns.runs import copied, drivers

if TYPE_CHECKING:
    from patterns.traps import Task

LIBRARY = str(Path(__file__).parent)


def place_of(task: Task) -> tuple[str, int] | None:
    """
    Return the file and line of a task's innermost frame that is not the library's; None when it has not
    begun, has ended, or runs.
    """
    frame_of = getattr(task.driver, "frame_of", None)
    frame = None if frame_of is None else frame_of(task)
    while frame is not None:
        if not frame.f_code.co_filename.startswith(LIBRARY):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    place = None
    coroutine = body_of(task)
    while coroutine is not None:
        frame = _of(coroutine, "frame")
        if frame is not None and not frame.f_code.co_filename.startswith(LIBRARY):
            place = frame.f_code.co_filename, frame.f_lineno
        coroutine = _of(coroutine, "await") or getattr(coroutine, "gi_yieldfrom", None)
    return place


def body_of(task: Task) -> Any:
    """Return the coroutine that a task runs; None for one of asyncio that has no such thing."""
    handle = task.handle
    if handle is None or task.driver.steps:
        return handle
    return handle[2] if isinstance(handle, tuple) else handle.get_coro()


def dump_tasks() -> str:
    """
    Return what every task of this process waits for, on which object, where it was made and where it
    stands: a line each, the runs one after the other. Any thread may ask, while tasks run.

        >>> async def main():
        ...     channel = Channel()
        ...     async with TaskGroup() as group:
        ...         group.spawn(channel.receive, name="reader")
        ...         await sleep(1.0)
        ...         lines = dump_tasks().splitlines()
        ...         await channel.send(None)
        ...     return lines[0], lines[2].partition(" <")[0]
        >>> run(main, runtime="simulator")
        ('simulator: 2 tasks', '  reader waits for receive on')
    """
    lines = []
    for driver in sorted(copied(drivers), key=lambda driver: driver.name):
        tasks = sorted(copied(driver.live), key=lambda task: task.number)
        if tasks and not driver.finished:
            lines.append(f"{driver.name}: {len(tasks)} task{'s' * (len(tasks) != 1)}")
            lines += [f"  {_described(task)}" for task in tasks]
    return "\n".join(lines) or "no tasks"


def _described(task: Task) -> str:
    place = place_of(task)
    stands = "" if place is None else f", stands at {Path(place[0]).name}:{place[1]}"
    return f"{task.describe()}{stands}"


def _of(coroutine: Any, what: str) -> Any:
    """Return the `frame` or what is awaited of a coroutine or generator of any kind."""
    for kind in ("cr", "gi", "ag"):
        thing = getattr(coroutine, f"{kind}_{what}", None)
        if thing is not None:
            return thing
    return None
