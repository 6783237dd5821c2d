"""Watching that costs little, however much happens: where events come too fast, only some are looked at.

An event takes a part of a microsecond to note, and a demo without waits has more than a million in a second:
noting them all would make it take twice as long, and what is shown would be the watching. So there is an
allowance of events per tick. When it is used up the runtime is told to report nothing, which costs nothing,
until the next tick; then what every task does is read off the tasks themselves, and events count again.
"""

from typing import TYPE_CHECKING, Any, Self

from gopatterns_cli.live.ticking import Ticks

if TYPE_CHECKING:
    from collections.abc import Callable

    from gopatterns_cli.live.watch import Watch

TICK_S = 0.1

ALLOWANCE = 500
"""Events in a tick: 1 % of it, where the tasks wait for nothing."""

AT_FIRST = 2_500
"""Most demos have fewer, and are seen whole."""


class Sampler:
    """Stands between a runtime and a watch, for as long as its block lasts.

    Args:
        watch: what is told.
        tick_s: seconds from one allowance to the next.
        allowance: events in each of them.
        at_first: events before there is any.
    """

    def __init__(
        self, watch: "Watch", tick_s: float = TICK_S, allowance: int = ALLOWANCE, at_first: int = AT_FIRST
    ) -> None:
        self._watch = watch
        self._allowance = allowance
        self._left = at_first
        self._told: tuple[Any, Callable[..., Any], Callable[..., Any]] | None = None
        self._missed = False
        self._ticks = Ticks(self.tick, tick_s)

    def __enter__(self) -> Self:
        self._ticks.__enter__()
        return self

    def __exit__(self, *failure: object) -> None:
        self._ticks.__exit__(*failure)

    def observe(self, at_ns: int, task: Any, verb: str, subject: Any) -> None:
        """Take one event, and have the runtime be silent when the allowance is used up."""
        if self._missed:
            self._missed = False
            self._left -= self._watch.catch_up(at_ns, task.driver.live)
        self._watch.observe(at_ns, task, verb, subject)
        self._left -= 1
        if self._left < 0:
            self._be_silent(task.driver)

    def _be_silent(self, driver: Any) -> None:
        if self._told is None and driver.observe is not None:
            self._watch.sampled = True
            told = (driver, driver.observe, driver.follow)
            driver.follow = driver.observe = None
            self._told = told  # last: a tick in between would be undone, and nothing reported ever again

    def tick(self) -> None:
        """Begin the next allowance."""
        told, self._told = self._told, None
        self._left = self._allowance
        if told is not None:
            self._missed = True
            driver, observe, follow = told
            driver.follow = follow
            driver.observe = observe  # last: until then nobody can silence half of it
