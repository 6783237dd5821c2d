"""The search for a crossing before the first round, with a launcher that knows where it lies."""

import json
from dataclasses import replace

import pytest

from gopatterns_cli.bracketing import NARROW, bracketed
from gopatterns_cli.measuring.choosing import cells_of
from gopatterns_cli.measuring.processes import LostRunError
from gopatterns_cli.measuring.suite import Run

from synthetic import Truth, named, session

PAYS = "processes-pay"


class World:
    """Every job takes what it is asked to; processes take `extra_s` more for each, and share the work."""

    def __init__(self, extra_s, lost=()):
        self.extra_s, self.lost, self.seen = extra_s, lost, []

    def __call__(self, order):
        cell = order.cell
        self.seen.append(cell.name)
        if cell.name in self.lost:
            raise LostRunError("it crashed")
        each = cell.duration_s
        if cell.runtime in {"processes", "fibers"}:
            each = each / 2 + self.extra_s
        seconds = each * cell.count * (3 if cell.pattern == "pipeline" and cell.is_serial else 1)
        return Run((seconds,) * order.values, (), {"gopat_cell": cell.name, "gopat_job_s": cell.duration_s})


def searched(tmp_path, world, *scenarios):
    wanted = scenarios or (named(PAYS),)
    begun = session(tmp_path / "s.json", Truth(rounds=0, planned=6, names=(), others=wanted))
    told = []
    return bracketed(begun, world, told.append), told


def rungs(found, runtime, pool="cold"):
    return [cell.duration_s for cell in found.plan.cells if (cell.runtime, cell.pool) == (runtime, pool)]


@pytest.mark.parametrize("crossing_s", [0.00015, 0.0007, 0.0011, 0.0042, 0.0098])
def test_the_rungs_are_laid_about_the_crossing(tmp_path, crossing_s):
    found, told = searched(tmp_path, World(crossing_s / 2))
    at = rungs(found, "processes")
    behind = max(rung for rung in at if rung < crossing_s)
    ahead = min(rung for rung in at if rung > crossing_s)
    assert ahead / behind <= NARROW
    assert {behind, ahead} | {*named(PAYS).arms.durations_s} == {*at}
    assert told[0].startswith("processes-pay/gopat/processes/cold/workers=2: it crosses between ")


def test_what_an_arm_is_compared_with_has_the_same_rungs(tmp_path):
    found, _ = searched(tmp_path, World(0.0021))
    assert rungs(found, "threads") == rungs(found, "processes")
    loop = [cell.duration_s for cell in found.plan.cells if cell.is_serial]
    assert set(loop) >= set(rungs(found, "processes"))


def test_jobs_are_as_many_and_as_hard_as_a_ladder_with_that_rung_has_them(tmp_path):
    found, _ = searched(tmp_path, World(0.0021))
    whole = named(PAYS)
    laid = sorted({cell.duration_s for cell in found.plan.cells})
    there = replace(whole, arms=replace(whole.arms, durations_s=tuple(laid)))
    expected = {cell.name: cell for cell in cells_of(there, quick=False, runtimes=None)}
    assert all(cell == expected[cell.name] for cell in found.plan.cells)


def test_computing_is_scaled_with_the_rung(tmp_path):
    begun = session(tmp_path / "s.json", Truth(rounds=0, planned=6, names=(PAYS,)))
    cells = tuple(replace(cell, operations=round(cell.duration_s * 1e7) + 7) for cell in begun.plan.cells)
    found = bracketed(replace(begun, plan=replace(begun.plan, cells=cells)), World(0.0021), lambda _: None)
    assert all(cell.operations == pytest.approx(cell.duration_s * 1e7, abs=8) for cell in found.plan.cells)
    assert set(cells) <= set(found.plan.cells)


def test_a_ladder_that_begins_with_no_work_is_searched_too(tmp_path):
    whole = named(PAYS)
    begun = session(
        tmp_path / "s.json",
        Truth(rounds=0, planned=6, names=(),
              others=(replace(whole, arms=replace(whole.arms, durations_s=(0.0, 0.001, 0.01))),)),
    )  # fmt: skip
    cells = tuple(replace(cell, operations=max(round(cell.duration_s * 1e7), 1)) for cell in begun.plan.cells)
    found = bracketed(replace(begun, plan=replace(begun.plan, cells=cells)), World(0.0021), lambda _: None)
    assert rungs(found, "processes")[0] == 0.0
    assert len(rungs(found, "processes")) == 5


def test_the_plan_is_drawn_anew_for_the_rungs(tmp_path):
    found, _ = searched(tmp_path, World(0.0021))
    names = {cell.name for cell in found.plan.measured}
    assert len(found.plan.orders) == 6
    assert all(set(order) == names and len(order) == len(names) for order in found.plan.orders)
    assert found.plan.canary.twin in found.plan.cells
    again, _ = searched(tmp_path, World(0.0021))
    assert again.plan == found.plan


@pytest.mark.parametrize("extra_s", [0.0, 1.0])
def test_a_ladder_that_lies_on_one_side_stays(tmp_path, extra_s):
    found, told = searched(tmp_path, World(extra_s))
    assert tuple(rungs(found, "processes")) == named(PAYS).arms.durations_s
    assert "no crossing found" in told[0]


def test_a_ladder_that_cannot_be_probed_stays(tmp_path):
    lost = "processes-pay/gopat/processes/cold/workers=2/duration=1ms"
    found, told = searched(tmp_path, World(0.0021, lost=(lost,)))
    assert tuple(rungs(found, "processes")) == named(PAYS).arms.durations_s
    assert "no crossing found" in told[0]
    assert "processes/warm/workers=2: it crosses" in told[1]


def test_below_the_first_rung_there_is_nothing_to_halve(tmp_path):
    found, _ = searched(tmp_path, World(1e-9), named("pipeline-pays"))
    assert tuple(rungs(found, "fibers")) == named("pipeline-pays").arms.durations_s


def test_a_ladder_that_is_there_for_a_curve_is_left_as_it_is(tmp_path):
    whole = named(PAYS)
    curve = replace(whole, sought=False)
    world = World(0.0021)
    found, told = searched(tmp_path, world, curve)
    assert (tuple(rungs(found, "processes")), told, world.seen) == (whole.arms.durations_s, [], [])


def test_every_shipped_break_even_is_sought_and_no_other_ladder_is():
    import scenarios

    shipped = [scenarios.load(path) for path in scenarios.shipped()]
    assert {one.stem for one in shipped if one.sought} == {
        path.stem for path in scenarios.shipped() if path.parent.name == "break-even"
    }


def test_nothing_is_probed_twice(tmp_path):
    world = World(0.0021)
    searched(tmp_path, world, named("pipeline-pays"))
    assert len(world.seen) == len(set(world.seen))


LADDER = """
about = "From what wait a pool of two workers beats the loop."
pattern = "worker-pool"
job = { kind = "wait", duration = "1ms", count = 4 }
break_even = { against = "serial" }

[arms]
workers = [2]
runtimes = ["fibers"]
home = "fibers"
durations = ["100us", "100ms"]
"""


@pytest.mark.parametrize("options", [(), ("--quick",)])
def test_bench_searches_where_it_has_the_time(gopat, tmp_path, options):
    """Two workers halve what four jobs of 100 ms take, and they are never free."""
    file = tmp_path / "ladder.toml"
    file.write_text(LADDER)
    code, out, err = gopat("bench", str(file), "--no-go", "--rounds", "1", "--json", *options)
    assert code == 0
    cells = json.loads(out)["cells"]
    ours = [name.rpartition("=")[2] for name in cells if "/gopat/fibers/cold/" in name]
    assert (ours[0], ours[-1]) == ("100us", "100ms")
    searched = "a first search" in err
    assert searched == (not options)
    assert searched or len(ours) == 2
