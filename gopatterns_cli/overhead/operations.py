"""The operations: what one item of each is, how many there are, and which answer is the right one.

An arm does an operation in the function that the operation names. What it gives back is its answer; here it
is judged, outside what is timed. What never belongs here: how anybody does it, a clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import eq
from typing import Any

from gopatterns_cli.arms.pipeline import WORKLOAD

CAPACITY = 1000
"""Room in the channel of `buffered`."""

PERMITS, TASKS = 3, 10
"""Of `semaphore-contended`."""

PER_SECOND = 1000
"""The rate of `limiter`."""

WAIT_S = {"pool-wait": 1e-3, "fan-out": 1e-4}
"""How long one job of these sleeps."""

TOO_FAST = 1.05
"""A rate above the asked one by more is a wrong answer: clocks tick, and stamps come late."""


class WrongAnswerError(Exception):
    """An arm gave another answer than the right one."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One measured operation.

    Attributes:
        name: as it is typed and printed.
        item: what one item is: a time per item is the time of that.
        count: how many items one value has.
        function: the function of an arm that does it; called with the count, and the setting if there is one.
        expected: the right answer for a count.
        full: what is there for it in a full peer; what an adapter lacks of it is in its `LACKS`.
        settings: workers or cases.
        setting: the word for them.
        agree: whether a found answer is as good as the expected one.
        seconds: the time that an answer tells itself, for all of its items; without it, it is the wall time.
        in_go: whether there is Go for it.
    """

    name: str
    item: str
    count: int
    function: str
    expected: Callable[[int], Any]
    full: tuple[str, ...]
    settings: tuple[int | None, ...] = (None,)
    setting: str = ""
    agree: Callable[[Any, Any], bool] = eq
    seconds: Callable[[Any], float] | None = None
    in_go: bool = True

    def arguments(self, count: int, setting: int | None) -> tuple[int, ...]:
        """What the function of an arm is called with."""
        return (count,) if setting is None else (count, setting)

    def check(self, answer: Any, count: int) -> None:
        """Judge an answer.

        Raises:
            WrongAnswerError: it is not the right one.
        """
        right = self.expected(count)
        if not self.agree(answer, right):
            raise WrongAnswerError(
                f"wrong answer: {self.name} of {count}: {_short(answer)} where {_short(right)} is right"
            )


def names() -> tuple[str, ...]:
    """The names of all operations, in the order of the table."""
    return tuple(OPERATIONS)


def summed(count: int) -> tuple[int, int]:
    """How many values a consumer of 0..count-1 sees, and their sum."""
    return count, count * (count - 1) // 2


def tripled(count: int) -> list[int]:
    """The answer of the document's pipeline."""
    return WORKLOAD.expected(list(range(count)))


def doubles(count: int) -> list[int]:
    """The results of the jobs, sorted."""
    return [2 * number for number in range(count)]


def uncontended(count: int) -> tuple[int, int, int]:
    """Acquisitions, then the one permit: whether it is free while it is held, and afterwards."""
    return count, 0, 1


def rate(stamps: list[float]) -> float:
    """Requests per second, of the times at which they were let through."""
    return (len(stamps) - 1) / (stamps[-1] - stamps[0])


def _same_in_any_order(answer: list[int], right: list[int]) -> bool:
    return sorted(answer) == right


def _within(answer: tuple[int, int], right: tuple[int, int]) -> bool:
    """Acquisitions as many as are right; at least one holder at once, at most as many as permits."""
    done, most = answer
    return done == right[0] and 1 <= most <= right[1]


def _kept_the_rate(stamps: list[float], count: int) -> bool:
    return len(stamps) == count and list(stamps) == sorted(stamps) and rate(stamps) <= PER_SECOND * TOO_FAST


def _spread(stamps: list[float]) -> float:
    return len(stamps) / rate(stamps)


def _short(answer: Any) -> str:
    text = repr(answer)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _select(cases: int, state: str) -> Operation:
    return Operation(
        f"select-{cases}-{state}",
        "one value sent, and received by a select",
        20_000,
        f"select_{state}",
        summed,
        ("select", "bounded"),
        (cases,),
        "cases",
    )


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation(
            "buffered",
            f"one number through a channel of {CAPACITY:,} places, from task to task",
            100_000,
            "buffered",
            summed,
            ("bounded", "close"),
        ),
        Operation(
            "unbuffered",
            "one number from task to task by rendezvous",
            20_000,
            "unbuffered",
            summed,
            ("rendezvous", "close"),
        ),
        Operation(
            "pipeline",
            "one number through three stages: produced, squared, even ones tripled",
            10_000,
            "pipeline",
            tripled,
            ("rendezvous", "close"),
        ),
        Operation(
            "pool-no-op",
            "one job that only doubles a number, on one of the workers",
            10_000,
            "pool_no_op",
            doubles,
            ("bounded", "close", "cancel"),
            (10,),
            "workers",
            _same_in_any_order,
        ),
        Operation(
            "pool-wait",
            "one job that sleeps 1 ms, on one of the workers",
            1000,
            "pool_wait",
            doubles,
            ("bounded", "close", "cancel"),
            (10, 100, 1000),
            "workers",
            _same_in_any_order,
        ),
        Operation(
            "fan-out",
            "one job that sleeps 100 us, on one of the workers",
            100,
            "fan_out",
            doubles,
            ("bounded", "close", "cancel"),
            (8,),
            "workers",
            _same_in_any_order,
        ),
        _select(2, "parked"),
        _select(2, "ready"),
        _select(8, "parked"),
        _select(8, "ready"),
        Operation(
            "semaphore",
            "one permit taken and given back, with nobody else there",
            100_000,
            "semaphore",
            uncontended,
            ("cancel",),
        ),
        Operation(
            "semaphore-contended",
            f"one of {PERMITS} permits taken, held over a turn and given back, by one of {TASKS} tasks",
            20_000,
            "semaphore_contended",
            lambda count: (count, PERMITS),
            ("cancel",),
            agree=_within,
        ),
        Operation(
            "spawn", "one task that does nothing, started and joined", 10_000, "spawn", int, ("cancel",)
        ),
        Operation(
            "cancel", "one waiting task, started, cancelled and joined", 10_000, "cancel", int, ("cancel",)
        ),
        Operation(
            "limiter",
            f"one request let through at {PER_SECOND:,} per second",
            500,
            "limiter",
            int,
            ("cancel",),
            agree=_kept_the_rate,
            seconds=_spread,
            in_go=False,
        ),
    )
}
"""All operations by name, in the order of the table."""
