"""How options read their values, one parser for each way of writing them.

For `typer.Option(parser=...)`. What is refused becomes one line: the option, what was found, what is allowed,
and the near match. A default passes through untouched, because Typer hands defaults to parsers too. An option
that reads a list is annotated `Any`: Typer takes a tuple for an option of several words.

Nothing of ours is imported before a value is read, so that `--help` does not pay for it.
"""

import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from gopatterns_cli import completing
from gopatterns_cli.near import did_you_mean

T = TypeVar("T")

Chosen = Annotated[
    str,
    typer.Argument(
        metavar="SESSION",
        autocompletion=completing.sessions,
        help="File, group or scenario.",
        show_default="the document's claims",
    ),
]
"""The argument that says which session."""

Results = Annotated[
    Path, typer.Option("--results", metavar="DIR", envvar="GOPAT_RESULTS", help="Where sessions lie.")
]
"""The option that says where sessions are looked for."""

CLAIMS = "claims"
"""The group of the document's claims, whose newest session is shown unless another is chosen."""

LARGEST_COUNT = 1_000_000_000

LARGEST_SEED = 2**31 - 1

UNITS = {"KB": 2**10, "MB": 2**20, "GB": 2**30}

ALL = completing.ALL
"""Every runtime that is measured and can run here."""


def duration(value: str | float) -> float:
    """Read a duration such as `1.5s`, in seconds."""
    from scenarios.notation import parse_duration  # noqa: PLC0415 - see above

    return _read(value, parse_duration)


def durations(value: str | tuple[float, ...]) -> tuple[float, ...]:
    """Read a list or ladder of durations such as `20us,1ms` or `1us..1ms`, in seconds."""
    from scenarios.notation import parse_durations  # noqa: PLC0415 - see above

    return _read(value, parse_durations)


def rate(value: str | float) -> float:
    """Read a number per second such as `5`, `0.5` or `1_000`."""
    return _read(value, _parse_rate)


def count(at_least: int = 1, at_most: int = LARGEST_COUNT) -> Callable[[str | int], int]:
    """Make a parser of whole numbers between two bounds, such as `1000` or `1_000`."""

    def parse(value: str | int) -> int:
        from scenarios.notation import parse_count  # noqa: PLC0415 - see above

        return _read(value, partial(parse_count, at_least=at_least, at_most=at_most))

    return parse


def seed(value: str | int) -> int:
    """Read what randomness is drawn from: a whole number."""
    return count(0, LARGEST_SEED)(value)


def counts(
    at_least: int = 1, at_most: int = LARGEST_COUNT
) -> Callable[[str | tuple[int, ...]], tuple[int, ...]]:
    """Make a parser of lists and ladders of whole numbers such as `1,10,100` or `1..1000`."""

    def parse(value: str | tuple[int, ...]) -> tuple[int, ...]:
        from scenarios.notation import parse_counts  # noqa: PLC0415 - see above

        return _read(value, partial(parse_counts, at_least=at_least, at_most=at_most))

    return parse


def one_of(*allowed: str) -> Callable[[str], str]:
    """Make a parser of one of these words."""

    def parse(value: str) -> str:
        return _known(value, allowed)

    return parse


def pattern(value: str) -> str:
    """Read the name of a pattern that exists."""
    return _known(value, completing.pattern_names())


def runtime(value: str) -> str:
    """Read the name of a runtime that exists and can run here."""
    from patterns import runtimes  # noqa: PLC0415 - see above

    name = _known(value, runtimes.names())
    missing = runtimes.unavailable(name)
    if missing:
        raise typer.BadParameter(f'found "{name}", which cannot run here: {missing}')
    return name


def simulated_runtime(value: str) -> str:
    """Read the name of a runtime that the simulator can stand for."""
    from gopatterns_cli.predicting.standing import PREDICTED  # noqa: PLC0415 - see above

    return _known(value, PREDICTED)


def runtime_list(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """Read a list of such runtimes, `asyncio,threads`, each once; `all` is the one word in `(ALL,)`."""
    if value in (ALL, (ALL,)):
        return (ALL,)
    names = value.split(",") if isinstance(value, str) else value
    return tuple(dict.fromkeys(runtime(name.strip()) for name in names))


def factor(low: float, high: float) -> Callable[[str | float], float]:
    """Make a parser of numbers between two bounds, such as `0.5` or `10`."""

    def parse(value: str | float) -> float:
        return _read(value, partial(_parse_factor, low=low, high=high))

    return parse


def percentage(value: str | float) -> float:
    """Read a share such as `5%` or `2.5%`: 0.05 or 0.025."""
    return _read(value, _parse_percentage)


def percentages(value: str | tuple[float, ...]) -> tuple[float, ...]:
    """Read a list of shares above 0 such as `20,10`, each in percent and once: 0.2 and 0.1."""
    return _read(value, _parse_percentages)


def memory(value: str | float) -> float:
    """Read an amount of memory such as `500MB` or `1.5GB`, in bytes; a KB is 1,024 of them."""
    return _read(value, _parse_memory)


def _parse_memory(text: str) -> float:
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(KB|MB|GB)", text)
    if not match:
        raise ValueError(f'found "{text}", allowed a number with its unit (KB, MB or GB), such as 500MB')
    return float(match[1]) * UNITS[match[2]]


def _parse_rate(text: str) -> float:
    if not re.fullmatch(r"[0-9][0-9_]{0,11}(\.[0-9]{1,9})?", text):
        raise ValueError(f'found "{text}", allowed a number per second, such as 5, 0.5 or 1_000')
    return float(text)


def _parse_factor(text: str, low: float, high: float) -> float:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) or not low <= float(text) <= high:
        raise ValueError(f'found "{text}", allowed a number from {low:g} to {high:g}')
    return float(text)


def _parse_percentage(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})?%", text):
        raise ValueError(f'found "{text}", allowed a percentage below 10,000%, such as 5% or 2.5%')
    return float(text[:-1]) / 100


def _parse_percentages(text: str) -> tuple[float, ...]:
    shares = [_parse_percentage(f"{part.strip().removesuffix('%')}%") for part in text.split(",")]
    if not all(shares):
        raise ValueError(f'found "{text}", allowed percentages above 0, such as 20,10')
    return tuple(dict.fromkeys(shares))


def _read(value: Any, parse: Callable[[str], T]) -> T:
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return]  # a default, already of the type
    try:
        return parse(value)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _known(value: str, allowed: Iterable[str]) -> str:
    names = tuple(allowed)
    if value not in names:
        raise typer.BadParameter(f'found "{value}", allowed {", ".join(names)}{did_you_mean(value, names)}')
    return value
