"""A whole tuning on a machine that is made up: its clock moves only when something is measured."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from dataclasses import replace

import pytest

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.cells import GOPAT, SERIAL
from gopatterns_cli.measuring.processes import HungError, LostRunError
from gopatterns_cli.measuring.suite import Run
from gopatterns_cli.render import tuned as render
from gopatterns_cli.tuning import scenario
from gopatterns_cli.tuning.course import WATCHED_S, Course
from gopatterns_cli.tuning.finals import NOT_HERE, PAYS, UNPROVED
from gopatterns_cli.tuning.grid import Bounds
from gopatterns_cli.tuning.look import Failing
from gopatterns_cli.tuning.target import Target

from looks import a_look

TARGET = Target("work:fetch", "work:INPUTS", "work:fetch", "work:INPUTS")
START_S = 0.3
WAYS = ((1_000, "threads"), (2, "processes"))
"""The best that can be done on a machine that is made up, if there are so many inputs."""


class Machine:
    """Runs orders on a clock of its own: a job waits, or computes and holds the GIL, for `look.job_s`."""

    def __init__(
        self, look, bounds=None, budget_s=60.0, *, computes=False, memory=None, lost=None, look_s=3.0
    ):
        self.look = look
        self.bounds = bounds or Bounds()
        self.budget_s = budget_s
        self.computes = computes
        self.memory = memory or (lambda cell: 30 * 2**20)
        self.lost = lost or (lambda cell: "")
        self.look_s = look_s
        self.now_s = 100.0
        self.orders = []
        self.calls = []
        self.noise = 0
        self.learned = {}

    def clock(self):
        return self.now_s

    def rest(self, seconds):
        self.now_s += seconds

    def asked(self, module, request, timeout_s):
        if module.endswith("looking"):
            self.now_s += min(self.look_s, timeout_s)
            if self.look_s > timeout_s:
                raise HungError("hung")
            return self.look.to_json()
        took_s = min(self.run_s(request["count"], workers, runtime) for workers, runtime in WAYS)
        self.now_s += min(START_S + took_s, timeout_s)
        if START_S + took_s > timeout_s:
            raise HungError("hung")
        return {"seconds": took_s, "known": request["count"], "wrong": ""}

    def run_s(self, count, workers, runtime="threads"):
        job_s = self.look.job_s
        hands_s = count * 20e-6
        if self.computes:
            lanes = min(workers, 2) if runtime == "processes" else 1
            return 0.1 * (runtime == "processes") + count * job_s / lanes + hands_s
        return -(-count // min(workers, count)) * job_s + hands_s

    def launch(self, order):
        cell = order.cell
        self.orders.append(order)
        self.noise = (self.noise + 7) % 11
        if cell.arm == SERIAL:
            run_s = cell.count * self.look.job_s
        else:
            run_s = self.run_s(cell.count, cell.workers, cell.runtime)
        if cell.rate is not None:
            run_s = max(run_s, (cell.count - 1) / cell.rate)
            self.calls.append((self.now_s + START_S, self.now_s + START_S + run_s))
        run_s *= 1 + self.noise / 1_000
        took_s = START_S + run_s * (order.loops + order.warmups)
        self.now_s += min(took_s, order.timeout_s)
        if took_s > order.timeout_s:
            raise HungError(f"hung: killed after {order.timeout_s:.0f} s")
        if why := self.lost(cell):
            raise LostRunError(why)
        return Run((run_s,), (), {"gopat_peak_bytes": self.memory(cell), "gopat_failing": self.learned})

    def tuned(self, folder, *, watched=False):
        course = Course(
            TARGET,
            self.bounds,
            self.budget_s,
            folder,
            1,
            self.launch,
            self.asked,
            lambda part, detail, left_s: None,
            self.clock,
            self.rest,
            watched,
        )
        return course.carry_out()


class Locked(Machine):
    """Its jobs look as if they waited, and hold a lock: only processes help."""

    def run_s(self, count, workers, runtime="threads"):
        if runtime != "processes":
            return count * self.look.job_s
        return 0.1 + -(-count // min(workers, count)) * self.look.job_s


COMPUTING = {"cpu_share": 1.0, "gil_share": 1.0}


def test_jobs_that_wait_pay_and_the_winner_is_near_what_can_be_had(tmp_path):
    machine = Machine(a_look())
    found = machine.tuned(tmp_path)
    assert found.verdict == PAYS
    best_s = min(machine.run_s(1_000, workers) for workers in range(1, 1_001)) / 1_000
    assert found.winner.each_s <= 1.10 * best_s
    assert found.winner.speedup.difference.low > 1
    assert found.knee.workers <= found.winner.candidate.workers
    assert {code.kind for code in found.codes} == {"patterns", "standard library"}


def test_jobs_that_compute_go_to_processes(tmp_path):
    found = Machine(a_look(job_s=0.005, **COMPUTING), computes=True).tuned(tmp_path)
    assert found.winner.candidate.lane.runtime == "processes"
    assert found.verdict == PAYS


@pytest.mark.parametrize("start_s", [0.3, 0.7, 1.2])
@pytest.mark.parametrize("count", [200, 1_000])
def test_jobs_that_hold_a_lock_go_to_processes(tmp_path, monkeypatch, start_s, count):
    monkeypatch.setattr(f"{__name__}.START_S", start_s)
    machine = Locked(a_look(count=count, read=count), look_s=12.0)
    assert machine.tuned(tmp_path).winner.candidate.lane.runtime == "processes"


def test_there_is_time_for_others_beside_the_best_where_processes_are_slow_to_start(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.START_S", 0.8)
    found = Machine(a_look(job_s=1e-4, count=200, read=200), look_s=12.0).tuned(tmp_path)
    measured = {value.candidate.lane.runtime for value in found.search.values}
    assert measured >= {"asyncio", "fibers"}


def test_a_trivial_job_has_no_pattern_that_pays_and_no_code(tmp_path):
    found = Machine(a_look(job_s=5e-6, **COMPUTING), computes=True).tuned(tmp_path)
    assert found.verdict == NOT_HERE
    assert found.winner.speedup.difference.high < 1
    assert found.codes == ()


@pytest.mark.parametrize("budget_s", [5.0, 20.0, 60.0, 300.0])
@pytest.mark.parametrize("job_s", [5e-6, 1e-4, 1e-3, 0.02, 0.5, 2.0])
@pytest.mark.parametrize("computes", [True, False])
def test_the_budget_is_kept_whatever_a_job_takes(tmp_path, budget_s, job_s, computes):
    shares = COMPUTING if computes else {}
    machine = Machine(
        a_look(job_s=job_s, **shares), budget_s=budget_s, computes=computes, look_s=budget_s / 5
    )
    with suppress(Failure) if budget_s < 20 * job_s else nullcontext():  # then too little can be measured
        machine.tuned(tmp_path)
    assert machine.now_s - 100.0 <= budget_s + 1.0


def test_jobs_of_two_seconds_are_tuned_as_far_as_there_is_time_and_the_rest_is_said(tmp_path):
    found = Machine(a_look(job_s=2.0), look_s=12.0).tuned(tmp_path)
    assert found.winner is not None
    assert found.winner.speedup.estimate > 2
    assert any("there was no time for" in text for text in found.left_out)


def test_a_job_that_takes_half_of_the_budget_is_a_time_out(tmp_path):
    with pytest.raises(Failure, match="took longer than 30 s, half of --budget") as raised:
        Machine(a_look(), look_s=1_000.0).tuned(tmp_path)
    assert raised.value.exit_code == 124


def test_a_single_input_has_nothing_to_run_beside(tmp_path):
    with pytest.raises(Failure, match="found 1 input in work:INPUTS, allowed 2 or more"):
        Machine(a_look(count=1, read=1)).tuned(tmp_path)


def test_a_single_input_that_there_was_time_to_read_is_not_called_the_only_one(tmp_path):
    why = "there was no time to read them"
    with pytest.raises(Failure, match=f"found 1 input in work:INPUTS and left the others, because {why}; "):
        Machine(a_look(count=1, read=1, more=True, cut=why)).tuned(tmp_path)
    found = Machine(a_look(more=True, cut=why)).tuned(tmp_path)
    assert found.left_out[0] == f"inputs after the first 1,000: {why}"


def test_what_takes_too_much_memory_is_dropped_and_no_finalist(tmp_path):
    def memory(cell):
        return 2**20 * (cell.workers or 1)

    found = Machine(a_look(), Bounds(memory_bytes=60 * 2**20), memory=memory).tuned(tmp_path)
    assert any("more than --max-memory" in one.why for one in found.search.dropped)
    assert all(one.candidate.workers <= 60 for one in found.finals.standings)
    assert found.verdict == PAYS


def test_a_failure_that_the_look_did_not_meet_is_noted_and_kept_by_the_code(tmp_path):
    machine = Machine(a_look(failing=(Failing("ValueError", "no sevens", 1),)))
    machine.learned = {"KeyError": "gone", "ValueError": "no sevens"}
    found = machine.tuned(tmp_path)
    assert [failing.kind for failing in found.look.failing] == ["ValueError", "KeyError"]
    assert any(
        note.startswith("after the look, some jobs failed with KeyError: gone; ") for note in found.notes
    )
    assert len(found.codes) == 2
    assert all("# some inputs fail: ValueError, KeyError" in code.text for code in found.codes)


def test_no_more_workers_than_are_allowed_are_tried(tmp_path):
    machine = Machine(a_look(), Bounds(workers=30))
    assert machine.tuned(tmp_path).winner.candidate.workers <= 30
    assert max(order.cell.workers or 1 for order in machine.orders) == 30


def test_under_a_rate_the_fewest_workers_that_hold_it_win_and_the_calls_of_two_processes_keep_it_too(
    tmp_path,
):
    machine = Machine(a_look(job_s=0.1), Bounds(rate=50.0), budget_s=120.0)
    found = machine.tuned(tmp_path)
    assert found.winner.candidate.lane.arm == GOPAT
    assert 5 <= found.winner.candidate.workers <= 10
    assert all(
        later[0] - earlier[1] >= 1 / 50
        for earlier, later in zip(machine.calls, machine.calls[1:], strict=False)
    )
    assert all(order.cell.rate == 50.0 for order in machine.orders)


@pytest.mark.parametrize("rate", [2.0, 5.0, 50.0])
def test_where_the_plain_loop_waits_for_the_rate_it_is_as_fast_as_any_pool_and_nothing_pays(tmp_path, rate):
    found = Machine(a_look(job_s=0.005), Bounds(rate=rate), budget_s=120.0).tuned(tmp_path)
    assert found.verdict == NOT_HERE
    assert found.finals.plan.plain_count == found.finals.plan.count
    assert found.winner.speedup.estimate == pytest.approx(1.0, rel=0.02)


@pytest.mark.parametrize(
    ("count", "rate", "seconds"), [(1, 2.0, 0.1), (10, 2.0, 4.6), (10, 50.0, 1.0), (10, None, 1.0)]
)
def test_the_plain_loop_waits_for_the_rate_or_for_its_jobs_and_never_before_the_first(count, rate, seconds):
    assert a_look(job_s=0.1).plain_s(count, rate) == pytest.approx(seconds)


def test_where_jobs_take_longer_than_the_rate_waits_a_few_of_them_are_enough_for_the_plain_loop(tmp_path):
    found = Machine(a_look(job_s=0.25), Bounds(rate=20.0), budget_s=120.0).tuned(tmp_path)
    assert found.finals.plan.plain_count == 2
    assert found.winner.speedup.estimate == pytest.approx(5.0, rel=0.15)  # the last job ends after the rate


def test_what_the_search_alone_found_is_set_beside_the_plain_loop_at_its_rate(tmp_path):
    machine = Machine(a_look(job_s=0.005), Bounds(rate=2.0), budget_s=20.0)
    found = machine.tuned(tmp_path)
    assert found.favourite[1] == pytest.approx(1.0, rel=0.02)
    said = render.found_so_far(list(found.search.values), machine.look, 2.0)
    assert "about 0.99" in said


def test_in_order_every_arm_keeps_the_order_and_none_is_a_fan_out(tmp_path):
    machine = Machine(a_look(), Bounds(ordered=True))
    machine.tuned(tmp_path)
    pools = [order.cell for order in machine.orders if order.cell.arm != SERIAL]
    assert all(cell.ordered for cell in pools)
    assert {cell.pattern for cell in pools} == {"worker-pool"}


def test_where_everything_fails_the_first_reason_is_given(tmp_path):
    with pytest.raises(Failure, match=r"nothing could be measured: .* workers on .*: broken"):
        Machine(a_look(), lost=lambda cell: "broken").tuned(tmp_path)


def test_a_cell_that_runs_out_of_memory_costs_itself_only(tmp_path):
    def lost(cell):
        return "the worker ended with -9" if cell.workers == 50 and cell.arm == GOPAT else ""

    found = Machine(a_look(), lost=lost).tuned(tmp_path)
    assert found.verdict == PAYS
    assert any("ended with -9" in one.why for one in found.search.dropped)


def test_who_fails_in_the_finals_and_why_is_said_whether_it_ever_ran_or_not(tmp_path):
    machine = Machine(a_look())

    def lost(cell):
        began = any(order.cell.arm == SERIAL for order in machine.orders)  # the search is over then
        return "no memory left" * (began and cell.arm == GOPAT) or "a timer" * (cell.arm == SERIAL)

    machine.lost = lost
    found = machine.tuned(tmp_path)
    assert found.verdict == UNPROVED
    (note,) = (text for text in found.notes if text.startswith("lost in the finals: "))
    assert "the plain loop: a timer" in note
    assert "patterns, in every round: no memory left" in note


def test_a_function_for_one_loop_has_a_process_for_every_run(tmp_path):
    machine = Machine(a_look(form="async", one_loop=True, stays="an async function stays in its process"))
    machine.tuned(tmp_path)
    assert {(order.loops, order.warmups) for order in machine.orders} == {(1, 0)}


def test_the_plain_loop_of_an_async_function_is_one_task(tmp_path):
    machine = Machine(
        a_look(form="async", stays="an async function stays in its process", not_on={"fibers": "no"})
    )
    assert machine.tuned(tmp_path).verdict == PAYS
    plain = [order.cell for order in machine.orders if order.cell.workers == 1]
    assert {(cell.arm, cell.runtime) for cell in plain} == {("native", "asyncio")}
    assert not [order for order in machine.orders if order.cell.arm == SERIAL]


def test_an_interruption_leaves_what_was_measured(tmp_path):
    machine = Machine(a_look())
    launch = machine.launch

    def interrupted(order):
        if len(machine.orders) == 5:
            raise KeyboardInterrupt
        return launch(order)

    course = Course(
        TARGET,
        Bounds(),
        60.0,
        tmp_path,
        1,
        interrupted,
        machine.asked,
        lambda *_: None,
        machine.clock,
        machine.rest,
    )
    with pytest.raises(KeyboardInterrupt):
        course.carry_out()
    assert len(course.runner.values) == 5
    said = render.found_so_far(course.runner.values, course.look, None)
    assert said.startswith("interrupted: the best so far is ")
    assert render.found_so_far([], course.look, None) == "interrupted: nothing was measured yet"


# What is said and written


def test_the_answer_comes_first_and_fits_the_width(tmp_path):
    found = Machine(a_look()).tuned(tmp_path)
    for width in (40, 80, 110):
        lines = render.lines(found, width)
        assert lines[0].startswith("work:fetch over")
        code = [line for line in lines if line.startswith("    ")]
        assert max(len(line) for line in lines if line not in code) <= width
    said = " ".join(" ".join(render.lines(found, 110)).split())
    assert "as fast as the plain loop" in said
    assert "next best" in said
    assert "with patterns (run over" in said
    assert "with the standard library alone (run over" in said


def test_each_verdict_has_its_own_words(tmp_path):
    nothing = Machine(a_look(job_s=5e-6, **COMPUTING), computes=True).tuned(tmp_path)
    assert "no pattern pays here: the best, " in render.answer(nothing)
    few = Machine(a_look(job_s=1.0), budget_s=20.0, look_s=4.0).tuned(tmp_path)
    assert few.verdict == UNPROVED
    assert "not proved: the best, " in render.answer(few)


def test_what_is_odd_about_a_function_is_said(tmp_path):
    look = a_look(
        failing=(Failing("ValueError", "no sevens", 3),),
        same_again=False,
        leak_bytes=10_000,
        more=True,
        known=0,
        stays="its answer cannot be pickled: no",
        not_looked_at=("whether it holds the GIL",),
    )
    found = Machine(look).tuned(tmp_path)
    said = " ".join(" ".join(render.lines(found, 110)).split())
    for words in (
        "3 of 100 jobs failed with ValueError: no sevens",
        "answers are counted, not compared",
        "leaves about 9.77 KB of memory behind",
        "left out: inputs after the first 1,000",
        "left out: processes: its answer cannot be pickled",
        "whether it holds the GIL",
    ):
        assert words in said


def test_code_that_is_wrong_is_not_shown(tmp_path):
    machine = Machine(a_look())
    asked = machine.asked

    def wrong(module, request, timeout_s):
        told = asked(module, request, timeout_s)
        return {**told, "wrong": "3 where 4 is right"} if module.endswith("checking") else told

    machine.asked = wrong
    said = "\n".join(render.lines(machine.tuned(tmp_path), 110))
    assert "3 where 4 is right" in said
    assert "worker_pool(" not in said


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"same_again": False}, "another answer each time"),
        ({"failing": (Failing("ValueError", "", 1),)}, "it fails on some inputs"),
        ({"one_loop": True, "form": "async", "stays": "no"}, "without an event loop"),
    ],
)
def test_what_bench_could_not_watch_has_no_scenario(tmp_path, changes, why):
    found = Machine(a_look(**changes)).tuned(tmp_path, watched=True)
    assert why in scenario.write(tmp_path / "mine.toml", found, TARGET)
    assert not (tmp_path / "mine.toml").exists()


def test_a_scenario_is_sound_and_holds_the_figure_of_its_own_count(tmp_path):
    import scenarios

    found = Machine(a_look()).tuned(tmp_path, watched=True)
    assert scenario.write(tmp_path / "mine.toml", found, TARGET) == ""
    written = scenarios.load(tmp_path / "mine.toml")
    (claim,) = written.claims
    assert written.job.count == min(
        1_000, max(2 * claim.workers, round(WATCHED_S / found.finals.plain_each_s))
    )
    assert written.arms.workers == (claim.workers,)
    assert 2 < claim.speedup <= found.winner.speedup.estimate * 1.05


def test_a_scenario_under_a_rate_claims_a_pace(tmp_path):
    import scenarios

    found = Machine(a_look(job_s=0.1), Bounds(rate=50.0), budget_s=120.0).tuned(tmp_path, watched=True)
    assert scenario.write(tmp_path / "mine.toml", found, TARGET) == ""
    (claim,) = scenarios.load(tmp_path / "mine.toml").claims
    assert claim.per_second == pytest.approx(50, rel=0.05)


def test_a_scenario_holds_the_very_rate(tmp_path):
    import scenarios

    found = Machine(a_look(), Bounds(rate=1_234.5678), budget_s=120.0).tuned(tmp_path, watched=True)
    assert scenario.write(tmp_path / "mine.toml", found, TARGET) == ""
    assert scenarios.load(tmp_path / "mine.toml").arms.rates == (1_234.5678,)


@pytest.mark.parametrize(
    "name", ["\u0434\u0430\u043d\u043d\u044b\u0435:f\u00e9tch", "\u0434\u0430:_", "work.py:__"]
)
@pytest.mark.parametrize("inputs", ["**/*.txt", "a\"b'c\\d\x7f.txt", "\u2028"])
def test_odd_names_are_quoted(tmp_path, name, inputs):
    import scenarios

    found = Machine(a_look()).tuned(tmp_path, watched=True)
    target = Target(name, inputs, name, inputs)
    assert scenario.write(tmp_path / "mine.toml", found, target) == ""
    job = scenarios.load(tmp_path / "mine.toml").job
    assert (job.function, job.inputs) == (name, inputs)


@pytest.mark.parametrize(
    ("function", "inputs", "why"),
    [
        (
            "work:\u0440\u0430\u0431\u043e\u0442\u0430",
            "x.txt",
            "gopat check refuses it: job.function: found ",
        ),
        ("my work.py:fetch", "x.txt", "gopat check refuses it: job.function: found "),
        ("work:fetch", "a\tb.txt", "gopat check refuses it: job.inputs: found "),
        ("work:fetch", "\udcff.txt", "a name in it is no text"),
    ],
)
def test_what_check_refuses_is_not_written_and_said(tmp_path, function, inputs, why):
    found = Machine(a_look()).tuned(tmp_path, watched=True)
    said = scenario.write(tmp_path / "mine.toml", found, Target(function, inputs, function, inputs))
    assert said.startswith(why)
    assert not (tmp_path / "mine.toml").exists()


def test_names_for_other_processes_are_modules_of_this_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = Machine(a_look(job_s=0.005, **COMPUTING), computes=True).tuned(tmp_path, watched=True)
    here = replace(TARGET, given_function="work.py:fetch")
    assert scenario.written(found, here)[0] == ""
    elsewhere = replace(TARGET, given_function="other/work.py:fetch")
    assert "processes import no file from another folder" in scenario.written(found, elsewhere)[0]
    waits = Machine(a_look()).tuned(tmp_path, watched=True)
    assert "other/work.py:fetch" in scenario.written(waits, elsewhere)[1]
