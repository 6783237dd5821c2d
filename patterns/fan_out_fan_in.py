"""One source spread over workers that have a channel each, and the channels merged into one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from patterns.channel import Channel, channel_of
from patterns.context import Context
from patterns.demo import Demo, Option, batches, busy
from patterns.group import asynchronous
from patterns.relay import Relay
from patterns.source import Source
from patterns.stage import LastCloses, Stage, at_least_one

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from patterns.channel import Receiver
    from patterns.demo import Options
    from patterns.group import TaskGroup
    from patterns.source import Items

T = TypeVar("T")
R = TypeVar("R")


@overload
def fan_out(
    source: Items[T], work: Callable[[T], Awaitable[R]], workers: int = 4
) -> Stage[list[Receiver[R]]]: ...
@overload
def fan_out(source: Items[T], work: Callable[[T], R], workers: int = 4) -> Stage[list[Receiver[R]]]: ...
def fan_out(source: Items[Any], work: Callable[[Any], Any], workers: int = 4) -> Stage[list[Receiver[Any]]]:
    """
    Spread `source` over `workers` tasks; each hands its results to a channel of its own.

        >>> async def main():
        ...     async def square(number):
        ...         return number * number
        ...
        ...     async with fan_out(range(4), square, workers=2) as channels, fan_in(*channels) as merged:
        ...         return sorted([value async for value in merged])
        >>> run(main)
        [0, 1, 4, 9]

    Args:
        source: any iterable, async iterable or channel, endless ones too; read one item per free worker.
        work: an `async def` is awaited in the worker; a plain function runs through `call`.
        workers: at least 1.

    Returns:
        An async context manager that gives one receive-only channel per worker, unbuffered. Leaving its
        block early ends and joins all workers.

    Raises:
        TypeError, ValueError: an argument is not of the form above.
        the first error of `work`, of the source or of the block: it cancels and joins the rest; values
            already received stand.

    Source: the Go blog, "Go Concurrency Patterns: Pipelines and cancellation", 2014.
    """
    at_least_one("workers", workers)
    perform = asynchronous(work)
    items = Source(source)
    outputs: list[Channel[Any]] = [Channel() for _ in range(workers)]

    async def worker(output: Channel[Any]) -> None:
        async for item in items:
            await output.send(await perform(item))
        output.close()

    def start(group: TaskGroup) -> list[Receiver[Any]]:
        items.start(group)
        for number, output in enumerate(outputs, 1):
            group.spawn(worker, output, name=f"worker {number}")
        return [output.receiver for output in outputs]

    return Stage(start, items.close, outputs)


def fan_in(*channels: Channel[T] | Receiver[T]) -> Stage[Receiver[T]]:
    """
    Merge `channels` into one, which closes when all of them have.

        >>> async def main():
        ...     first, second = Channel(1), Channel(1)
        ...     await first.send(1)
        ...     await second.send(2)
        ...     first.close()
        ...     second.close()
        ...     async with fan_in(first, second) as merged:
        ...         return sorted([value async for value in merged])
        >>> run(main)
        [1, 2]

    Returns:
        An async context manager that gives the receiving side of the merged channel. Each channel's
        values keep their order. Leaving its block early ends the forwarders; each may have taken one
        value that nobody received.

    Raises:
        TypeError: one of `channels` is no channel.
        the first error of the block, bare.

    Cost: no task and no further turn per value: a channel's sender hands its value through to a parked
    receiver.

    Source: the Go blog, "Go Concurrency Patterns: Pipelines and cancellation", 2014, function merge.
    """
    merged: Channel[T] = Channel()
    last = LastCloses(merged, len(channels))
    relays = [Relay(channel_of(channel), merged, last.leave) for channel in channels]

    def start(group: TaskGroup) -> Receiver[T]:
        del group
        for relay in relays:
            relay.start()
        return merged.receiver

    def stop() -> None:
        for relay in relays:
            relay.stop()

    return Stage(start, stop, [merged])


async def _demo(options: Options) -> list[Any]:
    async def square(number: int) -> int:
        await busy(number, options.latency)
        return number * number

    numbers = range(1, options.jobs + 1)
    patience_s = options.timeout or max(10.0, 2.5e-9 * _ideal_ns(options))
    with Context.current().with_timeout(patience_s):
        async with fan_out(numbers, square, workers=options.workers) as channels, fan_in(*channels) as merged:
            return [value async for value in merged]


def _ideal_ns(options: Options) -> int:
    latency_ns: int = options.latency_ns
    return batches(options.jobs, options.workers) * latency_ns


demo = Demo(
    main=_demo,
    options=(
        Option("workers", 3, "tasks that share the numbers", least=1, tasks=True),
        Option("jobs", 10, "numbers, each squared"),
        Option("latency", 1.0, "how long one number waits"),
        Option("timeout", 0.0, "when all is cancelled; 0: after 10s, or 2.5 x the ideal if that is more"),
    ),
    steps=lambda options: options.jobs,
    ideal_ns=_ideal_ns,
    serial_ns=lambda options: options.jobs * options.latency_ns,
)
