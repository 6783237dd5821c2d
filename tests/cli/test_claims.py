"""Which cells a claim speaks about, and what follows from them together."""

from dataclasses import replace

import pytest

import scenarios
from gopatterns_cli.claims import gained
from gopatterns_cli.comparison import compare
from gopatterns_cli.measured import measured
from gopatterns_cli.measuring.choosing import cells_of
from gopatterns_cli.measuring.suite import Run

from synthetic import Truth, session

RANGE = "where = { workers = 10 }\ngain = [10, 100]"

SCENARIO = """
about = "Our own jobs."
pattern = "worker-pool"
job = {{ kind = "wait", duration = "1ms", count = 1_000 }}
arms = {{ workers = [10, 100], runtimes = ["asyncio", "threads"], home = "asyncio", pool = ["cold", "warm"] }}
[[claim]]
id = "ours/jobs"
{claim}
says = "as we say"
source = "ours"
"""


def scenario(tmp_path, text):
    """A user's own scenario with this claim."""
    path = tmp_path / "ours.toml"
    path.write_text(SCENARIO.format(claim=text))
    return scenarios.load(path)


def about_all_workers(ours):
    """The same scenario, its claim about every worker count; a file must name one of them."""
    return replace(ours, claims=tuple(replace(claim, where={}) for claim in ours.claims))


def judged(tmp_path, ours, **truth):
    """The one claim of a scenario, judged."""
    return compare(session(tmp_path / "s.json", Truth(names=(), others=(ours,), **truth))).claims[0]


def cells(line):
    return [measured.cell.name for measured in line.result.cells]


def test_a_range_speaks_about_every_cold_cell_of_the_home_runtime(tmp_path):
    line = judged(tmp_path, about_all_workers(scenario(tmp_path, RANGE)))
    assert cells(line) == ["ours/gopat/asyncio/cold/workers=10", "ours/gopat/asyncio/cold/workers=100"]
    assert line.result.verdict == "reproduced"
    assert line.sentence == (
        "ours/jobs: claimed is as we say; here 10.2x [10.0, 10.3] with 10 workers "
        "and 73.1x [71.8, 74.5] with 100 workers on asyncio: reproduced."
    )


def test_one_cell_below_the_range_refutes_it(tmp_path):
    slower = {"ours/gopat/asyncio/cold/workers=10": 1.5}
    line = judged(tmp_path, about_all_workers(scenario(tmp_path, RANGE)), slower=slower)
    assert line.result.verdict == "refuted"


@pytest.mark.parametrize(
    ("where", "decides"),
    [
        ("workers = 100", "ours/gopat/asyncio/cold/workers=100"),
        ('workers = 100, pool = "warm"', "ours/gopat/asyncio/warm/workers=100"),
        ('workers = 10, runtime = "threads"', "ours/gopat/threads/cold/workers=10"),
    ],
)
def test_where_picks_the_cell_and_may_leave_the_home_runtime(tmp_path, where, decides):
    ours = scenario(tmp_path, f"where = {{ {where} }}\nspeedup = 9.9")
    assert cells(judged(tmp_path, ours)) == [decides]


def test_every_cell_has_a_verdict_of_its_own_and_one_decides(tmp_path):
    ours = scenario(tmp_path, "where = { workers = 100 }\nspeedup = 75")
    found = compare(session(tmp_path / "s.json", Truth(names=(), others=(ours,))))
    rows = [row for block in found.tables[0].configurations for row in block.rows]
    verdicts = {row.measured.cell.name: str(row.judgement.verdict) for row in rows if row.judgement}
    assert verdicts == {
        "ours/gopat/asyncio/cold/workers=100": "reproduced",
        "ours/gopat/threads/cold/workers=100": "refuted",
        "ours/native/asyncio/cold/workers=100": "reproduced",
        "ours/native/threads/cold/workers=100": "refuted",
    }
    assert [row.measured.cell.name for row in rows if row.decides] == ["ours/gopat/asyncio/cold/workers=100"]


def test_a_claim_about_another_kind_of_job_is_not_measured_by_these(tmp_path):
    line = judged(tmp_path, scenario(tmp_path, 'where = { workers = 10 }\njob = "cpu"\ngain = [4, 8]'))
    assert line.result.verdict == "not measured"
    assert line.sentence == (
        "ours/jobs: claimed is as we say; not measured (it speaks about cpu jobs and these wait)."
    )


def test_a_claim_out_of_reach_gives_the_reason_and_fails_nothing(tmp_path):
    ours = scenario(tmp_path, "where = { workers = 100 }\nneeds = { cores = 64 }\nspeedup = 60")
    line = judged(tmp_path, ours, out_of_reach={"ours/jobs": "it takes 64 cores, here there are 2"})
    assert line.sentence == "ours/jobs: claimed is 60.0x; out of reach (it takes 64 cores, here there are 2)."


def test_a_band_of_its_own_decides_what_counts_as_reproduced(tmp_path):
    where = "where = { workers = 100 }\nspeedup = 96.7\n"
    assert judged(tmp_path, scenario(tmp_path, f"{where}band = 1.5")).result.verdict == "reproduced"
    assert judged(tmp_path, scenario(tmp_path, f"{where}band = 1.05")).result.verdict == "refuted"


def test_the_summary_has_the_claims_of_the_documents_table_and_nothing_else(tmp_path):
    shipped = compare(session(tmp_path / "s.json", Truth()))
    ours = compare(session(tmp_path / "s.json", Truth(names=("pipeline-pays",))))
    assert {row.id for row in shipped.summary} == {
        "summary/worker-pool",
        "summary/pipeline",
        "summary/fan-out",
    }
    assert ours.summary == ()


def test_claims_that_this_machine_cannot_decide_are_told_though_nothing_of_them_was_measured(tmp_path):
    found = session(tmp_path / "s.json", Truth(names=("worker-pool",)))
    (images,) = (scenarios.load(path) for path in scenarios.shipped() if path.stem == "image-batch")
    reasons = {claim.id: "Pillow is missing" for claim in images.claims}
    known = {**found.plan.scenarios, images.name: scenarios.to_json(images)}
    told = compare(replace(found, plan=replace(found.plan, scenarios=known, out_of_reach=reasons)))
    verdicts = {line.result.claim.id: line.result.verdict for line in told.claims}
    assert {verdicts[name] for name in reasons} == {"out of reach"}
    assert [table.scenario for table in told.tables] == ["claims/worker-pool"]


def test_a_pace_is_that_of_the_claim_whatever_rate_the_limiter_was_set_to(tmp_path):
    """900 jobs between the first and the last at 1,000 per second keep half of 2,000."""
    (limited,) = (scenarios.load(path) for path in scenarios.shipped() if path.stem == "image-batch-limited")
    (claim,) = limited.claims
    (cell,) = (cell for cell in cells_of(limited, quick=True, runtimes=["threads"]) if cell.arm == "gopat")
    cell = replace(cell, count=901, rate=1_000.0)
    found = session(tmp_path / "s.json", Truth(names=("worker-pool",)))
    runs = tuple(
        Run((0.9,), (), {"gopat_cell": cell.name, "gopat_round": number, "gopat_pos": 0})
        for number in range(1, 13)
    )
    found = replace(found, plan=replace(found.plan, cells=(cell,)), runs=runs)
    gain = gained(replace(claim, per_second=2_000.0), found, measured(found, cell))
    assert gain.estimate == pytest.approx(0.5)
