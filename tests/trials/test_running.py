"""Trials one after another: which are missing, and that an interruption at any place loses only its own."""

from __future__ import annotations

import pytest

from gopatterns_cli.trials import running
from gopatterns_cli.trials.log import load
from gopatterns_cli.trials.running import carried_out
from gopatterns_cli.trials.wanted import Kind, Trials, missing, standing
from tests.trials.rigged import Loads, Rigged, recorded, twins_in

WANTED = Trials(3, (0.2, 0.1), 2)
KINDS = [
    Kind(0.0, loaded=False),
    Kind(0.0, loaded=True),
    Kind(0.0, loaded=False),
    *[Kind(0.2, loaded=False)] * 2,
    *[Kind(0.1, loaded=False)] * 2,
]


def kinds(trials):
    return [Kind(trial.slowed, trial.loaded) for trial in trials]


def run(folder, wanted=WANTED, launcher=None, said=None):
    say = (lambda line: None) if said is None else said.append
    log = load(folder / "doctor.jsonl")
    return carried_out(wanted, log, say, twins_in(folder), launcher or Rigged(), Loads())


def test_every_second_null_job_is_loaded():
    assert list(missing(WANTED, [])) == KINDS
    assert sum(kind.loaded for kind in Trials(100, (), 1).kinds) == 50


def test_what_is_there_is_not_missing():
    there = [recorded(), recorded(slowed=0.1), recorded(slowed=0.1), recorded(slowed=0.1)]
    assert list(missing(WANTED, there)) == [*KINDS[1:3], *KINDS[3:5]]


def test_all_are_carried_out_and_kept_and_told(tmp_path):
    said = []
    log = run(tmp_path, said=said)
    assert kinds(log.trials) == KINDS
    assert load(log.path) == log
    assert [line.partition(":")[0] for line in said] == [f"{number} of 7" for number in range(1, 8)]
    assert said[1].startswith("2 of 7: null job, loaded: same after 8 rounds")
    assert said[3].startswith("4 of 7: trial at +20%: regression after 8 rounds")


def test_with_enough_in_the_log_nothing_is_made(tmp_path):
    log = run(tmp_path)

    def never(say):
        raise AssertionError("nothing is missing")

    assert carried_out(WANTED, log, print, never) == log
    assert carried_out(Trials(1, (0.2,), 1), log, print, never) == log


def test_more_are_added_to_what_is_there(tmp_path):
    run(tmp_path, Trials(2, (), 1))
    assert len(run(tmp_path, Trials(4, (0.2,), 1)).trials) == 5


class Interrupted(Rigged):
    """A launcher that is interrupted at a worker."""

    def __init__(self, at):
        super().__init__()
        self.at = at

    def __call__(self, order):
        if len(self.orders) == self.at:
            raise KeyboardInterrupt
        return super().__call__(order)


@pytest.mark.parametrize("at", range(0, 2 * 26, 7))
def test_an_interruption_at_any_worker_keeps_all_trials_before(tmp_path, monkeypatch, at):
    monkeypatch.setattr("sys.argv", ["gopat", "doctor", "--aa", "2"])
    said, wanted = [], Trials(2, (), 1)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, wanted, Interrupted(at), said)
    log = tmp_path / "doctor.jsonl"
    done = at // 26
    assert len(load(log).trials) == done
    assert said[-1] == f"interrupted: {log} has {done} of 2 null jobs: gopat doctor --aa 2"
    assert [path for path in tmp_path.iterdir() if path != log] == []
    assert kinds(run(tmp_path, wanted).trials) == KINDS[:2]


def test_an_interruption_while_a_trial_is_written_keeps_it(tmp_path, monkeypatch):
    from gopatterns_cli.trials.log import append

    def interrupted(log, trial):
        import os
        import signal

        os.kill(os.getpid(), signal.SIGINT)
        return append(log, trial)

    monkeypatch.setattr(running, "append", interrupted)
    said = []
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, Trials(3, (), 1), said=said)
    assert len(load(tmp_path / "doctor.jsonl").trials) == 1
    assert "has 1 of 3 null jobs" in said[-1]


def test_an_interruption_while_versions_are_made_tells_the_way_on(tmp_path):
    def interrupted(say):
        raise KeyboardInterrupt

    said = []
    with pytest.raises(KeyboardInterrupt):
        carried_out(WANTED, load(tmp_path / "log"), said.append, interrupted)
    assert "has 0 of 3 null jobs, 0 of 2 trials at +20%, 0 of 2 trials at +10%" in said[-1]


def test_what_there_is_is_said_in_words():
    assert standing(Trials(0, (0.125,), 2), [recorded(slowed=0.125)]) == "1 of 2 trials at +12.5%"
    assert standing(Trials(1, (), 2), []) == "0 of 1 null job"
