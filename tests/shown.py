"""Commands that pages and help texts show, run as they stand there, in a folder with what they speak of."""

from __future__ import annotations

import shlex
import shutil

import scenarios
from gopatterns_cli.app import main
from gopatterns_cli.predicting.costs import MachineCosts
from gopatterns_cli.predicting.standing import standing_for

import versioned
from synthetic import written

SHORTER = {"bench": "--list", "tune": "--yes --budget 5s"}
"""By command, what it takes too long without."""

WORK = """\
import time


def fetch(url):
    time.sleep(0.001)
    return len(url)


def shrink(path):
    time.sleep(0.001)
    return path
"""

STOPS = """\
from patterns import Channel, TaskGroup


async def stops():
    channel = Channel(1)
    async with TaskGroup() as group:
        group.spawn(channel.send, 1)
        await channel.receive()
"""


def furnish(folder, monkeypatch):
    """Put into a folder what the commands speak of, and go there.

    What takes minutes is known already: versions that were measured, costs of operations, null jobs.
    """
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    for name in ("base", "mine"):
        written(folder / "results" / f"{name}.json", rounds=8)
    written(folder / "results" / "sweeps.json", group="sweeps", names=("worker-pool",))
    shutil.copy(scenarios.shipped()[0], folder / "mine.toml")
    folder.joinpath("work.py").write_text(WORK)
    folder.joinpath("urls.txt").write_text("".join(f"https://example.org/{n}\n" for n in range(40)))
    folder.joinpath("images").mkdir()
    for number in range(40):
        folder.joinpath("images", f"{number}.jpg").touch()
    folder.joinpath("tests").mkdir()
    folder.joinpath("tests", "test_pool.py").write_text(STOPS)
    measured = versioned.session(folder / "versions.json", versioned.Measured())
    monkeypatch.setattr("gopatterns_cli.commands.compare._measured", lambda *wanted: measured)
    monkeypatch.setattr("gopatterns_cli.commands.doctor._tried", lambda *wanted, **more: 0)
    monkeypatch.setattr("gopatterns_cli.predicting.costs.measured_costs", _costs)


def _costs(runtime, say):
    del say
    return MachineCosts(standing_for(runtime, cores=2), 0.0, 0.0, 0.0, 1e7, 0.0)


def run(line):
    """Run every command of a line that is gopat's; each has to work."""
    for single in line.split(" && "):
        program, *arguments = shlex.split(single, comments=True)
        if program not in {"gopat", ".venv/bin/gopat"}:
            continue
        arguments += shlex.split(SHORTER.get(arguments[0], ""))
        code = main(arguments)
        allowed = {0, 4} if "--strict" in arguments else {0}  # this machine need not be fit to measure on
        assert code in allowed, single
