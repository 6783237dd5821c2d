"""Comparisons of both kinds, and the command in an empty folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from gopatterns_cli.comparison import compare
from gopatterns_cli.session import write

import versioned
from synthetic import Truth, session

SMALL = Truth(names=("worker-pool", "pipeline"), rounds=6, quick=True)

NAMED = Path("results/s.json")
"""What a session is called that is on no disk."""


@pytest.fixture(scope="session")
def versions():
    """Versions of which one thing became slower, one quicker, and of one nobody can tell."""
    return versioned.found(NAMED)


@pytest.fixture(scope="session")
def alone():
    """A session beside the document."""
    return compare(session(NAMED, SMALL))


@pytest.fixture(scope="session")
def gated():
    """A session beside the document and a baseline, with a regression."""
    slow = Truth(**{**{name: getattr(SMALL, name) for name in ("names", "rounds", "quick")}, "seed": 3})
    slower = {"worker-pool/gopat/asyncio/cold/workers=100": 1.5}
    old = session(Path("results/old.json"), slow)
    return compare(session(NAMED, Truth(SMALL.rounds, names=SMALL.names, quick=True, slower=slower)), old)


@pytest.fixture(params=["versions", "alone", "gated"])
def found(request):
    """Each of them."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def on_disk(tmp_path, monkeypatch):
    """Write a session of versions into an empty folder where the command runs; returns its path."""
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "COLUMNS", "GOPAT_RESULTS", "TERM"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "results").mkdir()

    def written(measured=versioned.MIXED):
        write(versioned.session(NAMED, measured))
        return str(NAMED)

    return written
