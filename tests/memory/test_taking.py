"""What one takes is the growth between two looks, by the system's figures, children included."""

from __future__ import annotations

import mmap
import os
import subprocess
import sys
from types import SimpleNamespace

import psutil
import pytest

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.memory import arms, system, taking
from gopatterns_cli.memory.holding import SOAKED, soaked

SIZE = 100_000


def a_cell(count=200, runtime="fibers"):
    return Cell(
        "s", "worker-pool", "gopat", runtime, "cold", None, 0, "memory", 0.0, count, operation="idle-worker"
    )


def holding(monkeypatch, hold):
    monkeypatch.setattr(arms, "holder", lambda cell: hold)


def mapped(size):
    """Memory that is the system's own: what earlier tests have freed of the heap cannot serve it."""
    memory = mmap.mmap(-1, size)
    memory.write(b"x" * size)
    return memory


def test_what_one_takes_is_what_the_second_lot_adds(monkeypatch):
    def hold(count, look):
        kept = [b"x" * 30_000_000]  # what a pattern has once
        for _ in range(2):
            kept += [mapped(SIZE) for _ in range(count)]
            look()

    holding(monkeypatch, hold)
    assert taking.taken(a_cell()) == pytest.approx(SIZE, rel=0.2)


def test_what_is_free_is_taken_up_so_that_items_are_seen():
    before = system.resident()
    soak = soaked()
    assert system.resident() - before >= SOAKED
    assert len(soak) >= 10_000


@pytest.mark.parametrize("times", [0, 1, 3])
def test_other_than_two_looks_are_an_error(monkeypatch, times):
    holding(monkeypatch, lambda count, look: [look() for _ in range(times)])
    with pytest.raises(taking.UnseenError, match=f"{times} looks, where 2 are right"):
        taking.taken(a_cell())


def test_a_process_that_does_not_grow_says_nothing(monkeypatch):
    def hold(count, look):
        kept = b"x" * 50_000_000
        look()
        del kept
        look()

    holding(monkeypatch, hold)
    with pytest.raises(taking.UnseenError, match="did not make the process grow"):
        taking.taken(a_cell())


def test_fewer_processes_than_asked_for_are_an_error(monkeypatch):
    holding(monkeypatch, lambda count, look: [look() for _ in range(2)])
    with pytest.raises(taking.UnseenError, match="0 more processes, 2 were asked for"):
        taking.taken(a_cell(2, "processes"))


def test_a_child_and_what_it_takes_belong_to_the_process():
    before = system.reading()
    text = "kept = bytearray(b'x' * 60_000_000); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        child.stdout.readline()
        after = system.reading()
        child.stdin.write(b"\n")
        child.stdin.flush()
    assert after.processes == before.processes + 1
    assert after.taken - before.taken > 50_000_000


@pytest.mark.parametrize(
    ("rollup", "taken", "kind"),
    [
        ({"Pss": 900, "Pss_Anon": 500, "Pss_Shmem": 20, "Rss": 1_000}, 2 * 520, "pss_own"),
        ({"Pss": 900, "Rss": 1_000}, 2 * 900, "pss"),
        ({}, 2 * 12_345, "rss"),
    ],
    ids=["pages of files told apart", "not told apart", "no such file"],
)
def test_the_best_figure_is_taken_that_the_system_has_and_it_is_said_which(monkeypatch, rollup, taken, kind):
    child = SimpleNamespace(pid=2, memory_info=lambda: SimpleNamespace(rss=12_345))
    process = SimpleNamespace(pid=1, children=lambda recursive: [child], memory_info=child.memory_info)
    monkeypatch.setattr(psutil, "Process", lambda: process)
    monkeypatch.setattr(system, "rollup", lambda pid: rollup)
    assert system.reading() == system.Reading(taken, 1, kind)


@pytest.mark.skipif(sys.platform != "linux", reason="it has no smaps_rollup")
def test_the_systems_own_file_is_read_in_bytes():
    found = system.rollup(os.getpid())
    assert found["Rss"] >= found["Pss"] > 1_000_000
    assert found["Pss"] % 1024 == 0


@pytest.mark.parametrize("error", [FileNotFoundError(2, "No such file"), psutil.AccessDenied(1)])
def test_a_system_that_does_not_say_is_one_line(monkeypatch, error):
    def refuse():
        raise error

    monkeypatch.setattr(psutil, "Process", refuse)
    with pytest.raises(Failure, match="this system does not say what a process takes") as failure:
        system.reading()
    assert len(failure.value.message.splitlines()) == 1
