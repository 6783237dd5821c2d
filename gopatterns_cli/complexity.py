"""How complex the texts of a pattern are: lines and branches, counted once and stored beside this file.

`python -m gopatterns_cli.complexity` counts them anew with lizard (of the extra `dev`), which reads Python
and Go; with `--check` it writes nothing and ends with 1 when the stored figures are not what it would write.
Whoever shows the figures reads the file and needs no lizard.

A line is one with code: blank ones, comments and docstrings are none. A branch is a condition: the cyclomatic
complexity of every function less one, summed. Ours is counted as `gopat show` has it, without its demo and
without the text that all patterns stand on; the others stand on the standard library.
"""

import ast
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from gopatterns_cli import sources
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.cells import GOPAT
from patterns import catalogue

COMMAND = "python -m gopatterns_cli.complexity"

FILE = Path(__file__).with_suffix(".json")

ARMS = sources.USUAL
"""Whose texts are counted: ours, those by hand, Go's."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text of a pattern, counted.

    Args:
        arm: `gopat`, `native` or `go`.
        runtime: of a native one; None for the others.
        path: where it lies.
        lines: with code in them.
        branches: conditions.
    """

    arm: str
    runtime: str | None
    path: str
    lines: int
    branches: int


def stored() -> Mapping[str, tuple[Written, ...]]:
    """Return what was counted, by pattern: ours first, then those by hand, then Go's.

    Raises:
        Failure: exit code 1, the file is not there or damaged; one line.
    """
    try:
        found = json.loads(FILE.read_text(encoding="utf-8"))
        return {pattern: tuple(Written(**text) for text in texts) for pattern, texts in found.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise Failure(f"{FILE.name}: this installation of gopat is damaged: {error}") from None


def ours(pattern: str) -> Written | None:
    """Return our text of a pattern, counted; None where there is no such pattern."""
    return next((text for text in stored().get(pattern, ()) if text.arm == GOPAT), None)


def counted() -> dict[str, tuple[Written, ...]]:
    """Count every text of every pattern.

    Raises:
        Failure: exit code 1, there is no lizard, or a file cannot be read.
    """
    return {pattern: tuple(_texts(pattern)) for pattern in catalogue.names()}


def count(text: str, language: str) -> tuple[int, int]:
    """Return the lines and branches of a text.

    Args:
        text: a module of Python or a file of Go.
        language: `python` or `go`.

    Raises:
        Failure: exit code 1, there is no lizard.
    """
    try:
        import lizard  # noqa: PLC0415 - of the extra dev
    except ImportError:
        raise Failure("lizard is not here, which counts: pip install 'gopat[dev]'") from None
    name, bare = ("text.go", text) if language == "go" else ("text.py", without_docstrings(text))
    found = lizard.analyze_file.analyze_source_code(name, bare)
    return found.nloc, sum(function.cyclomatic_complexity - 1 for function in found.function_list)


def without_docstrings(text: str) -> str:
    """Leave out of a module every string that stands as a statement of its own, on lines of its own."""
    lines = text.splitlines(keepends=True)
    statements = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Expr))
    for statement in statements:
        value, first = statement.value, statement.lineno - 1
        alone = not lines[first][: statement.col_offset].strip()
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and alone:
            last = statement.end_lineno or statement.lineno
            lines[first:last] = [""] * (last - first)
    return "".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Write or check the stored figures; return 0, 1 when they are stale, 2 for a wrong call."""
    if any(argument != "--check" for argument in arguments):
        print(f"usage: {COMMAND} [--check]", file=sys.stderr)
        return 2
    try:
        fresh = _json(counted())
    except Failure as failure:
        print(f"error: {failure.message}", file=sys.stderr)
        return failure.exit_code
    if not arguments:
        FILE.write_text(fresh, encoding="utf-8")
    elif fresh != _text():
        print(f"error: {FILE.name} is not what would be counted now; {COMMAND}", file=sys.stderr)
        return 1
    return 0


def _texts(pattern: str) -> Iterator[Written]:
    for place in sources.places(pattern):
        if place.arm in ARMS:
            source = sources.read(place, whole=False)
            lines, branches = count(source.text, source.language)
            yield Written(place.arm, place.runtime, place.path, lines, branches)


def _json(found: Mapping[str, tuple[Written, ...]]) -> str:
    written = {pattern: [asdict(text) for text in texts] for pattern, texts in found.items()}
    return json.dumps(written, indent=1) + "\n"


def _text() -> str:
    return FILE.read_text(encoding="utf-8") if FILE.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
