"""A search for a failing schedule as it was asked for, and how fast it went."""

import importlib
import importlib.machinery
import inspect
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from gopatterns_cli.demonstration import choose
from gopatterns_cli.failure import Failure
from gopatterns_cli.near import did_you_mean
from patterns import catalogue
from patterns.exploring import strategies
from patterns.exploring.director import Program
from patterns.exploring.schedule import Schedule
from patterns.exploring.search import Search, replay, search
from patterns.exploring.strategies.exhaustive import NotRepeatableError


@dataclass(frozen=True)
class Request:
    """What was asked for, by the names of the options."""

    target: str
    strategy: str
    seed: int
    depth: int
    preemptions: int
    schedules: int
    most_turns: int
    replay: str | None


@dataclass(frozen=True)
class Explored:
    """A search, what was asked for, the demo's options as words, and the seconds that it took."""

    request: Request
    options: tuple[str, ...]
    search: Search
    seconds: float


def explored(request: Request, options: Mapping[str, Any]) -> Explored:
    """Search as asked; `options` are a demo's, None where not given.

    Raises:
        Failure: exit code 2: there is no such target, strategy, schedule or option.
    """
    program = _program(request, options)
    try:
        strategy = strategies.make(
            request.strategy, seed=request.seed, depth=request.depth, preemptions=request.preemptions
        )
    except ValueError as error:
        near = did_you_mean(request.strategy, strategies.names())
        raise Failure(f"--{error}{near}", 2) from None
    began_s = time.monotonic()
    if request.replay is not None:
        try:
            schedule = Schedule.parse(request.replay)
        except ValueError as error:
            raise Failure(f"--replay: {error}", 2) from None
        found = replay(program, schedule)
    else:
        progress = Progress(request.schedules)
        try:
            found = search(program, strategy, request.schedules, progress)
        except NotRepeatableError as error:
            raise Failure(f"{request.target}: {error}") from None
        finally:
            progress.end()
    return Explored(request, tuple(_words(options)), found, time.monotonic() - began_s)


class Progress:
    """Says on a terminal, a few times a second, how far a search has come."""

    EVERY_S = 0.25

    def __init__(self, schedules: int) -> None:
        self._schedules = schedules
        self._began_s = self._said_s = time.monotonic()
        self._moving = sys.stderr.isatty()

    def __call__(self, done: int, distinct: int) -> None:
        """Take a report."""
        now_s = time.monotonic()
        if self._moving and now_s - self._said_s >= self.EVERY_S:
            self._said_s = now_s
            rate = done / (now_s - self._began_s)
            line = f"{done:,} of {self._schedules:,} schedules, {distinct:,} distinct, {rate:,.0f} per second"
            print(f"\r\033[K{line}\r", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Take the line away."""
        if self._moving:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _words(options: Mapping[str, Any]) -> Iterator[str]:
    for name, value in options.items():
        if value is not None:
            yield f"--{name.replace('_', '-')}"
            if value is not True:
                yield f"{value:g}s" if isinstance(value, float) else str(value)


def _program(request: Request, options: Mapping[str, Any]) -> Program:
    name = request.target
    if ":" not in name:
        if name not in catalogue.names():
            allowed = ", ".join(catalogue.names())
            near = did_you_mean(name, catalogue.names())
            raise Failure(f'TARGET: found "{name}", allowed MODULE:FUNCTION, {allowed}{near}', 2)
        demo = catalogue.load(name).demo
        return Program(demo.main, (choose(name, demo, "simulator", options),), request.most_turns)
    given = [option for option, value in options.items() if value is not None]
    if given:
        raise Failure(f"--{given[0].replace('_', '-')}: found an option of a pattern, {name} takes none", 2)
    return Program(_function(name), (), request.most_turns)


def _function(name: str) -> Any:
    place, _, function_name = name.rpartition(":")
    module = _module(place)
    function = getattr(module, function_name, None)
    if not inspect.iscoroutinefunction(function):
        known = [key for key, value in vars(module).items() if inspect.iscoroutinefunction(value)]
        what = "which is no async def" if function is not None else "which is not there"
        near = did_you_mean(function_name, known)
        raise Failure(f'TARGET: found "{function_name}" of {place}, {what}{near}', 2)
    needed = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty and parameter.kind in {0, 1, 3}
    ]
    if needed:
        raise Failure(f"TARGET: {name} needs {', '.join(needed)}, allowed a function without arguments", 2)
    return function


def _module(place: str) -> Any:
    """Import a module by its name or its file, with the working directory among the places to look in."""
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        if not place.endswith(".py"):
            return importlib.import_module(place)
        path = Path(place).resolve()
        name = f"gopat_explored_{path.stem}"  # not one that something else is imported by
        loader = importlib.machinery.SourceFileLoader(name, str(path))
        module = ModuleType(name)
        module.__file__ = str(path)
        sys.modules[name] = module
        loader.exec_module(module)
    except FileNotFoundError:
        raise Failure(f"TARGET: {place}: there is no such file", 2) from None
    except ModuleNotFoundError as error:
        raise Failure(f"TARGET: {place} cannot be imported: {error}", 2) from None
    except (ImportError, SyntaxError, ValueError, TypeError, IsADirectoryError) as error:
        raise Failure(f"TARGET: {place} cannot be imported: {type(error).__name__}: {error}", 2) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the module does when it is imported
        raise Failure(f"TARGET: {place} fails when it is imported: {type(error).__name__}: {error}") from None
    return module
