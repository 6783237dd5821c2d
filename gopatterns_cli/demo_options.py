"""The options of the demos, as options of a command."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from gopatterns_cli import options
from gopatterns_cli.demonstration import MOST_JOBS, MOST_TASKS, known_options

if TYPE_CHECKING:
    from patterns.demo import Option

T = TypeVar("T")


def added(command: Callable[..., T], arguments: Sequence[str] | None) -> Callable[..., T]:
    """Return a command with the options of demos in its signature, where it has its `**wanted`.

    Args:
        command: the function.
        arguments: where only the options of the pattern among them matter, which is quicker; None for those
            of all, so that one that a demo does not take is refused by name.
    """
    own = inspect.signature(command).parameters
    fixed = [parameter for parameter in own.values() if parameter.kind is not parameter.VAR_KEYWORD]
    demos = [_parameter(option) for option in _offered(arguments)]
    whole = partial(command)
    whole.__doc__ = command.__doc__
    whole.__signature__ = inspect.Signature([*fixed, *demos])  # type: ignore[attr-defined] # a partial takes any
    whole.__annotations__ = {parameter.name: parameter.annotation for parameter in [*fixed, *demos]}
    return whole


def _offered(arguments: Sequence[str] | None) -> "Iterable[Option]":
    if arguments is None:
        return known_options().values()
    if not arguments:
        return ()
    from patterns import catalogue  # noqa: PLC0415 - only where help is asked for

    asked = next((name for name in arguments if name in catalogue.names()), None)
    return () if asked is None else catalogue.load(asked).demo.options


def _parameter(option: "Option") -> inspect.Parameter:
    names = {"count": "N", "duration": "TIME", "rate": "RATE", "text": "TEXT"}
    parsers: dict[str, Callable[[Any], Any]] = {
        "count": options.count(int(option.least), MOST_TASKS if option.tasks else MOST_JOBS),
        "duration": options.duration,
        "rate": options.rate,
    }
    kind, flag = option.kind, f"--{option.name.replace('_', '-')}"
    words = f"{option.help[0].upper()}{option.help[1:]}."
    if kind == "flag":
        annotation: Any = Annotated[bool, typer.Option(flag, help=words)]
    else:
        annotation = Annotated[
            Any, typer.Option(flag, metavar=names[kind], parser=parsers.get(kind, str), help=words)
        ]
    default = False if kind == "flag" else None
    return inspect.Parameter(
        option.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
    )
