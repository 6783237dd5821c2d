"""Stages in a row, each a task, joined by channels: every stage works on another item at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from patterns.channel import Channel
from patterns.demo import Demo, Option, busy
from patterns.group import asynchronous
from patterns.source import Source
from patterns.stage import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Awaitable, Callable

    from patterns.channel import Receiver
    from patterns.demo import Options
    from patterns.group import TaskGroup
    from patterns.source import Items

T = TypeVar("T")


class Drop:
    """What a stage returns to keep an item from the stages behind it: the one value `DROP`."""

    def __repr__(self) -> str:
        """Return its name."""
        return "DROP"

    def __reduce__(self) -> str:
        """Have copies and what comes from a worker process be this one value."""
        return "DROP"


DROP = Drop()


def pipeline(
    source: Items[Any],
    *stages: Callable[[Any], Any],
    buffer: int = 0,
) -> Stage[Receiver[Any]]:
    """
    Send the items of `source` through `stages`, in order.

        >>> async def main():
        ...     async def half(number):
        ...         return DROP if number % 2 else number // 2
        ...
        ...     async with pipeline(range(1, 9), half, half) as output:
        ...         return [value async for value in output]
        >>> run(main)
        [1, 2]

    Args:
        source: any iterable, async iterable or channel, endless ones too; read when the first stage is free.
        stages: each maps an item to a value, or to `DROP` to filter it. An `async def` is awaited in
            the stage's task; a plain function runs through `call`, which costs a change of thread:
            write trivial stages as `async def`. Without any, the items come out as they went in.
        buffer: the capacity of each hop; 0 is a rendezvous.

    Returns:
        An async context manager that gives the receiving side of the last stage. Leaving its block
        early ends and joins every stage.

    Raises:
        TypeError, ValueError: an argument is not of the form above.
        the first error of a stage, of the source or of the block: it cancels and joins the rest; values
            already received stand.

    Cost: one task per stage; per item and hop about 5 us on `asyncio` unbuffered. It pays when stages
    wait, not when they compute in Python.

    Source: the Go blog, "Go Concurrency Patterns: Pipelines and cancellation", 2014.
    """
    performs = [(asynchronous(stage), getattr(stage, "__name__", "stage")) for stage in stages or (_pass_on,)]
    hops: list[Channel[Any]] = [Channel(buffer) for _ in performs]
    items = Source(source)

    def start(group: TaskGroup) -> Receiver[Any]:
        items.start(group)
        fed: AsyncIterable[Any] = items
        for number, ((perform, name), output) in enumerate(zip(performs, hops, strict=True), 1):
            group.spawn(_stage, fed, perform, output, name=f"stage {number} {name}")
            fed = output
        return hops[-1].receiver

    return Stage(start, items.close, hops)


async def _stage(
    items: AsyncIterable[Any],
    perform: Callable[[Any], Awaitable[Any]],
    output: Channel[Any],
) -> None:
    async for item in items:
        value = await perform(item)
        if value is not DROP:
            await output.send(value)
    output.close()


async def _pass_on(item: T) -> T:
    return item


async def _demo(options: Options) -> list[int]:
    async def generate(number: int) -> tuple[int, int]:
        await busy(number, options.latency)
        return number, number

    async def square(entry: tuple[int, int]) -> tuple[int, int]:
        number, value = entry
        await busy(number, options.latency)
        return number, value * value

    async def keep_even(entry: tuple[int, int]) -> tuple[int, int] | Drop:
        number, value = entry
        await busy(number, options.latency)
        return DROP if value % 2 else entry

    async def pass_on(entry: tuple[int, int]) -> tuple[int, int]:
        await busy(entry[0], options.latency)
        return entry

    stages: list[Callable[[Any], Any]] = [generate, square, keep_even, *[pass_on] * options.stages]
    async with pipeline(
        range(1, options.jobs + 1), *stages[: options.stages], buffer=options.buffer
    ) as output:
        return [value async for _, value in output]


demo = Demo(
    main=_demo,
    options=(
        Option("jobs", 5, "items, from 1"),
        Option("latency", 0.0, "how long each stage waits for one item"),
        Option("stages", 3, "generate, square, keep even, then stages that pass on", least=1, tasks=True),
        Option("buffer", 0, "capacity of each hop"),
    ),
    steps=lambda options: _steps(options.jobs, options.stages),
    ideal_ns=lambda options: _ideal_steps(options.jobs, options.stages) * options.latency_ns,
    serial_ns=lambda options: _steps(options.jobs, options.stages) * options.latency_ns,
    serial="jobs x stages x latency, without what was dropped",
)


def _ideal_steps(jobs: int, stages: int) -> int:
    """Return how many waits follow one another: item n leaves stage s after n + s - 1, odd ones stage 3."""
    if jobs == 0:
        return 0
    last_even = jobs - jobs % 2
    return max(jobs + min(stages, 3) - 1, last_even + stages - 1 if last_even else 0)


def _steps(jobs: int, stages: int) -> int:
    """Return how many waits there are: odd items end at stage 3."""
    return jobs * min(stages, 3) + jobs // 2 * max(stages - 3, 0)
