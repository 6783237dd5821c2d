"""
Go's behaviours, by id: what each is, where it stands, and what became of its test on every runtime.

One TOML file per area, written by hand; `outcomes.json` is written by the tests themselves:

    python -m pytest tests/conformance --record-conformance

An id that differs on purpose, or that is not offered, says why; its test holds what is promised instead.
"""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
OUTCOMES = HERE / "outcomes.json"

PASS, FAIL, NOT_HERE, UNTESTED = "pass", "fail", "-", "untested"
ANY = "any"
"""Where a test that needs no runtime is recorded."""


@dataclass(frozen=True, slots=True)
class Row:
    """One behaviour.

    Args:
        id: fixed, such as `CH-01`.
        area: the file that it stands in.
        behaviour: what it is, in a sentence.
        source: the public text or test that it was taken from.
        differs: why this library does otherwise, on purpose; empty when it does not.
        not_offered: why there is nothing to have it; empty when there is.
        runtimes: the runtimes on which it has a meaning; empty for all of them.
        outcomes: by runtime, `pass` or `fail`; empty when its test was never run.
    """

    id: str
    area: str
    behaviour: str
    source: str
    differs: str
    not_offered: str
    runtimes: tuple[str, ...]
    outcomes: dict[str, str]

    def outcome(self, runtime: str) -> str:
        """Return `pass`, `fail`, `-` where it has no meaning, or `untested`; a test may need no runtime."""
        if self.not_offered or (self.runtimes and runtime not in self.runtimes):
            return NOT_HERE
        return self.outcomes.get(runtime) or self.outcomes.get(ANY, UNTESTED)


def rows() -> tuple[Row, ...]:
    """Return every behaviour, in the order of the areas' names and of the files.

    Raises:
        ValueError: a file holds an unknown key or no text where one is needed.
    """
    recorded = json.loads(OUTCOMES.read_text(encoding="utf-8")) if OUTCOMES.exists() else {}
    return tuple(row for file in sorted(HERE.glob("*.toml")) for row in _area(file, recorded))


def _area(file: Path, recorded: dict[str, dict[str, str]]) -> list[Row]:
    entries = tomllib.loads(file.read_text(encoding="utf-8"))
    return [_row(file, name, dict(entry), recorded.get(name, {})) for name, entry in entries.items()]


def _row(file: Path, name: str, entry: dict[str, object], outcomes: dict[str, str]) -> Row:
    texts = {key: str(entry.pop(key, "")) for key in ("behaviour", "source", "differs", "not_offered")}
    runtimes = entry.pop("runtimes", ())
    if entry or not isinstance(runtimes, (list, tuple)) or not (texts["behaviour"] and texts["source"]):
        raise ValueError(f"{file.name}: {name}: found {', '.join(entry) or 'no behaviour or source'}")
    return Row(id=name, area=file.stem, runtimes=tuple(map(str, runtimes)), outcomes=outcomes, **texts)
