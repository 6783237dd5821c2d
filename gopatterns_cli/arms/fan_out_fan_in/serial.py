"""The items one after the other: what every fan-out is compared with."""

from collections.abc import Callable, Iterable


def fan_out_fan_in(source: Iterable[int], work: Callable[[int], int]) -> list[int]:
    """Work through the items in a plain loop."""
    return [work(item) for item in source]
