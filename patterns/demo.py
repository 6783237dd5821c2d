"""
What a pattern's demo is: the document's example, with its options.

Every pattern's module ends with one `demo`; `gopat run`, the contract tests and the docs find it there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping


@dataclass(frozen=True)
class Option:
    """
    One thing that can be chosen: its default gives the type (`latency` is in seconds), `least` the
    smallest number allowed.
    """

    name: str
    default: float | bool
    help: str
    least: float = 0


class Options:
    """The chosen values by name; `latency` is in seconds, `latency_ns` in whole nanoseconds."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)
        self.latency_ns: int = round(self.latency * 1e9)

    def __getattr__(self, name: str) -> Any:
        """Raise: reached only for an option that the demo does not have."""
        raise AttributeError(f"the demo has no option {name}")


@dataclass(frozen=True)
class Demo:
    """
    A pattern's example.

    `main(options)` runs it inside a runtime and returns the list of its results. It notes `job` and `done`
    with the job's number around every piece of work, which waits for `options.latency`. `steps` counts these
    pieces, `ideal_steps` those that must follow one another.
    """

    main: Callable[[Options], Awaitable[list[Any]]]
    options: tuple[Option, ...]
    steps: Callable[[Options], int]
    ideal_steps: Callable[[Options], int]

    def ideal_ns(self, options: Options) -> int:
        """Return the makespan on an infinitely fast machine, in nanoseconds."""
        return self.ideal_steps(options) * options.latency_ns

    def serial_ns(self, options: Options) -> int:
        """Return what a plain loop would wait, in nanoseconds."""
        return self.steps(options) * options.latency_ns

    def choose(self, **values: Any) -> Options:
        """
        Return the options, the defaults where `values` has none.

        Raises:
            ValueError: an unknown option, or a value below the least.
        """
        known = {option.name: option for option in self.options}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"{name}: this demo takes {', '.join(known)}")
            if value < known[name].least:
                raise ValueError(f"{name}: found {value}, allowed from {known[name].least}")
        return Options({name: values.get(name, option.default) for name, option in known.items()})


def batches(jobs: int, workers: int) -> int:
    """Return how many rounds `workers` need for `jobs`."""
    return -(-jobs // workers)
