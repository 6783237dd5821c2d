"""A pinned run: every thread on one core, the caller's own cores back afterwards, an error elsewhere."""

from __future__ import annotations

import os
import sys

import pytest

from patterns import TaskGroup, call, run, runtimes

linux = pytest.mark.skipif(sys.platform != "linux", reason="no other system pins a thread")


BEFORE = os.sched_getscheduler(0) if sys.platform == "linux" else None
"""The policy of the thread in which the tests run, before any of them."""


def cores():
    return os.sched_getaffinity(0)


async def seen():
    found = []

    async def look():
        found.append(cores())
        found.append(await call(cores))

    async with TaskGroup() as group:
        for _ in range(5):
            group.spawn(look)
    return found


@linux
def test_every_thread_of_a_pinned_run_is_on_one_core():
    before = cores()
    found = run(seen, runtime="threads", pin=True)
    assert len(found) == 10
    assert {len(allowed) for allowed in found} == {1}
    assert len(set.union(*found)) == 1
    assert set.union(*found) <= before
    assert cores() == before


async def policies():
    found = []

    async def look():
        found.append(os.sched_getscheduler(0))
        found.append(await call(os.sched_getscheduler, 0))

    async with TaskGroup() as group:
        for _ in range(5):
            group.spawn(look)
    return set(found)


@linux
def test_threads_of_a_pinned_run_do_not_interrupt_each_other_when_they_are_woken():
    assert run(policies, runtime="threads", pin=True) == {os.SCHED_BATCH}
    assert os.sched_getscheduler(0) == BEFORE
    assert run(policies, runtime="threads") == {BEFORE}


def forbid(*how):
    raise PermissionError(f"not allowed: {how}")


@linux
def test_a_pinned_run_goes_on_where_that_is_forbidden(monkeypatch):
    monkeypatch.setattr(os, "sched_setscheduler", forbid)
    assert run(policies, runtime="threads", pin=True) == {os.sched_getscheduler(0)}


@linux
def test_a_pinned_run_goes_on_where_the_system_does_not_tell(monkeypatch):
    monkeypatch.setattr(os, "sched_getscheduler", forbid)
    assert len(run(seen, runtime="threads", pin=True)) == 10


@linux
def test_what_is_no_ordinary_thread_is_left_as_it_is(monkeypatch):
    asked = []
    monkeypatch.setattr(os, "sched_getscheduler", lambda pid: os.SCHED_IDLE)
    monkeypatch.setattr(os, "sched_setscheduler", lambda *how: asked.append(how))
    run(seen, runtime="threads", pin=True)
    assert asked == []


@linux
def test_a_run_that_is_not_pinned_keeps_its_cores():
    assert run(seen, runtime="threads") == [cores()] * 10


@linux
def test_a_pinned_run_that_fails_gives_the_cores_back():
    before = cores()

    async def fail():
        raise LookupError("here")

    with pytest.raises(LookupError):
        run(fail, runtime="threads", pin=True)
    assert cores() == before


@pytest.mark.parametrize("runtime", [name for name in runtimes.names() if name != "threads"])
def test_another_runtime_is_refused(runtime):
    with pytest.raises(ValueError, match=f"found the runtime {runtime}, allowed threads"):
        run(seen, runtime=runtime, pin=True)


def test_another_system_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "platform", "plan9")
    with pytest.raises(ValueError, match="found plan9, allowed Linux"):
        run(seen, runtime="threads", pin=True)
