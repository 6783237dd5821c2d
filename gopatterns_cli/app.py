"""The command line: finds the commands, runs one, and turns every way it can end into an exit code.

A command is a module in `commands/` with a function of the same name (`list_` in `list.py`); its docstring is
its help. Only the command that was asked for is imported, and its module imports what is heavy inside the
function: `--help` costs Typer and nothing else. Help is plain text everywhere: Typer's panels need the
whole of Rich, twice the time, and more than 40 columns.
"""

import os
import pkgutil
import shutil
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gopatterns_cli import commands, completing, words
from gopatterns_cli.failure import Failure
from gopatterns_cli.helping import Command
from gopatterns_cli.near import did_you_mean
from gopatterns_cli.usage import UsageError, explain

LANG = "--lang"
"""Taken anywhere on the line."""

WELCOME = """\
Which concurrency pattern is worth it
for this job on this machine?

See one work:
    gopat run worker-pool --workers 10
Measure them all, in 90 s:
    gopat bench all --quick
Set that beside what is claimed:
    gopat compare

All there is: gopat --help"""


def main(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; what goes wrong is said in one line each on stderr."""
    completing.without_rich()
    program = typer.main.get_command(_application())
    try:
        language, rest = _language(arguments)
        with words.asking(language):
            code = program.main(args=rest, prog_name="gopat", standalone_mode=False)
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - the outermost place there is
        messages, code = _ending(error)
        for message in messages:
            print("error:", " ".join(message.splitlines()), file=sys.stderr)
    return code if isinstance(code, int) else 0


def _language(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """Return the language that is to be spoken, and the arguments without the option that says so."""
    rest, wanted = [], words.language()
    left = iter(arguments)
    for argument in left:
        if argument == "--":
            rest += [argument, *left]
        elif argument == LANG or argument.startswith(f"{LANG}="):
            wanted = next(left, "") if argument == LANG else argument.partition("=")[2]
            if wanted not in words.LANGUAGES:
                allowed = ", ".join(words.LANGUAGES) + did_you_mean(wanted, words.LANGUAGES)
                raise Failure(f'{LANG}: found "{wanted}", allowed {allowed}', 2)
        else:
            rest.append(argument)
    return wanted, rest


class Commands(TyperGroup):
    """The commands that lie in the folder, each imported when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - Typer's signature
        """Name them in alphabetical order."""
        modules = (module.name for module in pkgutil.iter_modules(commands.__path__))
        return sorted(name.replace("_", "-") for name in modules if not name.startswith("_"))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import a command; None when there is none of that name."""
        return _command(cmd_name) if cmd_name in self.list_commands(ctx) else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Refuse an unknown name with what is near."""
        names = self.list_commands(ctx)
        if args[0] not in names and not ctx.resilient_parsing:
            allowed = ", ".join(names) + did_you_mean(args[0], names)
            raise Failure(f'gopat: found the unknown command "{args[0]}", allowed {allowed}', 2)
        return args[0], _command(args[0], _options_of(ctx, args[1:]), whole=True), args[1:]

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Typer would take any broken pipe, a worker's too, for a closed stdout."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            raise _failure(error) from error


def _application() -> typer.Typer:
    application = typer.Typer(
        cls=Commands,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={
            "help_option_names": ["-h", "--help"],
            "terminal_width": max(min(shutil.get_terminal_size().columns, 82) - 2, 30),  # not Typer's 50
        },
    )
    application.callback(invoke_without_command=True)(_gopat)
    return application


def _gopat(
    ctx: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    lang: Annotated[  # noqa: ARG001 - taken out of the line before; here for its help
        str | None,
        typer.Option(metavar="LANG", help="en or zh, anywhere on the line; else what LANG says."),
    ] = None,
) -> None:
    """Which concurrency pattern, on which runtime, with how many workers, is worth it here?

    gopat runs Go's concurrency patterns in Python, measures them, and sets what it measured beside what is
    claimed.
    """
    if show_version:
        print(f"gopat {version()}")
    elif ctx.invoked_subcommand is None:
        print(WELCOME)


def version() -> str:
    """Return the installed version, or say that there is none."""
    from importlib import metadata  # noqa: PLC0415 - 20 ms that only --version pays

    try:
        return metadata.version("gopat")
    except metadata.PackageNotFoundError:
        return "(a checkout that is not installed)"


def _options_of(ctx: Any, arguments: Sequence[str]) -> Sequence[str] | None:
    """Return arguments where nothing is run, and so of patterns' own options those of one matter only."""
    if ctx.resilient_parsing:  # a shell completes a word, and loads what it needs for that
        return arguments if completing.is_option() else ()
    return arguments if {"-h", "--help"} & set(arguments) else None


def _command(name: str, options_of: Sequence[str] | None = None, *, whole: bool = False) -> Any:
    """Make a command.

    Args:
        name: as it is typed.
        options_of: the arguments, where nothing is run and only a pattern's own options matter.
        whole: for whoever runs it, and not for the list of commands.
    """
    module_name = name.replace("-", "_")
    module = import_module(f"{commands.__name__}.{module_name}")
    function = getattr(module, module_name, None) or getattr(module, f"{module_name}_")
    if hasattr(module, "with_demo_options"):
        function = module.with_demo_options(options_of if whole else ())
    application = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
    application.command(name, cls=Command, short_help=function.__doc__.partition("\n")[0])(function)
    command = typer.main.get_command(application)
    command.groups = getattr(module, "GROUPS", {})  # type: ignore[attr-defined]  # it is a `Command`
    return command


def _ending(error: BaseException) -> tuple[tuple[str, ...], int]:
    """Say how a command that raised has ended: the lines for the user and the exit code of DESIGN's table."""
    if isinstance(error, Failure):
        return (error.message,), error.exit_code
    if isinstance(error, UsageError):
        return (explain(error),), 2
    if isinstance(error, (KeyboardInterrupt, typer.Abort)):
        return (), 130
    if isinstance(error, OSError):
        return (_failure(error).message,), 1
    from scenarios import ScenarioError  # noqa: PLC0415 - only a command that failed pays for it

    if isinstance(error, ScenarioError):
        return error.problems, 2
    return (_bug(error),), 1


def _failure(error: OSError) -> Failure:
    place = f"{error.filename}: " if error.filename else ""
    return Failure(f"{place}{error.strerror or error}")


def _bug(error: BaseException) -> str:
    if os.environ.get("GOPAT_DEBUG") == "1":
        traceback.print_exception(error)
    inner: BaseException = error
    while isinstance(inner, BaseExceptionGroup):
        inner = inner.exceptions[0]
    first = "" if inner is error else f"; the first is {type(inner).__name__}: {inner}"
    what = ": ".join(part for part in (type(error).__name__, f"{error}{first}") if part)
    return f"{what} (GOPAT_DEBUG=1 shows where)"
