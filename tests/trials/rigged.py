"""Trials of known truth: a launcher that measures nothing, versions that need no environment."""

from __future__ import annotations

import math
import random
from contextlib import contextmanager

from gopatterns_cli.measuring.suite import Run
from gopatterns_cli.trials.trial import Found, Trial
from gopatterns_cli.trials.twins import Twins
from gopatterns_cli.versions.version import Version


class Rigged:
    """A launcher: how much slower the new version always is, the noise, how far off the canary is."""

    def __init__(self, slower=1.0, *, noise=0.01, off=1.0, seed=5):
        self.slower, self.noise, self.off = slower, noise, off
        self.drawn = random.Random(seed)
        self.orders = []

    def __call__(self, order):
        self.orders.append(order)
        cell = order.cell
        factor = (self.slower if cell.version == "new" else 1.0) * (self.off if cell.again else 1.0)
        seconds = 0.03 * factor * (1 + order.slowed) * math.exp(self.drawn.gauss(0, self.noise))
        return Run((seconds,) * order.values, (), {"gopat_cell": cell.name, "gopat_hashseed": 1})


def version(label):
    return Version(
        label=label,
        kind="folder",
        what="nothing",
        commit="",
        dirty=False,
        content="",
        interpreter="",
        python_version="3.13.0",
        packages=(),
        python="python",
        paths=("nowhere",),
        folder="nowhere",
    )


def twins_in(folder):
    """What makes twins there, of nothing."""

    @contextmanager
    def made(say):
        yield Twins((version("base"), version("new")), folder)

    return made


class Loads:
    """Counts how often so many cores were kept busy; nothing computes."""

    def __init__(self):
        self.asked = []

    @contextmanager
    def __call__(self, processes):
        self.asked.append(processes)
        yield


def recorded(*, slowed=0.0, loaded=False, truth=None, off=1.0, noise=0.01, rounds=8, seed=1, **changes):
    """A trial as a log has it, of rounds of known ratio."""
    drawn = random.Random(f"{seed} {slowed} {loaded}")
    truth = 1 + slowed if truth is None else truth

    def ratios(centre):
        return tuple(centre * math.exp(drawn.gauss(0, noise)) for _ in range(rounds))

    given = {
        "slowed": slowed,
        "loaded": loaded,
        "seed": seed,
        "rounds": rounds,
        "verdict": "regression" if slowed else "same",
        "ratio": Found(truth, truth * 0.98, truth * 1.02),
        "canary": Found(1.0, 0.98, 1.02),
        "alarm": False,
        "code": 3 if slowed else 0,
        "seconds": 10.0,
        "workers": 26,
        "cost_s": 0.25,
        "ratios": ratios(truth),
        "canary_ratios": ratios(off),
    }
    return Trial(**{**given, **changes})
