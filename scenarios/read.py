"""From a path to the keys and values of a TOML file; every way in which that can fail is one line."""

import re
import tomllib
from pathlib import Path
from typing import Any

from scenarios.near import did_you_mean
from scenarios.problem import Problem, ScenarioError, refusal

LARGEST_BYTES = 1_000_000

_ALLOWED = "a TOML file with about, pattern, job and arms"
_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)


def read(path: Path, file: str) -> dict[str, Any]:
    """Read a TOML file.

    Args:
        path: where it is.
        file: what messages call it.

    Raises:
        ScenarioError: there is no such file, or it is no TOML text, or it is empty; one problem.
    """
    text = _decode(_content(path, file), file)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError([_syntax_problem(error, text, file)]) from None
    except (RecursionError, ValueError) as error:  # brackets nested too deep, a number of thousands of digits
        raise refusal(file, f"a value that cannot be read ({error})", _ALLOWED) from None
    if not values:
        raise refusal(file, "an empty file", _ALLOWED)
    return values


def _content(path: Path, file: str) -> bytes:
    try:
        if path.is_dir():
            raise refusal(file, "a directory", _ALLOWED)
        if path.is_char_device() or path.is_block_device():
            raise refusal(file, "a device", _ALLOWED)
        with path.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise refusal(file, "no such file", _ALLOWED + _near_file(path)) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise refusal(file, f"a file that cannot be read ({reason})", _ALLOWED) from None
    if len(content) > LARGEST_BYTES:
        raise refusal(file, "more than a million bytes", _ALLOWED)
    return content


def _near_file(path: Path) -> str:
    try:
        return did_you_mean(path.name, sorted(sibling.name for sibling in path.parent.iterdir()))
    except OSError:
        return ""


def _decode(content: bytes, file: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(file, f"a byte that is not UTF-8 text (number {error.start + 1})", _ALLOWED) from None
    if "\0" in text:
        raise refusal(file, "binary data (a null byte)", _ALLOWED)
    return text


def _syntax_problem(error: tomllib.TOMLDecodeError, text: str, file: str) -> Problem:
    match = _PLACE.fullmatch(str(error))
    what, line, column = match.groups() if match else (str(error), None, None)
    if line is None:  # the end of the document
        line, column = text.count("\n") + 1, len(text.rpartition("\n")[2]) + 1
    found = f"a syntax error ({what[0].lower()}{what[1:]})"
    return Problem(file, f"line {line}, column {column}", found, 'TOML, such as key = "text"')
