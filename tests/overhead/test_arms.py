"""Every operation on every arm that is here gives the right answer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import scenarios
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import golang
from gopatterns_cli.overhead import arms, ours, peers
from gopatterns_cli.overhead.operations import OPERATIONS

COUNT = 41
"""No multiple of the cases, the tasks or the workers."""

ENOUGH_TO_SEE = 50_000
"""Of goroutines and channels, for the process to grow."""

SCRIPT = Path(__file__).with_name("every_operation.py")

OURS = sorted({f"gopat/{name}" for one in scenarios.find("overhead").scenarios for name in one.arms.runtimes})


@pytest.mark.parametrize("name", [*OURS, *peers.names()])
def test_every_operation_of_an_arm_gives_the_right_answer_cold_and_warm(name):
    if name not in OURS and (reason := peers.missing(name)):
        pytest.skip(reason)
    done = subprocess.run(
        [sys.executable, "-W", "error", SCRIPT, name, str(COUNT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.returncode == 0, done.stderr[-1000:]
    found = json.loads(done.stdout)
    assert found
    assert {what: problem for what, problem in found.items() if problem} == {}


@pytest.mark.timeout(900)  # a first build of Go's standard library
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_gives_the_right_answer_in_go(name):
    needs_go()
    count = ENOUGH_TO_SEE if OPERATIONS[name].looked else COUNT
    cell = {"pattern": "overhead", "operation": name, "count": count, "workers": 3, "rate": 1000, "arm": "go"}
    (seconds,) = golang.asked(("-cell", json.dumps(cell)), 60)["values"]
    assert seconds > 0


@pytest.mark.timeout(900)
def test_go_refuses_an_operation_that_it_has_not():
    needs_go()
    with pytest.raises(Failure, match="juggle"):
        golang.asked(("-cell", json.dumps({"pattern": "overhead", "operation": "juggle", "count": 1})), 60)


def test_ours_does_every_operation():
    assert [name for name, operation in OPERATIONS.items() if not hasattr(ours, operation.function)] == []


def test_ours_is_there_on_every_runtime_with_a_real_clock():
    assert set(OURS) == {"gopat/asyncio", "gopat/fibers", "gopat/threads"}


def test_an_arm_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="abacus"):
        arms.on("abacus")
    with pytest.raises(ValueError, match="abacus"):
        arms.peer("abacus")


def needs_go():
    try:
        golang.toolchain()
    except golang.NoGoError as error:
        pytest.skip(str(error))
