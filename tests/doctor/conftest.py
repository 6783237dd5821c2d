"""Machines that are not this one: a root folder of the test's own, and turns that took no time."""

from __future__ import annotations

import pytest

from gopatterns_cli.doctor import noise
from gopatterns_cli.measuring import kernel


@pytest.fixture
def linux(tmp_path, monkeypatch):
    """Put files under a root where there are none yet, not even /proc."""
    root = tmp_path / "root"
    root.mkdir()
    monkeypatch.setattr(kernel, "ROOT", root)

    def put(files: dict[str, str]) -> None:
        for place, text in files.items():
            path = root / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return put


@pytest.fixture
def even(monkeypatch):
    """Turns that all took 10 ms."""
    monkeypatch.setattr(noise, "turns", lambda: (0.01,) * 192)
