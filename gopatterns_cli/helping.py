"""A command's help: what it does, two examples, its options in groups, all on one screen.

A command's module has `GROUPS`: by title, the parameters in that group. Its docstring is a line, perhaps a
paragraph, and the examples, each a paragraph that begins with `gopat `.
"""

import inspect
import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from typer.core import TyperCommand

Groups = Mapping[str, Sequence[str]]

WIDEST = 80
NARROW = 64
"""Below so many columns a group stands above its options, and what an option does below it."""

NAMES_WIDTH = 20
"""Columns for an option and what it takes; what is longer pushes its own text to the right."""

PROGRAM = "gopat "

DEMO = "demo"
"""The group of what is a demo's own."""


class Command(TyperCommand):
    """A command with this help."""

    groups: Groups = MappingProxyType({})

    def get_help(self, ctx: Any) -> str:
        """Return the help as text, no wider than the screen."""
        columns = max(min(shutil.get_terminal_size().columns, WIDEST), 30)
        return "\n".join(lines(self, ctx, columns))


def lines(command: Any, ctx: Any, columns: int) -> Iterator[str]:
    """Yield the lines of a command's help."""
    told, examples = described(command.help or "")
    usage = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
    yield from textwrap.wrap(f"Usage: {usage}", columns, subsequent_indent="  ")
    for paragraph in told:
        yield from textwrap.wrap(paragraph, columns)
    yield ""
    for example in examples:
        yield from textwrap.wrap(example, columns, initial_indent="  ", subsequent_indent="      ",
                                 break_on_hyphens=False, break_long_words=False)  # fmt: skip
    if examples:
        yield ""
    known = {one.name: one for one in command.get_params(ctx) if one.name != "help"}
    grouped = grouped_names(command.groups, known)
    width = max(map(len, grouped), default=0) + 2
    for title, names in grouped.items():
        yield from _group(title, [known[name] for name in names], width, columns)


def grouped_names(groups: Groups, known: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the parameters that there are by their group; what no group names comes last, under `DEMO`."""
    found = {title: [name for name in names if name in known] for title, names in groups.items()}
    named = {name for names in groups.values() for name in names}
    found[DEMO] = [name for name in known if name not in named]
    return {title: names for title, names in found.items() if names}


def described(docstring: str) -> tuple[list[str], list[str]]:
    """Return the paragraphs of a docstring, and its examples."""
    paragraphs = [
        " ".join(part.split()) for part in inspect.cleandoc(docstring).split("\n\n") if part.strip()
    ]
    examples = [part for part in paragraphs if part.startswith(PROGRAM)]
    return [part for part in paragraphs if part not in examples], examples


def _group(title: str, parameters: Sequence[Any], width: int, columns: int) -> Iterator[str]:
    if columns < NARROW:
        yield from [title] if title else []
        for parameter in parameters:
            yield f"  {_named(parameter)}"[:columns]
            yield from textwrap.wrap(
                _said(parameter), columns, initial_indent="    ", subsequent_indent="    "
            )
        return
    for place, parameter in enumerate(parameters):
        start = f"{title if place == 0 else '':<{width}}"
        names = f"{_named(parameter):<{NAMES_WIDTH}} "
        indent = " " * (width + NAMES_WIDTH + 1)
        told = textwrap.wrap(f"{names}{_said(parameter)}", columns - width, subsequent_indent=indent[width:],
                             break_on_hyphens=False, break_long_words=False)  # fmt: skip
        yield from (f"{start if number == 0 else ' ' * width}{line}" for number, line in enumerate(told))


def _named(parameter: Any) -> str:
    """Write an option as it is typed, with what it takes; an argument by what it is called."""
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper()).strip("[].")
    *short, long = sorted(parameter.opts, key=len)
    names = ", ".join([*short, long, *parameter.secondary_opts])
    return names if parameter.is_flag or not parameter.metavar else f"{names} {parameter.metavar}"


def _said(parameter: Any) -> str:
    """Say what it is for, and what stands where it is left out."""
    default = _default(parameter)
    variable = f"${parameter.envvar}" if isinstance(parameter.envvar, str) else ""
    left_out = ", ".join(part for part in (variable, default) if part)
    text = str(parameter.help or "")
    return f"{text} [{left_out}]" if left_out else text


def _default(parameter: Any) -> str:
    if parameter.required:
        return ""
    if isinstance(parameter.show_default, str):
        return parameter.show_default
    default = parameter.default
    if default is None or callable(default) or isinstance(default, bool) or not parameter.show_default:
        return ""
    return f"{default:_}" if isinstance(default, int) else str(default)
