"""A search for a failing schedule as it was asked for, and how fast it went."""

import inspect
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gopatterns_cli.demonstration import choose
from gopatterns_cli.failure import Failure
from gopatterns_cli.functions import function_named
from gopatterns_cli.near import did_you_mean
from gopatterns_cli.render.searching import Progress
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
    return Program(_without_arguments(name), (), request.most_turns)


def _without_arguments(name: str) -> Any:
    function = function_named("TARGET", name, is_async=True)
    needed = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty and parameter.kind in {0, 1, 3}
    ]
    if needed:
        raise Failure(f"TARGET: {name} needs {', '.join(needed)}, allowed a function without arguments", 2)
    return function
