"""
What a pattern's demo is: the document's example, with its options.

Every pattern's module ends with one `demo`; `gopat run`, the contract tests and the docs find it there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from patterns.launch import note
from patterns.runtimes import pause
from patterns.runtimes.simulator import is_apart, simulated_cost
from patterns.traps import call, running, sleep

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

Kind = Literal["count", "duration", "flag", "rate", "text"]


@dataclass(frozen=True)
class Option:
    """
    One thing that can be chosen: its name, its default, what it is, and the smallest number allowed.

    Its default gives the kind: a `bool` is a flag, an `int` a count, a `float` a duration in seconds
    (`per_second`: a rate), a `str` a text. `tasks` says that so many tasks live at once.
    """

    name: str
    default: bool | float | str
    help: str
    least: float = 0
    per_second: bool = False
    tasks: bool = False

    @property
    def kind(self) -> Kind:
        """What is given for it."""
        if isinstance(self.default, bool):
            return "flag"
        if isinstance(self.default, int):
            return "count"
        if isinstance(self.default, str):
            return "text"
        return "rate" if self.per_second else "duration"


class Options:
    """The chosen values by name; a duration in seconds, and with `_ns` behind its name in nanoseconds."""

    def __init__(self, values: Mapping[str, Any], durations: tuple[str, ...]) -> None:
        self.__dict__.update(values)
        self.__dict__.update({f"{name}_ns": round(values[name] * 1e9) for name in durations})

    def __getattr__(self, name: str) -> Any:
        """Raise: reached only for an option that the demo does not have."""
        raise AttributeError(f"the demo has no option {name}")


def _none(options: Options) -> int:
    del options
    return 0


@dataclass(frozen=True)
class Demo:
    """
    A pattern's example.

    `main(options)` runs it inside a runtime and returns the list of its results. It does every piece of
    work through `busy`; `steps` says how many there are. `ideal_ns` is the makespan on an infinitely fast
    machine, `serial_ns` what a plain loop would wait, both in nanoseconds; None where that has no meaning.
    `serial` says how that is worked out.
    `leaks` is how many tasks it leaves behind, which only a known-bad twin does. `needs` is a module that
    it cannot do without on a real runtime, and the extra that brings it. `check` raises a ValueError that
    begins with an option's name when the options cannot be.
    """

    main: Callable[[Options], Awaitable[list[Any]]]
    options: tuple[Option, ...]
    steps: Callable[[Options], int | None] | None = None
    ideal_ns: Callable[[Options], int] | None = None
    serial_ns: Callable[[Options], int] | None = None
    serial: str = "jobs x latency"
    leaks: Callable[[Options], int] = _none
    needs: tuple[str, str] | None = None
    check: Callable[[Options], object] | None = None

    def missing(self) -> str | None:
        """Return what it lacks here on a real runtime, and how to get it; None when it lacks nothing."""
        if self.needs is None or find_spec(self.needs[0]) is not None:
            return None
        return f"{self.needs[0]} is not installed: pip install 'gopat[{self.needs[1]}]'"

    def choose(self, **values: Any) -> Options:
        """
        Return the options, the defaults where `values` has none.

        Raises:
            ValueError: an unknown option, a value below the least, or what `check` refuses.
        """
        known = {option.name: option for option in self.options}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"{name}: this demo takes {', '.join(known)}")
            if known[name].kind != "text" and value < known[name].least:
                raise ValueError(f"{name}: found {value}, allowed from {known[name].least}")
        durations = tuple(option.name for option in self.options if option.kind == "duration")
        chosen = Options(
            {name: values.get(name, option.default) for name, option in known.items()}, durations
        )
        if self.check is not None:
            self.check(chosen)
        return chosen


async def busy(number: int, seconds: float) -> None:
    """
    Be busy with job `number` for `seconds`; whoever watches the demo sees it. On `processes` it is a worker
    process that is busy, and one in virtual time where the simulator stands for them.
    """
    with Job(number):
        if running().driver.name == "processes":
            await call(pause, seconds, abandon=True)
        elif is_apart(running().driver):
            await call(simulated_cost(seconds)(partial(int)), abandon=True)
        else:
            await sleep(seconds)


class Job:
    """Tells whoever watches that the running task works on job `number` inside the block."""

    __slots__ = ("_number",)

    def __init__(self, number: int) -> None:
        self._number = number

    def __enter__(self) -> None:
        note("job", self._number)

    def __exit__(self, kind: object, *failure: object) -> None:
        note("done" if kind is None else "dropped", self._number)


def batches(jobs: int, workers: int) -> int:
    """Return how many rounds `workers` need for `jobs`."""
    return -(-jobs // workers)
