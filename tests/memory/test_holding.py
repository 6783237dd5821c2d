"""Whoever holds workers or items has as many as asked for at the first look, twice as many at the second."""

from __future__ import annotations

import asyncio
import gc
import queue
import threading
from dataclasses import replace
from multiprocessing import active_children

import pytest

import scenarios
from gopatterns_cli.measuring.cells import GO, GOPAT
from gopatterns_cli.memory import arms, ours
from gopatterns_cli.memory.choosing import cells_of
from patterns import Channel, dump_tasks

COUNT = 6
"""A multiple of the stages of a pipeline by hand."""


def cells(held, *, arm=None):
    every = [
        cell
        for scenario in scenarios.find("memory").scenarios
        for cell in cells_of(scenario, quick=False, wanted=None, go=True)[0]
    ]
    return [
        replace(cell, count=min(cell.count, COUNT))
        for cell in every
        if cell.operation == held and cell.arm != GO and arm in {None, cell.arm}
    ]


def named(found):
    return pytest.mark.parametrize("cell", found, ids=lambda cell: cell.name)


def looks(cell, see):
    """What is seen at each look, less what is there before."""
    gc.collect()
    before, seen = see(), []
    arms.holder(cell)(cell.count, lambda: seen.append(see() - before))
    return seen


def tasks():
    return sum(line.startswith("  ") for line in dump_tasks().splitlines())


def threads_that_came():
    """What counts those that live now and did not at the start: one of before may end meanwhile."""
    before = {*threading.enumerate()}
    return lambda: len({*threading.enumerate()} - before)


def tasks_of_asyncio():
    try:
        return len(asyncio.all_tasks())
    except RuntimeError:  # no loop is running
        return 0


def queued(*kinds):
    def see():
        found = [thing for thing in gc.get_objects() if isinstance(thing, kinds)]
        return sum(len(thing) if isinstance(thing, Channel) else thing.qsize() for thing in found)

    return see


@named([cell for cell in cells("idle-worker", arm=GOPAT) if not arms.has_processes(cell)])
def test_a_lot_of_ours_is_as_many_tasks_as_asked_for(cell):
    first, second = looks(cell, tasks)
    collector = cell.pattern == "error-collection"  # it keeps its caller until the end
    assert second - first == cell.count + collector
    assert first >= cell.count


@named([cell for cell in cells("idle-worker") if arms.has_processes(cell)])
def test_where_each_has_a_process_the_second_look_finds_twice_as_many(cell):
    seen = []
    arms.holder(cell)(cell.count, lambda: seen.append(len(active_children())))
    assert seen == [cell.count, 2 * cell.count]


@named([cell for cell in cells("idle-worker") if cell.arm != GOPAT and cell.runtime == "asyncio"])
def test_a_lot_by_hand_on_asyncio_is_as_many_tasks_and_one_that_runs_a_pool(cell):
    first, second = looks(cell, tasks_of_asyncio)
    assert (
        second - first - cell.count
        == {
            "worker-pool": 1,
            "fan-out-fan-in": 1,
            "error-collection": 1,
            "managed-worker-pool": 0,
            "pipeline": 0,
            "semaphore": 2,  # and the task that has the permit
        }[cell.pattern]
    )


@named([cell for cell in cells("idle-worker") if cell.arm != GOPAT and cell.runtime == "threads"])
def test_a_lot_by_hand_of_threads_is_as_many_threads_and_one_that_runs_a_pool(cell):
    first, second = looks(cell, threads_that_came())
    assert (
        second - first - cell.count
        == {
            "worker-pool": 1,
            "fan-out-fan-in": 1,
            "error-collection": 1,
            "managed-worker-pool": 0,
            "pipeline": 0,
            "semaphore": 2,  # and the thread that has the permit
        }[cell.pattern]
    )


@named(cells("queued-item", arm=GOPAT))
def test_a_lot_of_items_of_ours_lies_in_channels(cell):
    unseen = cell.count if cell.pattern == "managed-worker-pool" else 0
    assert looks(cell, queued(Channel)) == [unseen + cell.count, unseen + 2 * cell.count]


@named([cell for cell in cells("queued-item") if cell.arm != GOPAT])
def test_a_lot_of_items_by_hand_lies_in_queues(cell):
    first, second = looks(cell, queued(asyncio.Queue, queue.SimpleQueue))
    assert second - first >= cell.count


@named([*cells("idle-worker"), *cells("queued-item")])
def test_there_are_two_looks_and_nothing_is_left_behind(cell):
    before, seen = {*threading.enumerate()}, []
    arms.holder(cell)(cell.count, lambda: seen.append(None))
    assert len(seen) == 2
    for thread in {*threading.enumerate()} - before:
        thread.join(10)
        assert not thread.is_alive()
    assert active_children() == []


def test_a_pattern_holds_what_its_scenario_says():
    for scenario in scenarios.find("memory").scenarios:
        kinds = ours.LOTS if scenario.job.operation == "idle-worker" else ours.QUEUES
        assert scenario.pattern in kinds
