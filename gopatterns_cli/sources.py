"""The texts of a pattern: ours, the native ones by runtime, Go's. Found and read here, drawn elsewhere.

The arm `gopat` is the pattern itself, `patterns/<name>.py`; `arms/<folder>/gopat.py`, the few lines that call
it to be measured, is not shown. Nothing of a pattern's folder is imported.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import patterns
from gopatterns_cli import arms
from gopatterns_cli.failure import Failure
from gopatterns_cli.near import did_you_mean

USUAL = ("gopat", "native", "go")
"""The arms that are shown unless some are asked for, in this order; the others come after them."""

ELSEWHERE = {("token-bucket", "gopat"): "rate_limiter.py", ("token-bucket", "ticker"): "token_bucket.py"}
"""By pattern and arm, the text in `patterns` where it is not the file that has the pattern's name."""

DEMO = frozenset({"_demo", "demo"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text lies: of which arm and runtime (only native ones have one), and in which file."""

    arm: str
    runtime: str | None
    file: Path

    @property
    def path(self) -> str:
        """The file as it is written from the folder that holds our packages."""
        packages = Path(patterns.__file__).parents[1], Path(arms.__file__).parents[2]
        root = next(folder for folder in packages if self.file.is_relative_to(folder))
        return self.file.relative_to(root).as_posix()


@dataclass(frozen=True, slots=True)
class Source:
    """A text that is shown; `whole` is False when the demo below it is left out."""

    arm: str
    runtime: str | None
    language: str
    path: str
    text: str
    whole: bool = True

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(self.text.splitlines())


def places(pattern: str) -> tuple[Place, ...]:
    """Return where the texts of a pattern lie, the usual arms first; ours and Go's even if missing."""
    name = pattern.replace("-", "_")
    folder = Path(arms.__file__).parent / name
    found = [
        Place("gopat", None, Path(patterns.__file__).parent / f"{name}.py"),
        *(_place(folder / f"{stem}.py") for stem in arms.names(pattern) if stem != "gopat"),
        Place("go", None, folder / f"{name}.go"),
    ]
    found = [_elsewhere(pattern, place) for place in found]
    order = [*USUAL, *sorted({place.arm for place in found} - {*USUAL})]
    return tuple(sorted(found, key=lambda place: order.index(place.arm)))


def chosen(pattern: str, wanted: Iterable[str], runtimes: Iterable[str]) -> tuple[Place, ...]:
    """
    Return the places of the arms and runtimes that are wanted, in the order of `places`.

    Args:
        pattern: its name.
        wanted: arms; the usual ones when there are none.
        runtimes: of the native arm; all when there are none. The other arms have one text for all.

    Raises:
        Failure: an arm or a runtime that the pattern has not, or runtimes without the native arm; with exit
            code 2.
    """
    there = places(pattern)
    names, runtimes = tuple(wanted), tuple(runtimes)
    _check("--arm", names, dict.fromkeys(place.arm for place in there), f"{pattern} has no arm")
    shown = names or USUAL
    if runtimes and "native" not in shown:
        found = ",".join(runtimes)
        raise Failure(f'--runtime: found "{found}", allowed with --arm native only: others have one text', 2)
    native = dict.fromkeys(place.runtime for place in there if place.runtime)
    _check("--runtime", runtimes, native, f"{pattern} has no native version")
    return tuple(
        place
        for place in there
        if place.arm in shown and (place.runtime is None or not runtimes or place.runtime in runtimes)
    )


def read(place: Place, *, whole: bool) -> Source:
    """
    Read a text; unless it is to be `whole`, ours without the demo where there is more than the demo.

    Raises:
        Failure: the file cannot be read.
    """
    try:
        text = place.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Failure(f"{place.path}: {reason}; this installation of gopat is damaged") from None
    language = "go" if place.file.suffix == ".go" else "python"
    source = Source(place.arm, place.runtime, language, place.path, text)
    shorter = text if whole or place.arm != "gopat" else without_demo(text)
    return source if shorter == text else replace(source, text=shorter, whole=False)


def notes(pattern: str, sources: Iterable[Source], *, all_native: bool) -> tuple[str, ...]:
    """Say what is not there: a native version that other patterns have, the demo that was left out.

    Args:
        pattern: its name.
        sources: what is shown.
        all_native: whether the native versions of all runtimes are wanted.
    """
    missing = _without_native(pattern)
    there = [place.runtime for place in places(pattern) if place.runtime]
    said = []
    if missing and all_native:
        said.append(f"no native version for {', '.join(missing)}" if there else "no native version")
    if not all(source.whole for source in sources):
        said.append("gopat: the demo below it is left out; --whole shows it")
    return tuple(said)


def without_demo(text: str) -> str:
    """
    Leave out of a pattern's module the demo and what only the demo uses.

    A module of which `patterns` exports nothing stays whole: there the demo is the pattern. Imports stay as
    they are.
    """
    statements = ast.parse(text).body
    uses: dict[str, set[str]] = {}
    for statement in statements:
        for name in _defined(statement):
            uses.setdefault(name, set()).update(_used(statement))
    exported = uses.keys() & set(patterns.__all__)
    if not exported:
        return text
    left_out = _reached(DEMO, uses) - _reached(exported, uses)
    lines = text.splitlines(keepends=True)
    kept: list[str] = []
    end, leaving = 0, False
    for statement in statements:
        names = _defined(statement)
        if not _is_docstring(statement):  # a constant's goes with the constant
            leaving = bool(names) and names <= left_out
        following = statement.end_lineno or statement.lineno
        if not leaving:
            kept += lines[end:following]
        end = following
    return "".join(kept)


def _elsewhere(pattern: str, place: Place) -> Place:
    name = ELSEWHERE.get((pattern, place.arm))
    return place if name is None else replace(place, file=Path(patterns.__file__).parent / name)


def _place(file: Path) -> Place:
    arm, _, runtime = file.stem.partition("_")
    return Place(arm, runtime, file) if arm == "native" else Place(file.stem, None, file)


def _without_native(pattern: str) -> list[str]:
    """The runtimes for which other patterns have a native version and this one has none."""
    everywhere = Path(arms.__file__).parent.glob("*/native_*.py")
    own = {place.runtime for place in places(pattern)}
    return sorted({file.stem.removeprefix("native_") for file in everywhere} - own)


def _check(option: str, names: Iterable[str], allowed: Mapping[str, object], none: str) -> None:
    for name in names:
        if name not in allowed:
            what = ", ".join(allowed) + did_you_mean(name, allowed) if allowed else f"nothing: {none}"
            raise Failure(f'{option}: found "{name}", allowed {what}', 2)


def _defined(statement: ast.stmt) -> set[str]:
    """The names that a statement defines; none for an import."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return {
            node.id
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
    return set()


def _used(statement: ast.stmt) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}


def _reached(names: Iterable[str], uses: Mapping[str, set[str]]) -> set[str]:
    """Close a set of names over what their definitions use."""
    reached: set[str] = set()
    waiting = {name for name in names if name in uses}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= (uses[name] & uses.keys()) - reached
    return reached


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
