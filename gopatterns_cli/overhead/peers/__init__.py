"""The peers: what our library is compared with, one file each, found by listing this folder.

A peer's module is written as the peer's own documentation shows it, and has
- `NAME`, and `PACKAGE`: what pip installs, None for the standard library;
- `FAMILY`: what its tasks are and who runs them;
- `LACKS`: by operation, what it does less there than a full peer;
- `enter(fn, *args)`: how one gets into its loop;
- a function for each operation that it can honestly do; the others are absent.

Two that look alike (anyio is made after trio) are both written out all the same: each shows how its own is
used, and a layer over both would be timed with them.

What a peer is can be told without importing it; one that is not here is reported with its install line.
"""

import ast
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).parent

FACTS = ("NAME", "PACKAGE", "FAMILY", "LACKS", "HINT")


@dataclass(frozen=True, slots=True)
class Peer:
    """What a peer's module says of it.

    Attributes:
        hint: what else its installation needs.
        names: what its module defines, functions among them.
    """

    name: str
    package: str | None
    family: str
    lacks: dict[str, str]
    hint: str = ""
    names: frozenset[str] = frozenset()

    @property
    def get(self) -> str:
        """The install line."""
        hint = f" ({self.hint})" if self.hint else ""
        return f"pip install {self.package}{hint}"


def names() -> tuple[str, ...]:
    """The names of all peers, sorted, whether they are here or not."""
    return tuple(sorted(path.stem.replace("_", "-") for path in FOLDER.glob("[a-z]*.py")))


@cache
def about(name: str) -> Peer:
    """What a peer is, read from its module without running it.

    Raises:
        ValueError: there is none of that name.
    """
    if name not in names():
        raise ValueError(f"peer: found {name!r}, allowed {', '.join(names())}")
    tree = ast.parse((FOLDER / f"{_stem(name)}.py").read_text(encoding="utf-8"))
    facts: dict[str, Any] = {}
    defined = set()
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name):
                defined.add(target.id)
            if isinstance(target, ast.Name) and target.id in FACTS:
                facts[target.id.lower()] = ast.literal_eval(node.value)  # type: ignore[attr-defined]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            defined.add(node.name)
    return Peer(**facts, names=frozenset(defined))


def load(name: str) -> ModuleType:
    """The peer's module.

    Raises:
        ValueError: there is none of that name, or its package is not here.
    """
    peer = about(name)
    try:
        return import_module(f"{__name__}.{_stem(name)}")
    except ImportError as error:
        raise ValueError(f"peer {name} is not available: {peer.get}") from error


def missing(name: str) -> str | None:
    """Why a peer cannot be driven here and how to get it, or None when it can."""
    try:
        load(name)
    except ValueError as error:
        return str(error)
    return None


def _stem(name: str) -> str:
    return name.replace("-", "_")
