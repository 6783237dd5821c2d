"""The operations: what one item of each is, how many there are, and which answer is the right one.

An arm does an operation in the function that the operation names. What it gives back is its answer; here it
is judged, outside what is timed. What never belongs here: how anybody does it, a clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import eq
from typing import Any

from gopatterns_cli.arms.pipeline import WORKLOAD
from gopatterns_cli.failure import Failure
from scenarios.model import MEMORY

CAPACITY = 1000
"""Room in the channel of `buffered`."""

PERMITS, TASKS = 3, 10
"""Of `semaphore-contended`."""

WAIT_S = {"pool-wait": 1e-3, "fan-out": 1e-4}
"""How long one job of these sleeps."""

TOO_FAST = 1.05
"""A rate above the asked one by more is a wrong answer: clocks tick, and stamps come late."""


Look = Callable[[], None]
"""Called while the tasks are parked, or the channels are there: what they take is seen then."""


def unseen() -> None:
    """Nobody looks."""


class WrongAnswerError(Failure):
    """An arm gave another answer than the right one."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One measured operation.

    Attributes:
        name: as it is typed and printed.
        function: the function of an arm that does it; called with the count, and the setting if there is one.
        expected: the right answer for a count.
        full: what is there for it in a full peer; what an adapter lacks of it is in its `LACKS`.
        setting: the word for what else its function is called with: workers, cases or a rate.
        cases: how many, where its own name says so.
        agree: whether a found answer is as good as the expected one.
        paced: its setting is a rate, its answer the times at which requests were let through, and its time
            that from the first to the last.
    """

    name: str
    function: str
    expected: Callable[[int], Any]
    full: tuple[str, ...]
    setting: str = ""
    cases: int | None = None
    agree: Callable[[Any, Any], bool] = eq
    paced: bool = False

    @property
    def looked(self) -> bool:
        """Its figure is no time but what an item takes, in bytes, seen when its function calls `look`."""
        return self.name in MEMORY

    def arguments(self, count: int, setting: int | None) -> tuple[int, ...]:
        """What the function of an arm is called with."""
        return (count,) if setting is None else (count, setting)

    def check(self, answer: Any, count: int, setting: int | None = None) -> None:
        """Judge an answer.

        Raises:
            WrongAnswerError: it is not the right one.
        """
        right = (count, setting) if self.paced else self.expected(count)
        if not self.agree(answer, right):
            raise WrongAnswerError(
                f"wrong answer: {self.name} of {count}: {_short(answer)} where {_short(right)} is right"
            )


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


def _same_in_any_order(answer: list[int], right: list[int]) -> bool:
    return sorted(answer) == right


def _within(answer: tuple[int, int], right: tuple[int, int]) -> bool:
    """Acquisitions as many as are right; at least one holder at once, at most as many as permits."""
    done, most = answer
    return done == right[0] and 1 <= most <= right[1]


def _kept_the_rate(stamps: list[float], right: tuple[int, int]) -> bool:
    count, per_second = right
    shortest_s = (count - 1) / (per_second * TOO_FAST)
    return len(stamps) == count and list(stamps) == sorted(stamps) and stamps[-1] - stamps[0] >= shortest_s


def _short(answer: Any) -> str:
    text = repr(answer)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _select(cases: int, state: str) -> Operation:
    return Operation(
        f"select-{cases}-{state}",
        f"select_{state}",
        summed,
        ("select", "bounded"),
        "cases",
        cases,
    )


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation(
            "buffered",
            "buffered",
            summed,
            ("bounded", "close"),
        ),
        Operation(
            "unbuffered",
            "unbuffered",
            summed,
            ("rendezvous", "close"),
        ),
        Operation(
            "pipeline",
            "pipeline",
            tripled,
            ("rendezvous", "close"),
        ),
        Operation(
            "pool-no-op",
            "pool_no_op",
            doubles,
            ("bounded", "close", "cancel"),
            "workers",
            agree=_same_in_any_order,
        ),
        Operation(
            "pool-wait",
            "pool_wait",
            doubles,
            ("bounded", "close", "cancel"),
            "workers",
            agree=_same_in_any_order,
        ),
        Operation(
            "fan-out",
            "fan_out",
            doubles,
            ("bounded", "close", "cancel"),
            "workers",
            agree=_same_in_any_order,
        ),
        _select(2, "parked"),
        _select(2, "ready"),
        _select(8, "parked"),
        _select(8, "ready"),
        Operation(
            "semaphore",
            "semaphore",
            uncontended,
            ("cancel",),
        ),
        Operation(
            "semaphore-contended",
            "semaphore_contended",
            lambda count: (count, PERMITS),
            ("cancel",),
            agree=_within,
        ),
        Operation("spawn", "spawn", int, ("cancel",)),
        Operation("cancel", "cancel", int, ("cancel",)),
        Operation("task-memory", "cancel", int, ("cancel",)),
        Operation("channel-memory", "channels", int, ()),
        Operation(
            "limiter",
            "limiter",
            int,
            ("cancel",),
            "per second",
            agree=_kept_the_rate,
            paced=True,
        ),
    )
}
"""All operations by name, in the order of the table."""
