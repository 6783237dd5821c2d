"""Go holds what ours holds."""

import json

import pytest

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import golang
from scenarios.model import HELD

ENOUGH = 30_000
"""For the process to grow."""


def asked(pattern, held, count):
    cell = {"pattern": pattern, "job_kind": "memory", "operation": held, "count": count, "arm": "go"}
    try:
        golang.toolchain()
    except golang.NoGoError as error:
        pytest.skip(str(error))
    return golang.asked(("-cell", json.dumps(cell)), 60)


@pytest.mark.timeout(900)  # a first build of Go's standard library
@pytest.mark.parametrize(
    ("pattern", "held"), [(name, held) for held, names in HELD.items() for name in names]
)
def test_go_tells_what_one_takes_and_by_which_figure(pattern, held):
    found = asked(pattern, held, ENOUGH)
    (taken,) = found["values"]
    assert 0 < taken < 65_536
    assert found["memory"] in {"pss_own", "pss", "rss"}


@pytest.mark.timeout(900)
def test_go_refuses_what_a_pattern_does_not_hold():
    with pytest.raises(Failure, match="there is no Go for an idle-worker of cascade"):
        asked("cascade", "idle-worker", 1)
