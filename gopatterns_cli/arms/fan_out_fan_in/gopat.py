"""Our fan-out and fan-in: the same text on every runtime."""

from collections.abc import Awaitable, Callable, Iterable

from patterns import fan_in, fan_out


async def fan_out_fan_in(
    source: Iterable[int], work: Callable[[int], Awaitable[int]], workers: int
) -> list[int]:
    """Deal the items to `workers` tasks, one channel each, and merge the channels."""
    async with fan_out(source, work, workers=workers) as channels, fan_in(*channels) as merged:
        return [result async for result in merged]
