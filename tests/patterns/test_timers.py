"""How exact the kernel's timers are for a run, and that nothing of it stays."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from textwrap import dedent

import pytest

from patterns import call, run

from seams import AVAILABLE

HERE = Path("/proc/thread-self")

pytestmark = pytest.mark.skipif(
    not (HERE.exists() and Path(f"/proc/{os.getpid()}/timerslack_ns").exists()),
    reason="the system does not tell how late a timer may be",
)

EXACT = [name for name in AVAILABLE if name in {"asyncio", "fibers", "processes"}]


def slack_ns():
    """How late the kernel may fire a timer of this thread."""
    return int(Path(f"/proc/{HERE.readlink().name}/timerslack_ns").read_text(encoding="ascii"))


def open_files():
    """The numbers of the files that are open, and of the one to see them with."""
    return sorted(file.name for file in Path("/proc/self/fd").iterdir())


async def seen():
    return slack_ns()


async def seen_in_a_call():
    return await call(slack_ns)


@pytest.mark.parametrize("runtime", EXACT)
def test_timers_are_exact_while_a_run_goes_on(runtime):
    before = slack_ns()
    assert run(seen, runtime=runtime) == 1
    assert slack_ns() == before


@pytest.mark.parametrize("runtime", [name for name in EXACT if name != "processes"])
def test_timers_of_calls_are_exact_too(runtime):
    assert run(seen_in_a_call, runtime=runtime) == 1


@pytest.mark.parametrize("runtime", [name for name in AVAILABLE if name not in EXACT])
def test_elsewhere_they_are_as_they_were(runtime):
    assert run(seen, runtime=runtime) == slack_ns()


@pytest.mark.parametrize("runtime", EXACT)
def test_what_was_set_before_is_put_back_after_an_error(runtime):
    found = []

    async def fail():
        found.append(slack_ns())
        raise ValueError("of the run")

    def set_and_run():
        Path(f"/proc/{HERE.readlink().name}/timerslack_ns").write_text("70000", encoding="ascii")
        with pytest.raises(ValueError, match="of the run"):
            run(fail, runtime=runtime)
        found.append(slack_ns())

    before = slack_ns()
    thread = threading.Thread(target=set_and_run)
    thread.start()
    thread.join()
    assert found == [1, 70_000]
    assert slack_ns() == before


@pytest.mark.parametrize("runtime", EXACT)
def test_a_run_goes_on_where_the_system_has_it_locked(runtime, monkeypatch):
    monkeypatch.setattr("patterns.runtimes._timers.os.open", _refused)
    assert run(seen, runtime=runtime) == slack_ns()


def _refused(*args):
    raise PermissionError(f"not allowed: {args[0]}")


def test_a_child_that_is_forked_inside_leaves_its_parent_alone():
    inside = """
    import os
    from pathlib import Path
    from patterns.runtimes._timers import exact_timers

    with exact_timers():
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            print(Path("/proc/self/timerslack_ns").read_text())
    """
    ran = subprocess.run([sys.executable, "-c", dedent(inside)], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["1"]


@pytest.mark.parametrize("runtime", EXACT)
def test_no_file_stays_open(runtime):
    run(seen, runtime=runtime)
    before = open_files()
    run(seen, runtime=runtime)
    assert open_files() == before
