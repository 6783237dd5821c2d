"""Claims that give a rule: what refutes them, what reproduces them, and that no luck of a choice decides."""

from dataclasses import replace

import pytest

from gopatterns_cli.claims import claim_results, scenarios_of
from gopatterns_cli.measured import measured
from gopatterns_cli.measuring.drafting import _at_cores
from gopatterns_cli.sentences import claim_sentence
from gopatterns_cli.verdicts import Verdict

from synthetic import Truth, named, session

POOL, IO = "pool-workers", "io-bound"


def scenario_named(name, cores=2):
    return _at_cores(named(name), cores)


def results(tmp_path, name, *, cores=2, rounds=12, **truth):
    given = Truth(names=(), others=(scenario_named(name, cores),), rounds=rounds, go=True, **truth)
    taken = session(tmp_path / "session.json", given)
    (scenario,) = scenarios_of(taken)
    return claim_results(taken, scenario, [measured(taken, cell) for cell in taken.plan.cells])


def test_as_many_workers_as_cores_are_measured_even_if_the_file_does_not_list_them():
    assert scenario_named(POOL, cores=24).arms.workers == (1, 3, 10, 24, 30, 100, 300, 1000, 3000, 10000)
    assert scenario_named(POOL, cores=1).arms.workers[0] == 1


def test_waiting_jobs_refute_that_as_many_workers_as_cores_are_the_best(tmp_path):
    best_at_cores, _ = results(tmp_path, POOL)
    assert best_at_cores.verdict is Verdict.REFUTED
    deciding, *others = best_at_cores.rulings
    assert (deciding.where, deciding.cell.workers) == ("asyncio", 2)
    assert deciding.best.workers == 300
    assert deciding.lead.estimate == pytest.approx(41, rel=0.1)  # 507 ms and 12.3 ms by the synthetic costs
    assert [ruling.where for ruling in others] == ["fibers", "threads", "Go"]
    assert best_at_cores.go_judgement.verdict is Verdict.REFUTED


def test_as_many_workers_as_cores_are_the_best_where_no_other_count_is_quicker(tmp_path):
    slower = {
        f"{POOL}/{arm}/cold/workers={n}": 1000.0
        for arm in ("gopat/asyncio", "gopat/fibers", "gopat/threads", "go")
        for n in scenario_named(POOL).arms.workers
        if n != 2
    }
    # a name that starts with another one is slowed twice, which is as good
    best_at_cores, oversubscription = results(tmp_path, POOL, slower=slower)
    assert best_at_cores.verdict is Verdict.REPRODUCED
    assert oversubscription.verdict is Verdict.REPRODUCED


def test_six_rounds_cannot_prove_which_of_nine_counts_is_better_and_say_so(tmp_path):
    best_at_cores, _ = results(tmp_path, POOL, rounds=6)
    assert best_at_cores.verdict is Verdict.INCONCLUSIVE
    assert best_at_cores.judgement.reason == "6 rounds cannot prove it among 9 others, it takes 9"


def test_a_count_that_was_lost_could_have_been_the_best(tmp_path):
    lost = [(n, f"{POOL}/gopat/asyncio/cold/workers=10000") for n in range(1, 13)]
    slower = {f"{POOL}/gopat/asyncio/cold/workers={n}": 1000.0 for n in (1, 3)}  # and all that begin so
    best_at_cores, oversubscription = results(tmp_path, POOL, lost=tuple(lost), slower=slower)
    assert best_at_cores.verdict is Verdict.INCONCLUSIVE
    assert "workers=10000" in best_at_cores.judgement.reason
    assert oversubscription.verdict is Verdict.NOT_MEASURED


def test_rounds_that_may_not_have_an_interval_prove_nothing(tmp_path):
    lost = tuple((n, f"{POOL}/gopat/asyncio/cold/workers=2") for n in (2, 5))
    best_at_cores, _ = results(tmp_path, POOL, lost=lost)
    assert best_at_cores.verdict is Verdict.INCONCLUSIVE
    assert "2 of 12 rounds lost" in best_at_cores.judgement.reason


def test_the_most_workers_are_slower_than_fewer_because_each_has_to_start(tmp_path):
    _, oversubscription = results(tmp_path, POOL)
    assert oversubscription.verdict is Verdict.REPRODUCED
    assert oversubscription.rulings[0].cell.workers == 10_000
    assert oversubscription.rulings[0].best.workers < 10_000


def test_too_many_workers_are_no_worse_where_they_cost_nothing(tmp_path):
    quick = {f"{POOL}/gopat/asyncio/cold/workers=10000": 0.001}
    _, oversubscription = results(tmp_path, POOL, slower=quick)
    assert oversubscription.verdict is Verdict.REFUTED


def test_advice_holds_when_the_best_of_all_is_what_is_advised(tmp_path):
    (claim,) = results(tmp_path, IO, slower={f"{IO}/gopat/fibers/cold/fan-out-fan-in": 1.5})
    assert claim.verdict is Verdict.REPRODUCED
    assert claim.rulings[0].lead.estimate < 1
    assert claim.rulings[0].cell.pattern == "worker-pool"
    assert claim.rulings[0].cell.workers >= 100


def test_advice_holds_when_the_best_is_hardly_better(tmp_path):
    (claim,) = results(tmp_path, IO, slower={f"{IO}/gopat/fibers/cold/fan-out-fan-in": 0.97}, noise=0.005)
    assert claim.verdict is Verdict.REPRODUCED
    assert claim.rulings[0].best.pattern == "fan-out-fan-in"
    assert claim.rulings[0].lead.estimate < 1.1
    assert claim.rulings[0].lead.n == 6  # the even rounds alone


def test_advice_is_refuted_when_something_else_is_much_better(tmp_path):
    (claim,) = results(tmp_path, IO, slower={f"{IO}/gopat/fibers/cold/fan-out-fan-in": 0.5})
    assert claim.verdict is Verdict.REFUTED
    assert claim.rulings[0].lead.estimate > 1.5


def test_the_plain_loop_competes_too(tmp_path):
    (claim,) = results(tmp_path, IO, slower={f"{IO}/serial": 0.001})
    assert claim.verdict is Verdict.REFUTED
    assert claim.rulings[0].best.is_serial
    assert "the plain loop is" in claim_sentence(claim)


def lucky(taken, name, parity, factor):
    """A session in which one cell took that share of its time, in odd or in even rounds alone."""
    runs = tuple(
        replace(run, values=tuple(value * factor for value in run.values))
        if run.cell == name and run.round % 2 == parity
        else run
        for run in taken.runs
    )
    return replace(taken, runs=runs)


def test_what_was_lucky_where_it_was_chosen_is_tested_where_it_was_not(tmp_path):
    """
    Of two arms of the rest one is lucky on odd rounds, so it is chosen, and one on even ones, so it is not.
    """
    given = Truth(names=(), others=(scenario_named(IO),), rounds=12)
    taken = session(tmp_path / "session.json", given)
    on_odd, on_even = (
        f"{IO}/gopat/{name}/cold/fan-out-fan-in/workers=300" for name in ("asyncio", "threads")
    )
    for name, parity in ((on_odd, 1), (on_even, 0)):
        taken = lucky(taken, name, parity, 0.05)
    (scenario,) = scenarios_of(taken)
    (claim,) = claim_results(taken, scenario, [measured(taken, cell) for cell in taken.plan.cells])
    (ruling,) = claim.rulings
    assert ruling.best.name == on_odd
    assert ruling.lead.n == 6
    assert (
        ruling.lead.estimate < 1
    )  # asyncio is slower than fibers; with odd rounds among them it would be 20
    assert claim.verdict is Verdict.REPRODUCED


def test_a_rule_whose_home_was_not_measured_says_so_first(tmp_path):
    lost = tuple(
        (number, name) for number in range(1, 13) for name in _names(tmp_path) if "/asyncio/" in name
    )
    best_at_cores, _ = results(tmp_path, POOL, lost=lost)
    assert best_at_cores.verdict is Verdict.NOT_MEASURED
    assert "; here not measured" in claim_sentence(best_at_cores)
    assert "2 workers on fibers" in claim_sentence(best_at_cores)


def test_the_sentence_names_what_was_compared_and_by_how_much(tmp_path):
    best_at_cores, _ = results(tmp_path, POOL, noise=0.001)
    sentence = claim_sentence(best_at_cores)
    assert sentence.startswith(
        "worker-pool/best-at-cores: the document says best when workers are near the cores; "
        "here 2 workers on asyncio; 300 workers are "
    )
    assert "as fast: refuted; 2 workers on fibers;" in sentence
    assert sentence.endswith("as fast: refuted.")


def test_where_nothing_was_measured_nothing_is_said(tmp_path):
    lost = [(n, cell) for n in range(1, 13) for cell in _names(tmp_path) if "serial" not in cell]
    best_at_cores, _ = results(tmp_path, POOL, lost=tuple(lost))
    assert best_at_cores.verdict is Verdict.NOT_MEASURED
    assert best_at_cores.rulings == ()


def _names(tmp_path):
    taken = session(tmp_path / "session.json", Truth(names=(), others=(scenario_named(POOL),), go=True))
    return [cell.name for cell in taken.plan.cells]
