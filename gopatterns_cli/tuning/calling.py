"""A user's function called in a plain loop, each call timed: plain, or awaited one after the other."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from gopatterns_cli.memory.system import forget_peak, peak_bytes, resident
from gopatterns_cli.tuning.pace import Pace
from gopatterns_cli.tuning.sample import ASYNC, PLAIN, Failed, in_a_loop


@dataclass(frozen=True, slots=True)
class Called:
    """One call: its answer, what the error said if it failed, its seconds, and those on the CPU."""

    answer: Any
    message: str
    took_s: float
    cpu_s: float


class Caller:
    """Calls a function, so many times a second at the most.

    Args:
        function: the user's.
        form: how it has to be called, as in `sample`.
        rate: calls per second at the most; None for no limit.

    `memory_bytes` is what the first call took at the most; None before it.
    """

    def __init__(self, function: Callable[[Any], Any], form: str, rate: float | None) -> None:
        self.function = function
        self._awaited = None if form == PLAIN else function if form == ASYNC else in_a_loop(function)
        self._pace = Pace(rate)
        self.memory_bytes: int | None = None

    def each(self, arguments: Iterable[Any], seconds: float = 0.0) -> Iterator[Called]:
        """Call it for one argument after the other, for at least one and until the time is over."""
        over_s = time.monotonic() + seconds
        if self._awaited is not None:
            yield from asyncio.run(self._each_awaited(self._awaited, arguments, over_s))
            return
        for argument in arguments:
            time.sleep(self._pace.wait_s())
            before = self._before()
            began_s, began_cpu_s = time.perf_counter(), time.process_time()
            answer, message = None, ""
            try:
                answer = self.function(argument)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's function does
                answer, message = failed(error)
            took_s, cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
            self._weigh(before)
            yield Called(answer, message, took_s, cpu_s)
            if time.monotonic() >= over_s:
                return

    def take_turn(self) -> None:
        """Take a turn for a call that something else makes now: the first of these waits for its own."""
        time.sleep(self._pace.wait_s())

    def pair_s(self, arguments: Iterable[Any]) -> float:
        """Return how long two jobs take that are awaited at once."""
        assert self._awaited is not None  # noqa: S101 - of async functions only
        awaited, pair = self._awaited, list(islice(arguments, 2)) * 2

        async def both() -> float:
            began_s = time.perf_counter()
            await asyncio.gather(awaited(pair[0]), awaited(pair[1]), return_exceptions=True)
            return time.perf_counter() - began_s

        return asyncio.run(both())

    def on_runtime(self, runtime: str, argument: Any) -> str:
        """Try one job on a runtime of ours; return why it does not run there, nothing if it does."""
        import patterns  # noqa: PLC0415 - only for async functions

        assert self._awaited is not None  # noqa: S101 - of async functions only
        time.sleep(self._pace.wait_s())
        try:
            patterns.run(self._awaited, argument, runtime=runtime)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's function does
            return " ".join(f"{type(error).__name__}: {error}".split())
        return ""

    @property
    def limited(self) -> bool:
        """Whether a rate is held: jobs are called one after the other then, and never at once."""
        return self._pace.every_s > 0

    def paced_s(self, job_s: float) -> float:
        """What a job takes together with its turn."""
        return max(job_s, self._pace.every_s)

    async def _each_awaited(
        self, function: Callable[[Any], Awaitable[Any]], arguments: Iterable[Any], over_s: float
    ) -> list[Called]:
        calls = []
        for argument in arguments:
            await asyncio.sleep(self._pace.wait_s())
            before = self._before()
            began_s, began_cpu_s = time.perf_counter(), time.process_time()
            message = ""
            try:
                answer = await function(argument)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's function does
                answer, message = failed(error)
            took_s, cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
            self._weigh(before)
            calls.append(Called(answer, message, took_s, cpu_s))
            if time.monotonic() >= over_s:
                break
        return calls

    def _before(self) -> int | None:
        """Return what the process takes before the very first call; None before any other."""
        if self.memory_bytes is not None:
            return None
        forget_peak()
        return resident()

    def _weigh(self, before: int | None) -> None:
        if before is not None:
            self.memory_bytes = max(peak_bytes() - before, 0)


def failed(error: BaseException) -> tuple[Failed, str]:
    """Return a failure as an answer, and what it says in one line."""
    try:
        said = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - whatever the user's error does when it is asked
        said = "(its text cannot be had)"
    return Failed(type(error).__name__), said


def waited_for_a_core_s() -> float:
    """Return how many seconds this thread has waited for a core so far; 0 where the system does not say."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
