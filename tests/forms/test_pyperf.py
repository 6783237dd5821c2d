"""The session file itself: pyperf reads it as any other of its own, versions and canary included."""

import subprocess
import sys

import pytest

from versioned import HUNDRED, PIPELINE, TEN

CELLS = [f"{name}/{label}" for name in (TEN, HUNDRED, PIPELINE) for label in ("base", "new")]


def pyperf(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "pyperf", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("reader", ["stats", "hist", "show"])
def test_pyperf_reads_a_session_of_versions_with_its_canary(on_disk, reader):
    out = pyperf(reader, on_disk())
    assert all(name in out for name in [*CELLS, f"{TEN}/base/again"])


@pytest.mark.parametrize(
    ("name", "rounds"), [(f"{TEN}/base", 24), (f"{TEN}/base/again", 24), (f"{TEN}/new", 8)]
)
def test_each_round_of_a_cell_is_a_run_for_pyperf(on_disk, name, rounds):
    out = pyperf("stats", "-b", name, on_disk())
    assert f"Number of run with values: {rounds}\n" in out
    assert f"Total number of values: {3 * rounds}\n" in out
