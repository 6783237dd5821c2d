"""Sweeps from the command line: what replaces what, what is refused, and how curves are read and drawn."""

import re

import pytest

from gopatterns_cli.axes import Axis
from gopatterns_cli.comparison import compare
from gopatterns_cli.curves import curves
from gopatterns_cli.failure import Failure
from gopatterns_cli.measured import measured
from gopatterns_cli.measuring.choosing import cells_of
from gopatterns_cli.render import json, markdown, terminal
from gopatterns_cli.render.chart import chart
from gopatterns_cli.sentences import curve_sentence
from gopatterns_cli.sweeping import Sweep, check_workers, everywhere, swept

from synthetic import Truth, named, session


def taken(tmp_path, scenario, **truth):
    return session(tmp_path / "s.json", Truth(names=(), others=(scenario,), group="sweeps", **truth))


def curves_of(found, scenario):
    return curves(found, scenario, [measured(found, cell) for cell in found.plan.cells])


def test_a_rule_stays_where_it_still_compares_the_same_work():
    assert len(swept(named("pool-workers"), Sweep(workers=(1, 10))).claims) == 2
    assert swept(named("pool-workers"), Sweep(latencies_s=(1e-3, 1e-2))).claims == ()
    assert len(swept(named("streaming"), Sweep(stages=(1, 2))).claims) == 1
    assert swept(named("streaming"), Sweep(buffers=(1, 2))).claims == ()


def test_what_the_document_says_is_drawn_and_every_count_is_measured_even_quick():
    scenario = swept(named("worker-pool"), Sweep(workers=(1, 10, 50)))
    assert (scenario.claims, scenario.marks) == ((), ((10, 9.98), (100, 96.7)))
    cells = cells_of(scenario, quick=True, runtimes=None)
    assert {cell.workers for cell in cells if cell.arm == "gopat"} == {1, 10, 50}


def test_a_sweep_over_latency_drops_the_figures_and_keeps_runs_short():
    scenario = swept(named("worker-pool"), Sweep(workers=(10,), latencies_s=(1e-5, 1e-3, 1.0)))
    assert scenario.claims == ()
    cells = cells_of(scenario, quick=False, runtimes=None, go=True)
    assert {cell.count for cell in cells if cell.duration_s == 1e-3 and not cell.is_serial} == {1000}
    assert {cell.count for cell in cells if cell.duration_s == 1.0 and not cell.is_serial} == {10}
    assert {cell.count for cell in cells if cell.duration_s == 1.0 and cell.is_serial} == {1}
    assert all(cell.arm in {"serial", "go-serial", "gopat", "go"} for cell in cells)


def test_every_axis_stands_in_the_names_of_cells_once_each():
    sweeps = [
        ("pipeline", Sweep(buffers=(0, 1, 10))),
        ("pipeline", Sweep(stages=(1, 2), latencies_s=(1e-3,))),
        ("worker-pool", Sweep(workers=(1, 2), latencies_s=(1e-3, 1e-2))),
    ]
    for stem, sweep in sweeps:
        cells = cells_of(swept(named(stem), sweep), quick=False, runtimes=None, go=True)
        assert len({cell.name for cell in cells}) == len(cells)


@pytest.mark.parametrize(
    ("stem", "sweep", "message"),
    [
        ("pipeline", Sweep(workers=(1, 2)), "--workers: found pipeline, which takes no workers"),
        ("worker-pool", Sweep(stages=(1, 2)), "--stages: found worker-pool, which has no stages"),
        ("pipeline", Sweep(stages=(1, 2)), "--stages: found pipeline, which has jobs that take no time"),
        ("fan-out-cpu", Sweep(latencies_s=(0.0, 1.0)), "--latency: found fan-out-cpu, which has cpu jobs"),
        ("worker-pool", Sweep(buffers=(1,)), "--buffer: found worker-pool, which has no buffers"),
        ("rate-limit", Sweep(workers=(1,)), "--workers: found rate-limit, which has no jobs"),
        ("buffered", Sweep(buffers=(1,)), "--buffer: found buffered, which has no jobs"),
    ],
)
def test_what_a_scenario_does_not_have_is_refused_in_one_line(stem, sweep, message):
    with pytest.raises(Failure, match=re.escape(message)) as caught:
        swept(named(stem), sweep)
    assert caught.value.exit_code == 2


def test_more_workers_than_a_runtime_takes_are_refused_with_the_limit():
    scenario = swept(named("worker-pool"), Sweep(workers=(10, 1_000_000)))
    with pytest.raises(Failure, match=r"found 1_000_000, allowed at most [0-9_]+ on (asyncio|threads) here"):
        check_workers(scenario, None)
    check_workers(scenario, ("fibers",))


def test_everywhere_means_every_runtime_but_the_simulator_and_what_is_skipped():
    runtimes = everywhere(named("fan-out-cpu")).arms.runtimes
    assert {"asyncio", "fibers", "threads", "processes"} <= set(runtimes)
    assert "simulator" not in runtimes
    assert everywhere(named("buffered")) == named("buffered")


def test_a_curve_has_the_knee_the_law_and_what_the_document_says(tmp_path):
    scenario = named("pool-workers")
    found = curves_of(taken(tmp_path, scenario, noise=0.01), scenario)
    asyncio = next(curve for curve in found if (curve.arm, curve.runtime) == ("gopat", "asyncio"))
    assert asyncio.axis is Axis.WORKERS
    assert [point.x for point in asyncio.points] == [1, 3, 10, 30, 100, 300, 1000, 3000, 10000]
    assert {point.x: point.document for point in asyncio.points if point.document} == {10: 9.98, 100: 96.7}
    assert {point.x: point.ideal for point in asyncio.points}[300] == 250  # 1,000 jobs in 4 rounds of 300
    assert asyncio.best.x == 300
    assert asyncio.knee.per_s * 1.10 >= asyncio.best.per_s
    assert asyncio.scaling.law == "USL"
    assert asyncio.efficiency == pytest.approx(86 / 250, rel=0.1)


def test_the_sentence_says_what_to_take(tmp_path):
    scenario = named("pool-workers")
    found = curves_of(taken(tmp_path, scenario, noise=0.01), scenario)
    sentence = curve_sentence(next(curve for curve in found if curve.runtime == "fibers"))
    assert sentence.startswith("pool-workers: worker-pool on fibers: 300 workers ")
    assert sentence.endswith("Take 300 workers: more gains less than 10%.")


def test_where_the_loop_is_quicker_the_advice_is_to_take_it(tmp_path):
    scenario = named("pipeline-buffers")
    for curve in curves_of(taken(tmp_path, scenario), scenario):
        assert curve.axis is Axis.BUFFER
        assert curve_sentence(curve).endswith("Take the plain loop: it is quicker than every point.")


def test_stages_share_the_work_so_their_ideal_is_how_many_they_are(tmp_path):
    scenario = named("pipeline-stages")
    (curve, *_) = curves_of(taken(tmp_path, scenario), scenario)
    assert curve.axis is Axis.STAGES
    assert [round(point.ideal, 2) for point in curve.points] == [1, 1.98, 2.94, 4.81, 9.17]


def test_where_short_jobs_are_the_luckiest_nothing_is_said_to_be_as_good_as_it_gets(tmp_path):
    scenario = swept(named("pool-latency"), Sweep(latencies_s=(1e-5, 1e-3, 1e-2)))
    slower = {"pool-latency/serial/duration=10us": 10.0}  # its sleeps lasted ten times as long
    sentences = [
        curve_sentence(curve) for curve in curves_of(taken(tmp_path, scenario, slower=slower), scenario)
    ]
    assert all("Beyond jobs of 10us the speed-up is lower" in sentence for sentence in sentences)


def test_a_ladder_of_its_own_gives_stages_something_to_share():
    assert swept(named("pipeline-pays"), Sweep(stages=(1, 2))).arms.stages == (1, 2)


def test_two_points_are_no_curve(tmp_path):
    scenario = swept(named("worker-pool"), Sweep(workers=(1, 10)))
    assert curves_of(taken(tmp_path, scenario), scenario) == ()


def test_a_chart_has_every_arm_the_ideal_and_the_document_and_fits_the_screen(tmp_path):
    scenario = named("pool-workers")
    found = curves_of(taken(tmp_path, scenario, go=True), scenario)
    ours = [curve for curve in found if curve.arm != "native"]
    for columns in (200, 80, 40):
        lines = list(chart(ours, columns))
        assert lines[0] == "speed-up over workers: g Go, f fibers, a asyncio, t threads, . ideal, D document"
        assert all(len(line) <= columns for line in lines[1:])
        drawn = "".join(lines[1:])
        assert all(mark in drawn for mark in "tD.")
    assert list(chart(ours, 39)) == []


def test_every_form_of_a_comparison_shows_a_sweep(tmp_path):
    found = compare(taken(tmp_path, named("pool-workers"), go=True))
    wide, narrow = (terminal.render(found, columns) for columns in (120, 50))
    assert "Take" in wide
    assert "10,000" in wide
    assert max(len(line) for line in narrow.splitlines()) <= 50
    assert '"knee"' in json.render(found)
    assert "Take" in markdown.render(found)


def test_a_matrix_of_several_patterns_has_a_row_for_each_on_each_runtime(tmp_path):
    (matrix,) = compare(taken(tmp_path, named("streaming"), go=True)).matrices
    assert [(row.cell.pattern, row.cell.runtime) for row in matrix.rows][:3] == [
        ("pipeline", "fibers"),
        ("pipeline", "asyncio"),
        ("pipeline", "threads"),
    ]
    assert matrix.axes == (Axis.STAGES, Axis.WORKERS)
    assert matrix.rows[-1].cell.is_go
