"""How shells ask a program of Typer's for the end of a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SHELLS = ("bash", "zsh", "fish")

PROGRAM = """
import sys
sys.argv[0] = "gopat"
from gopatterns_cli.__main__ import main
raise SystemExit(main())
"""
"""The program, under the name that it is installed by."""


def asked(shell: str, line: str) -> Mapping[str, str]:
    """Return the environment in which a shell asks for the end of a line."""
    words = line.split(" ")
    told = {
        "bash": {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": line},
        "fish": {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]
    return {"_GOPAT_COMPLETE": f"complete_{shell}", **told}
