"""What the guarantees of an operation that need not wait cost, one taken away after the other.

    python tests/patterns/guarantee_cost.py [ROUNDS]

While all is calm (see `patterns.calm`) they are known to be given and cost next to nothing. Where they are
asked for at every operation, the text of it is compiled anew without the lines that give a guarantee; what is
left in the end are the calls, the question whether there is room, and the deque or the counter. Beside it
stand asyncio's own, and coroutines that do nothing: no `async def` takes less. Ours run on `fibers`, all in
turn in every round; printed are medians of the nanoseconds, and of the ratios to asyncio's in the same round.
It is a command and not a test: no time holds everywhere.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import statistics
import sys
import textwrap
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import by_rounds

import patterns
from patterns import Channel, Semaphore
from patterns.calm import NEVER
from patterns.traps import running

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

COUNT, ROOM = 50_000, 1_000

CHANNEL = {
    "others have their turn, and a cancelled task goes no further": (
        "if not task.budget:",
        "task.budget -= 1",
    ),
    "it is of one run": ("if self.driver is not task.driver:",),
    "who uses it is known": ("task = current_seat().task",),
}
CALM = "as it is, while all is calm"
SEMAPHORE = {
    "others have their turn, and a cancelled task goes no further": ("task.budget",),
    "it is of one run": ("task.driver is self.owner",),
    "who uses it is known": ("task = current_seat().task", "self._calm = task.driver.calm"),
}
"""By guarantee, how the statements and conditions begin that give it, in the order in which they can go."""


class Drop(ast.NodeTransformer):
    """Leaves out statements, and conditions among others, by how they begin; notes which were there."""

    def __init__(self, beginnings: Iterable[str]) -> None:
        self.beginnings = tuple(beginnings)
        self.dropped: set[str] = set()

    def visit(self, node: ast.AST) -> Any:
        """Drop a statement, or look inside it."""
        if isinstance(node, ast.stmt) and self._goes(node):
            return None
        if isinstance(node, ast.BoolOp):
            node.values = [value for value in node.values if not self._goes(value)]
            if len(node.values) < 2:
                return self.visit(node.values[0]) if node.values else ast.Constant(value=True)
        return self.generic_visit(node)

    def _goes(self, node: ast.AST) -> bool:
        found = [one for one in self.beginnings if ast.unparse(node).startswith(one)]
        self.dropped.update(found)
        return bool(found)


def without(kind: type, methods: Iterable[str], beginnings: Iterable[str]) -> type:
    """Return a class as `kind`, without those lines of its methods.

    Raises:
        ValueError: one of the lines is in none of them: the text has changed.
    """
    drop, changed = Drop(beginnings), {"__slots__": ()}
    names = vars(sys.modules[kind.__module__])
    for method in methods:
        tree = drop.visit(ast.parse(textwrap.dedent(inspect.getsource(getattr(kind, method)))))
        made: dict[str, Any] = {}
        code = compile(ast.fix_missing_locations(tree), kind.__name__, "exec")
        exec(code, names, made)  # noqa: S102 - our own text, less some lines
        changed |= made
    if missing := set(drop.beginnings) - drop.dropped:
        raise ValueError(f"{kind.__name__}: found no {', '.join(sorted(missing))}")
    return type(kind.__name__, (kind,), changed)


def steps(kind: type, methods: Iterable[str], guarantees: dict[str, tuple[str, ...]]) -> dict[str, type]:
    """Return the class as it is, twice, and without one guarantee after the other."""
    found, gone = {CALM: kind, "each asked for at every operation": kind}, []
    for name, beginnings in guarantees.items():
        gone += beginnings
        found[f"and not: {name}"] = without(kind, methods, gone)
    return found


class Nothing:
    """The calls alone."""

    async def send(self, value: Any) -> None:
        """Do nothing."""

    async def receive(self) -> None:
        """Do nothing."""

    async def __aenter__(self) -> None:
        """Do nothing."""

    async def __aexit__(self, *failure: object) -> None:
        """Do nothing."""


async def through(send: Callable[[int], Awaitable[None]], receive: Callable[[], Awaitable[Any]]) -> float:
    """Fill and empty it again and again; return the nanoseconds of one value."""
    began = time.perf_counter_ns()
    for _ in range(COUNT // ROOM):
        for number in range(ROOM):
            await send(number)
        for _ in range(ROOM):
            await receive()
    return (time.perf_counter_ns() - began) / COUNT


async def inside(permits: Any) -> float:
    """Take a permit and give it back again and again; return the nanoseconds of both."""
    began = time.perf_counter_ns()
    for _ in range(COUNT):
        async with permits:
            pass
    return (time.perf_counter_ns() - began) / COUNT


async def passed(kind: type, *, calm: bool) -> float:
    """Time a channel."""
    if not calm:
        running().driver.calm = NEVER
    channel = kind(ROOM)
    return await through(channel.send, channel.receive)


async def held(kind: type, *, calm: bool) -> float:
    """Time a semaphore."""
    if not calm:
        running().driver.calm = NEVER
    return await inside(kind(1))


async def passed_by_asyncio() -> float:
    """Time asyncio's queue."""
    queue: asyncio.Queue[int] = asyncio.Queue(ROOM)
    return await through(queue.put, queue.get)


async def held_by_asyncio() -> float:
    """Time asyncio's semaphore."""
    return await inside(asyncio.Semaphore(1))


async def passed_by_nobody() -> float:
    """Time two calls."""
    nothing = Nothing()
    return await through(nothing.send, nothing.receive)


async def held_by_nobody() -> float:
    """Time a block."""
    return await inside(Nothing())


def table(title: str, timed: dict[str, Callable[[], float]], rounds: int) -> None:
    """Time each in every round, forwards and backwards in turn, and print."""
    found: dict[str, list[float]] = {name: [] for name in timed}
    for name, time_once in by_rounds.in_turn(timed, rounds):
        found[name].append(time_once())
    theirs = found["asyncio's"]
    print(f"\n| {title} | nanoseconds | to asyncio's |\n| --- | --- | --- |")
    for name, times in found.items():
        ratio = statistics.median(one / other for one, other in zip(times, theirs, strict=True))
        print(f"| {name} | {statistics.median(times):.0f} | {ratio:.2f}x |")


def main() -> None:
    """Print both tables."""
    rounds = by_rounds.asked(__doc__)
    version = sys.version.split()[0]
    print("# What guarantees cost\n")
    print(f"Made by `python tests/patterns/guarantee_cost.py` with Python {version}.")
    for title, kinds, timed, theirs, nobody in (
        (
            "sent and received, with room",
            steps(Channel, ("send", "receive"), CHANNEL),
            passed,
            passed_by_asyncio,
            passed_by_nobody,
        ),
        (
            "a permit taken and given back",
            steps(Semaphore, ("__aenter__", "__aexit__"), SEMAPHORE),
            held,
            held_by_asyncio,
            held_by_nobody,
        ),
    ):
        rows: dict[str, Callable[[], float]] = {"asyncio's": lambda theirs=theirs: asyncio.run(theirs())}
        rows |= {
            name: partial(patterns.run, partial(timed, kind, calm=name == CALM), runtime="fibers")
            for name, kind in kinds.items()
        }
        rows["coroutines that do nothing"] = lambda nobody=nobody: patterns.run(nobody, runtime="fibers")
        table(title, rows, rounds)


if __name__ == "__main__":
    main()
