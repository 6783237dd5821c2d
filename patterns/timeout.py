"""Work raced against a time: by a context, and by a timer beside a channel."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, overload

from patterns import traps
from patterns.channel import Channel
from patterns.context import Context
from patterns.demo import Demo, Option, busy
from patterns.errors import DeadlineExceededError
from patterns.group import TaskGroup, is_asynchronous
from patterns.select import receiving, select
from patterns.timer import after

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from patterns.demo import Options

T = TypeVar("T")


@overload
async def race_timeout(work: Callable[..., Awaitable[T]], *args: Any, seconds: float = 1.0) -> T: ...
@overload
async def race_timeout(work: Callable[..., T], *args: Any, seconds: float = 1.0) -> T: ...
async def race_timeout(work: Callable[..., Any], *args: Any, seconds: float = 1.0) -> Any:
    """
    Return what `work(*args)` gives within `seconds`; nothing of it is left running afterwards.

        >>> async def main():
        ...     await race_timeout(sleep, 5.0, seconds=2.0)
        >>> run(main, runtime="simulator")
        Traceback (most recent call last):
            ...
        patterns.errors.DeadlineExceededError: context deadline exceeded

    Args:
        work: what to run; an `async def` runs in this task and ends at its first blocking operation
            after the time; a plain function runs through `call` and is abandoned: its late result reaches
            nobody, and `run` reports it until it has ended.
        *args: what it is given.
        seconds: zero or less lets it run as far as it comes without waiting.

    Raises:
        DeadlineExceededError: the time was over first, this one or an enclosing context's.
        whatever `work` raises.

    Source: "Go by Example: Timeouts", whose worker runs on after the time.
    """
    with Context.current().with_timeout(seconds):
        if is_asynchronous(work):
            return await work(*args)
        result = await traps.call(work, *args, abandon=True)
        return await result if inspect.isawaitable(result) else result


async def _demo(options: Options) -> list[str]:
    async def slow(number: int) -> str:
        await busy(number, options.latency)
        return "done"

    async def race(number: int, name: str) -> None:
        outcome = await RACES[name](partial(slow, number), options.timeout)
        results.append(f"by {name}: {outcome}")

    results: list[str] = []
    async with TaskGroup() as group:
        for number, name in enumerate(RACES, 1):
            group.spawn(race, number, name, name=f"worker {number}")
    return sorted(results)


async def _by_timer(work: Callable[[], Awaitable[str]], seconds: float) -> str:
    """Wait for a result or a timer, whichever comes first, and cancel the work in the second case."""
    answer: Channel[str] = Channel(1)

    async def deliver() -> None:
        await answer.send(await work())

    async with TaskGroup() as group:
        group.spawn(deliver, name="worker")
        first = await select(receiving(answer), receiving(after(seconds)))
        group.cancel()
    return str(first.value) if first.index == 0 else "timed out"


async def _by_context(work: Callable[[], Awaitable[str]], seconds: float) -> str:
    try:
        return await race_timeout(work, seconds=seconds)
    except DeadlineExceededError:
        return "timed out"


RACES = {"context": _by_context, "timer": _by_timer}

demo = Demo(
    main=_demo,
    options=(
        Option("latency", 2.0, "how long the work takes"),
        Option("timeout", 1.0, "how long it is waited for"),
    ),
    ideal_ns=lambda options: min(options.latency_ns, options.timeout_ns),
)
