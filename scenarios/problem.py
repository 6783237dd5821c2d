"""What is wrong with a scenario file, one line each: `FILE: key.trail: found X, allowed Y`."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scenarios.notation import quoted

_LONGEST_TEXT = 40


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        file: the file as the user named it.
        trail: the keys that lead there, or the line and column; empty when it is the file itself.
        found: what stands there, `nothing` when a key is missing.
        allowed: what may stand there, with a near match where there is one.
    """

    file: str
    trail: str
    found: str
    allowed: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.trail}" if self.trail else self.file
        return f"{place}: found {self.found}, allowed {self.allowed}"


class ScenarioError(ValueError):
    """A scenario that cannot be used, or a target that names none.

    Args:
        problems: everything that is wrong with it, one line each, in the order of the file.
    """

    def __init__(self, problems: Iterable[object]) -> None:
        self.problems = tuple(str(problem) for problem in problems)
        super().__init__("\n".join(self.problems))


def refusal(file: str, found: str, allowed: str) -> ScenarioError:
    """Make the error of a single problem that concerns a whole file or target."""
    return ScenarioError([Problem(file, "", found, allowed)])


def bare(key: str) -> str:
    """Write a key for a trail: as it is where TOML takes it bare, between quotes where it does not."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else quoted(key)


def shown(value: Any) -> str:
    """Write a TOML value for a message, much as the file has it; tables and long lists are only named."""
    match value:
        case str():
            return quoted(value)
        case dict():
            return "a table"
        case list():
            text = json.dumps(value, ensure_ascii=False, default=str)
            return text if len(text) <= _LONGEST_TEXT else f"a list of {len(value)}"
        case bool() | int() | float():
            return json.dumps(value).lower().removesuffix(".0")
        case _:
            return f"the date or time {value}"
