"""The catalogue of translations, kept in step with the code: `python tests/language/catalogue.py [--check]`.

It collects every text that can be shown in another language: those in calls of `tr` and `trn`, nouns that
are counted, titles of tables, and texts that are chosen while running, which `chosen` lists. New ones go to
each language's file without a translation, old ones are taken out, and the compiled file is written. With
`--check` nothing is written; the exit code is 1 where a text is missing, or a file is not what it would be.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polib

import scenarios
from gopatterns_cli import budget, machines, notes, sentences, tables
from gopatterns_cli.footprints import HIGH, LOW, MEDIUM
from gopatterns_cli.measuring import machine, plan
from gopatterns_cli.measuring.cells import WARM
from gopatterns_cli.overhead import peers
from gopatterns_cli.render import cost_grids, matrix_grid, versions_rows
from gopatterns_cli.render.report import forest, losses
from gopatterns_cli.session import COMPLETE, INTERRUPTED, RUNNING
from gopatterns_cli.verdicts import Change, Verdict
from gopatterns_cli.words import DOMAIN, FOLDER, LANGUAGES
from scenarios.document import STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

Text = tuple[str, str]
"""A text, and its plural; empty where it has none."""

PACKAGE = Path(__file__).parents[2] / "gopatterns_cli"
ONE, MANY = {"tr"}, {"trn"}


def texts() -> set[Text]:
    """Return everything that can be said in another language."""
    written = {text for path in sorted(PACKAGE.rglob("*.py")) for text in in_code(path)}
    return {text for text in written | {(text, "") for text in chosen()} if text[0].strip()}


def in_code(path: Path) -> Iterator[Text]:
    """Yield the texts that stand in a file: as a literal, or by the name of a constant of that file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = dict(_constants(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        said = [_said(argument, constants) for argument in node.args]
        match name:
            case "tr" if said and said[0] is not None:
                yield said[0], ""
            case "trn" if said[0] is not None and said[1] is not None:
                yield said[0], said[1]
            case "plural" if len(said) > 1 and said[1] is not None:
                yield f"{{n}} {said[1]}", f"{{n}} {said[1]}s"
            case "Column" if said and said[0] is not None:
                yield said[0], ""
            case "Grid":
                titles = (_said(word.value, constants) for word in node.keywords if word.arg == "title")
                yield from ((title, "") for title in titles if title)
            case _:
                pass


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield target.id, value.value


def _said(node: ast.expr, constants: dict[str, str]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return constants.get(node.id) if isinstance(node, ast.Name) else None


def chosen() -> Iterator[str]:
    """Yield the texts that code chooses among while it runs."""
    yield from Verdict
    yield from Change
    yield "does not run"
    yield plan.NEEDS_CORES
    yield from (status.capitalize() for status in (RUNNING, COMPLETE, INTERRUPTED))
    yield from machines.FACTS.values()
    yield from (name.replace("_", " ") for name in machine.KINDS)
    yield from matrix_grid.NOUNS.values()
    yield from tables.USES.values()
    yield from (budget.START, budget.TIMERS, budget.WAITING, budget.ALONE)
    yield from (budget.HAND_OFFS, budget.TAIL, budget.END, losses.IDEAL)
    yield from ("timers that fire late", "work that does not overlap", "a core")
    yield from sentences.WAITED_FOR.values()
    yield from (LOW, MEDIUM, HIGH, "undecided", WARM, cost_grids.PINNED)
    yield from ("peer", "asyncio peer", "thread peer", forest.PEERS, "the working tree")
    yield from ("loop", "loop in Go")
    yield from notes.FIGURES.values()
    yield versions_rows.HIDES
    yield from (getattr(versions_rows.TITLES, field) for field in ("name", "base", "new", "ratio"))
    yield from (getattr(versions_rows.TITLES, field) for field in ("interval", "hides", "verdict"))
    yield from ("jobs per second", "law", "predicted", "ideal", "speed-up")
    for scenario in map(scenarios.load, scenarios.shipped()):
        yield scenario.about
        yield from (claim.says for claim in scenario.claims)
    yield from (statement.says for statement in STATEMENTS)
    for name in peers.names():
        yield from peers.about(name).lacks.values()


def place(language: str) -> Path:
    """Return where a language's catalogue lies."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def updated(language: str) -> polib.POFile:
    """Return a language's catalogue with exactly the texts that there are."""
    path = place(language)
    before = polib.pofile(str(path)) if path.exists() else polib.POFile()
    known = {entry.msgid: entry for entry in before}
    after = polib.POFile(wrapwidth=100)
    after.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for text, plural in sorted(texts()):
        entry = polib.POEntry(msgid=text)
        old = known.get(text)
        if plural:
            entry.msgid_plural = plural
            entry.msgstr_plural = {0: old.msgstr_plural.get(0, "") if old else ""}
        else:
            entry.msgstr = old.msgstr if old else ""
        after.append(entry)
    return after


def missing(catalogue: polib.POFile) -> list[str]:
    """Return the texts without a translation."""
    return [entry.msgid for entry in catalogue if not (entry.msgstr or entry.msgstr_plural.get(0))]


def main() -> int:
    """Write the catalogues, or look whether they are what they should be."""
    code = 0
    for language in LANGUAGES[1:]:
        catalogue, path = updated(language), place(language)
        compiled = path.with_suffix(".mo")
        if "--check" in sys.argv:
            stale = not path.exists() or f"{catalogue}\n" != path.read_text(encoding="utf-8")
            stale = stale or compiled.read_bytes() != catalogue.to_binary()
            if stale:
                print(f"{path} is not what the code says: python tests/language/catalogue.py")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{catalogue}\n", encoding="utf-8")
            compiled.write_bytes(catalogue.to_binary())
            stale = False
        without = missing(catalogue)
        for text in without:
            print(f"{language}: no translation: {text}")
        code = code or int(stale or bool(without))
    return code


if __name__ == "__main__":
    sys.exit(main())
