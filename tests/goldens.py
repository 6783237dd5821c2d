"""Whole outputs against the files in `golden/`. UPDATE_GOLDEN=1 writes them instead: then read the diff."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def check(name: str, text: str) -> None:
    """Compare an output with the one on file."""
    path = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{name} is not what it was; UPDATE_GOLDEN=1 rewrites it"
