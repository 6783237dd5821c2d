"""Typer's usage errors in our words: one line that names the option, what was found and what is allowed.

Current Typer carries its own copy of click, older ones import it. Both make BadParameter public; its base is
reached from there, and click is never imported.
"""

from typing import Any

import typer

from gopatterns_cli.near import did_you_mean

UsageError: type[Exception] = typer.BadParameter.__bases__[0]
"""What Typer raises for every misuse of the command line."""


def explain(error: Any) -> str:
    """Write a usage error as one line.

    Args:
        error: a `UsageError`; its attributes differ between the kinds and are looked at, not its class.
    """
    if hasattr(error, "possibilities"):
        return _unknown_option(error)
    if isinstance(error, typer.BadParameter):
        return f"{_name(error)}: {_message(error)}"
    if hasattr(error, "option_name"):
        return f"{error.option_name}: {_message(error)}"
    return f"{_command(error)}: {_message(error)}{_see_help(error)}"


def _unknown_option(error: Any) -> str:
    options = [name for param in error.ctx.command.get_params(error.ctx) for name in _options(param)]
    allowed = ", ".join(options) + did_you_mean(error.option_name, options)
    return f"{_command(error)}: found the unknown option {error.option_name}, allowed {allowed}"


def _options(param: Any) -> list[str]:
    return [name for name in (*param.opts, *param.secondary_opts) if name.startswith("--")]


def _name(error: Any) -> str:
    """The option or argument that a bad value was given for, as the user types or reads it."""
    if error.param_hint:
        return str(error.param_hint)
    if error.param is None:
        return _command(error)
    return max(_options(error.param), key=len, default=_argument(error.param))


def _argument(param: Any) -> str:
    return str(param.metavar or param.name.upper())


def _message(error: Any) -> str:
    """The error's own words without a capital and a full stop; a missing parameter has none."""
    words = " ".join(str(error.message).split()).removesuffix(".")
    words = words.removeprefix(f"Option {getattr(error, 'option_name', None)!r} ")
    return words[0].lower() + words[1:] if words else f"found nothing, allowed a value{_see_help(error)}"


def _command(error: Any) -> str:
    return str(error.ctx.command_path) if error.ctx else "gopat"


def _see_help(error: Any) -> str:
    return f" (see {_command(error)} --help)"
