"""The tree is the architecture: who may import whom, and what the library never does."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("gopatterns_cli", "scenarios", "patterns")
"""Import arrows point from left to right, never back."""

CLOCKS_AND_SCHEDULERS = {"asyncio", "threading", "multiprocessing", "queue", "time", "random", "concurrent"}
"""What a pattern must not know: it would be tied to a runtime, or to the machine's clock."""


def sources(package: str) -> list[Path]:
    return sorted(ROOT.joinpath(package).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, str | None]]:
    """Every module that a file imports, wherever in the file, with the name taken from it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it points"
            yield from ((node.module or "", alias.name) for alias in node.names)


def imported_packages(path: Path) -> set[str]:
    return {module.partition(".")[0] for module, _ in imports(path)}


def each(*packages: str) -> pytest.MarkDecorator:
    paths = [path for package in packages for path in sources(package)]
    return pytest.mark.parametrize("path", paths, ids=[path.relative_to(ROOT).as_posix() for path in paths])


def test_the_three_packages_are_there():
    assert all(sources(package) for package in PACKAGES)


@each(*PACKAGES)
def test_import_arrows_point_one_way(path):
    package = path.relative_to(ROOT).parts[0]
    assert not imported_packages(path) & set(PACKAGES[: PACKAGES.index(package)])


@each("scenarios")
def test_scenarios_know_of_patterns_only_what_there_is(path):
    taken = {(module, name) for module, name in imports(path) if module.partition(".")[0] == "patterns"}
    assert taken <= {("patterns", "catalogue"), ("patterns", "runtimes")}


@each("patterns")
def test_the_library_needs_the_standard_library_only(path):
    assert imported_packages(path) <= {*sys.stdlib_module_names, "patterns"}


@each("patterns")
def test_the_library_never_prints(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    written = {
        f"sys.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys"
    }
    assert "print" not in called
    assert not {"sys.stdout", "sys.stderr"} & written


@each("patterns")
def test_only_a_runtime_knows_clocks_and_schedulers(path):
    known = {"random"} if path.parent.name == "strategies" else set()
    if path.parent.name not in {"runtimes", "ports"}:
        assert not imported_packages(path) & CLOCKS_AND_SCHEDULERS - known


@each("scenarios")
def test_only_the_examination_of_a_file_knows_pydantic(path):
    if path.stem not in {"examine", "rules", "shapes", "wire"}:
        assert "pydantic" not in imported_packages(path)


@each(*PACKAGES)
def test_no_file_is_named_after_nothing_in_particular(path):
    assert path.stem not in {"utils", "util", "helpers", "common", "base", "manager", "handler", "misc"}


def test_the_check_of_imports_sees_a_forbidden_one(tmp_path):
    """The known-bad twin: without it an empty check would pass as well."""
    bad = tmp_path / "bad.py"
    bad.write_text(
        "def late():\n    import time\n    from gopatterns_cli.app import main\n", encoding="utf-8"
    )
    assert imported_packages(bad) == {"time", "gopatterns_cli"}
