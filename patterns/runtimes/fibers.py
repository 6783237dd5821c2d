"""
The fibers runtime: tasks are plain coroutines, stepped by our own scheduler on the machine's clock.

It is the scheduler of the `simulator` with another clock, and the fastest runtime there is for channels,
groups and timers. It has no sockets and no event loop: what belongs to asyncio cannot be awaited here. What
blocks goes through `call`, which has warm threads, one per call in flight.

Waits end when the kernel says so, which is asked to be exact (see `_timers`); nothing spins, which would be
more exact still at the price of a core.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from patterns import traps
from patterns.runtimes._calls import Call, CallThreads, give_up, let_go
from patterns.runtimes._real_clock import RealClock, run_on
from patterns.traps import Waiter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from patterns.runtimes._main import Outcome
    from patterns.traps import Driver, Task


def missing() -> str | None:
    """Return None: fibers run everywhere."""
    return None


def max_tasks() -> int:
    """Return how many tasks it takes at once: about 1 GB of them."""
    return 1_000_000


def run(
    main: Callable[..., Awaitable[Any]],
    args: tuple[Any, ...] = (),
    *,
    seed: int | None = None,
    observe: Callable[[int, Task, str, Any], None] | None = None,
    keep_trace: bool = False,
    workers: int | None = None,
) -> Outcome:
    """Run `main(*args)` in this thread."""
    del seed, keep_trace, workers
    clock = RealClock()
    calls = ThreadCalls(clock)
    try:
        started = run_on(clock, calls, "fibers", main, args, observe)
        return started.outcome(abandoned_calls=calls.pending)
    finally:
        calls.close()
        clock.close()


class ThreadCalls:
    """Runs each call in a warm thread; every method is called by the scheduler's own thread."""

    def __init__(self, clock: RealClock) -> None:
        self._clock = clock
        self._threads = CallThreads()
        self._waiters: dict[Call, Waiter] = {}
        self._grace_s: float | None = None

    @property
    def pending(self) -> int:
        """How many calls are in flight, abandoned ones too: they may still ask for something."""
        return len(self._waiters)

    async def call(
        self,
        task: Task,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        *,
        abandon: bool,
        on_cancel: Callable[[], object] | None,
    ) -> Any:
        """Run `fn` in a thread. An abandoned call keeps its thread until it ends."""
        call = task.call = Call(task, fn, args, on_cancel)
        call.done = self._done
        waiter = Waiter(task, "call", fn)
        try:
            self._threads.start(call)
            self._waiters[call] = waiter
            if self._grace_s is not None:
                task.driver.alarm(task.driver.now() + self._grace_s, partial(give_up, waiter))
            while not call.over:
                await traps.park(waiter, shielded=not abandon)
        except BaseException:
            call.abandoned = True
            raise
        finally:
            task.call = None
        return call.result(task)

    def abandon_after(self, grace_s: float, driver: Driver) -> None:
        """
        Give up on the calls in flight, and on each that is begun from now on, after `grace_s`: its task
        goes on with an error.
        """
        self._grace_s = grace_s
        for waiter in self._waiters.values():
            driver.alarm(driver.now() + grace_s, partial(give_up, waiter))

    def close(self) -> None:
        """Let the threads end, the busy ones after their call."""
        self._threads.close()

    def _done(self, call: Call) -> None:
        """Bring a finished call back; runs in the call's thread."""
        with suppress(RuntimeError):  # the run is over: nobody waits
            self._clock.post(partial(self._over, call))

    def _over(self, call: Call) -> None:
        call.over = True
        waiter = self._waiters.pop(call)
        if not call.abandoned:
            let_go(waiter)
