"""All stages of a number, then the next number: what every pipeline is compared with."""

from collections.abc import Callable, Iterable


def pipeline(
    source: Iterable[int], square: Callable[[int], int], triple_even: Callable[[int], int | None]
) -> list[int]:
    """Take every number through both stages in a plain loop; a stage drops a number by answering None."""
    return [tripled for number in source if (tripled := triple_even(square(number))) is not None]
