"""`gopat compare` as it is used: what it prints, what it refuses, how it ends."""

import json
import subprocess
import sys
from dataclasses import replace

import goldens
import pytest

from gopatterns_cli import app
from gopatterns_cli.baseline import _broken
from gopatterns_cli.comparison import compare
from gopatterns_cli.statistics.ratio import Interval

from synthetic import MACHINE, Truth, session, written

pytestmark = pytest.mark.usefixtures("counted")

POOL_100 = "worker-pool/gopat/asyncio/cold/workers=100"


@pytest.fixture
def gopat(tmp_path, monkeypatch, capsys):
    """Run a command line in an empty folder with plain output; give back exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "COLUMNS", "GOPAT_RESULTS", "TERM"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "results").mkdir()

    def run(*arguments):
        code = app.main(arguments)
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results"


def test_it_shows_the_newest_session_of_the_document_s_claims(gopat, results):
    written(results / "old.json", started="2026-11-23T04:12:33.000001Z", seed=2)
    written(results / "new.json", started="2026-11-24T04:12:33.000001Z")
    code, out, err = gopat("compare")
    assert (code, err) == (0, "")
    assert "results/new.json" in out
    assert out.startswith("claims: 3 refuted, 1 inconclusive, 1 exceeded, 2 reproduced, 1 out of reach\n")


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_whole_output_fits_the_screen_and_is_what_it_was(gopat, results, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    written(results / "s.json")
    _, out, _ = gopat("compare")
    assert max(map(len, out.splitlines())) <= columns
    goldens.check(f"compare-{columns}.txt", out)


def test_a_regression_is_shown_first_and_named_last(gopat, results, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    written(results / "old.json", started="2026-11-23T04:12:33.000001Z", seed=2)
    written(results / "new.json", slower={POOL_100: 1.5})
    code, out, _ = gopat("compare", "--baseline", "results/old.json")
    assert code == 3
    assert max(map(len, out.splitlines())) <= 80
    goldens.check("compare-regression-80.txt", out)


def test_a_quick_session_says_that_it_is_quick(gopat, results, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    written(results / "s.json", quick=True, rounds=6)
    _, out, _ = gopat("compare")
    goldens.check("compare-quick-80.txt", out)


def test_markdown_is_what_it_was(gopat, results):
    written(results / "s.json")
    code, out, _ = gopat("compare", "--format", "markdown")
    assert code == 0
    goldens.check("compare.md", out)


def test_a_pipe_gets_whole_lines_and_no_escape_codes(gopat, results):
    written(results / "s.json")
    _, out, _ = gopat("compare")
    assert "\x1b" not in out
    sentence = next(line for line in out.splitlines() if line.startswith("  worker-pool/100-workers"))
    assert sentence == (
        "  worker-pool/100-workers: the document says 96.7x; here 73.7x [72.3, 74.8] on asyncio: refuted."
    )


@pytest.mark.parametrize(
    ("name", "value", "coloured"), [("FORCE_COLOR", "1", True), ("NO_COLOR", "1", False)]
)
def test_colour_is_forced_and_refused_by_the_environment(gopat, results, monkeypatch, name, value, coloured):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    written(results / "s.json")
    _, out, _ = gopat("compare")
    assert ("\x1b[31m" in out) == coloured
    assert ("\x1b" in out) == coloured


# The gate


def test_a_planted_slowdown_of_50_percent_exits_3(gopat, results):
    written(results / "old.json", seed=2)
    written(results / "new.json", slower={"worker-pool/gopat/threads/cold/workers=10": 1.5})
    code, out, _ = gopat("compare", "results/new.json", "--baseline", "results/old.json")
    assert code == 3
    assert out.splitlines()[-1].startswith(
        "exit 3: regression: worker-pool/gopat/threads/cold/workers=10 takes 1.47x"
    )


@pytest.mark.parametrize("seed", range(5))
def test_identical_code_exits_0(gopat, results, seed):
    written(results / "old.json", seed=2 * seed)
    written(results / "new.json", seed=2 * seed + 1)
    code, out, _ = gopat("compare", "results/new.json", "--baseline", "results/old.json")
    assert code == 0
    assert "regression," not in out.splitlines()[0]


def test_a_session_against_itself_is_the_same_in_every_row(gopat, results):
    written(results / "s.json")
    _, out, _ = gopat("compare", "results/s.json", "--baseline", "results/s.json", "--json")
    changes = json.loads(out)["baseline"]["changes"]
    assert {change["verdict"] for change in changes} == {"same"}
    assert {round(change["slowdown"]["estimate"], 9) for change in changes} == {1.0}


def test_a_slowdown_within_the_tolerance_exits_0(gopat, results):
    written(results / "old.json", seed=2)
    written(results / "new.json", slower={POOL_100: 1.5})
    code, _, _ = gopat("compare", "results/new.json", "--baseline", "results/old.json", "--tolerance", "60%")
    assert code == 0


def test_a_native_arm_that_got_slower_is_a_control_and_exits_0(gopat, results):
    written(results / "old.json", seed=2)
    written(results / "new.json", slower={"worker-pool/native": 1.5})
    code, out, _ = gopat("compare", "results/new.json", "--baseline", "results/old.json", "--json")
    rows = [row for row in json.loads(out)["baseline"]["changes"] if row["verdict"] == "regression"]
    assert code == 0
    assert rows
    assert not any(row["gates"] for row in rows)


def test_a_claim_that_held_in_the_baseline_and_is_now_refuted_exits_3(gopat, results):
    """The slowdown stays below the tolerance given, so that only the claim can be what fails."""
    written(results / "old.json", seed=2)
    written(results / "new.json", slower={"worker-pool/gopat/asyncio/cold/workers=10": 1.4})
    code, out, _ = gopat(
        "compare", "results/new.json", "--baseline", "results/old.json", "--tolerance", "60%"
    )
    assert code == 3
    assert out.splitlines()[-1] == (
        "exit 3: worker-pool/10-workers was reproduced in the baseline and is now refuted"
    )


def test_a_claim_that_falls_off_its_band_with_nothing_proved_slower_is_not_broken(tmp_path):
    """The same code may stand on either side of an edge; only a proof makes it a finding."""
    slow = {"worker-pool/gopat/asyncio/cold/workers=10": 1.4}
    old = session(tmp_path / "old.json", Truth(seed=2))
    found = compare(session(tmp_path / "new.json", Truth(slower=slow)), old)
    results = [line.result for line in found.claims]
    changes = found.baseline.changes
    assert [claim.id for claim in _broken(results, old, changes)] == ["worker-pool/10-workers"]
    unproved = [
        replace(change, slowdown=replace(change.slowdown, difference=Interval(0.98, 1.5, 0.95)))
        for change in changes
    ]
    assert list(_broken(results, old, unproved)) == []


def test_a_claim_that_is_refuted_in_both_exits_0(gopat, results):
    written(results / "old.json", seed=2)
    written(results / "new.json")
    code, out, _ = gopat("compare", "results/new.json", "--baseline", "results/old.json")
    assert "pipeline/3-stages: the document says 2.70x; here 0.00374x" in out
    assert code == 0


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"cpu_model": "Another CPU"}, "CPU: Imaginary CPU here, Another CPU there"),
        ({"python": "3.11.7"}, "3.11.7"),
    ],
)
def test_a_baseline_from_elsewhere_is_advisory_and_exits_0(gopat, results, facts, named):
    written(results / "old.json", seed=2, machine={**MACHINE, **facts})
    written(results / "new.json", slower={POOL_100: 1.5})
    arguments = ("compare", "results/new.json", "--baseline", "results/old.json")
    code, out, _ = gopat(*arguments)
    assert code == 0
    assert "It is advisory: it decides nothing." in out
    assert named in out
    assert "1 regression" in out.splitlines()[0]
    assert gopat(*arguments, "--across-machines")[0] == 3


def test_strict_exits_4_for_what_cannot_be_told_and_names_it(gopat, results):
    written(results / "s.json")
    code, out, _ = gopat("compare", "--strict")
    assert code == 4
    assert out.splitlines()[-1] == "exit 4: 1 inconclusive: fan-out/8-workers"


def test_strict_prefers_a_proved_regression(gopat, results):
    written(results / "old.json", seed=2)
    written(results / "new.json", slower={POOL_100: 1.5})
    assert gopat("compare", "results/new.json", "--baseline", "results/old.json", "--strict")[0] == 3


def test_rounds_that_were_lost_are_counted_and_too_many_take_the_verdict_away(gopat, results):
    cell = "worker-pool/gopat/asyncio/cold/workers=10"
    written(results / "one.json", lost=((3, cell),))
    written(results / "two.json", lost=((3, cell), (7, cell)))
    _, one, _ = gopat("compare", "results/one.json")
    _, two, _ = gopat("compare", "results/two.json")
    assert "asyncio: reproduced." in next(
        line for line in one.splitlines() if "worker-pool/10-workers: " in line
    )
    assert "1 measurement lost: worker-pool/gopat/asyncio/cold/workers=10 (timed out)." in one
    assert "inconclusive (2 of 12 rounds lost, more than 10%: no verdict)" in two


def test_a_cell_that_was_never_measured_is_inconclusive_and_says_why(gopat, results):
    cell = "pipeline/gopat/asyncio/cold"
    written(results / "s.json", lost=tuple((number, cell) for number in range(1, 13)))
    _, out, _ = gopat("compare")
    assert (
        "pipeline/3-stages: the document says 2.70x; inconclusive (no round measured it: timed out)." in out
    )


def test_an_interrupted_session_says_how_far_it_got(gopat, results):
    written(results / "s.json", rounds=7, planned=12)
    _, out, _ = gopat("compare")
    assert "claims: 7 of 12 rounds," in out
    assert "Interrupted after 7 of 12 rounds; `gopat bench --resume` goes on." in out


def test_five_rounds_have_no_interval_and_no_verdict(gopat, results):
    written(results / "s.json", rounds=5, planned=12)
    _, out, _ = gopat("compare")
    why = "too few rounds for an interval: 5, and the first look is after 12"
    assert f"x (no interval) on asyncio: inconclusive ({why})." in out


# JSON


def test_json_carries_everything_under_stable_keys(gopat, results):
    written(results / "old.json", seed=2)
    written(results / "new.json")
    _, out, _ = gopat("compare", "results/new.json", "--baseline", "results/old.json", "--json")
    data = json.loads(out)
    assert data["schema"] == 1
    goldens.check("compare-keys.txt", "\n".join(sorted(key_paths(data))) + "\n")


def test_json_has_a_verdict_and_a_sentence_for_every_claim_of_the_scenarios(gopat, results):
    written(results / "s.json")
    _, out, _ = gopat("compare", "--format", "json")
    claims = {claim["id"]: claim for claim in json.loads(out)["claims"]}
    assert {name: claim["verdict"] for name, claim in claims.items()} == {
        "worker-pool/10-workers": "reproduced",
        "worker-pool/100-workers": "refuted",
        "pipeline/3-stages": "refuted",
        "fan-out/4-workers": "exceeded",
        "fan-out/8-workers": "inconclusive",
        "summary/worker-pool": "reproduced",
        "summary/pipeline": "refuted",
        "summary/fan-out": "out of reach",
        "practice/buffered-results": "reproduced",
        **dict.fromkeys(ELSEWHERE, "not measured"),
    }
    assert all("comes with `gopat bench" in claims[name]["reason"] for name in ELSEWHERE)
    assert claims["practice/buffered-results"]["leaked"] == {"good": 0, "bad": 4}
    assert claims["fan-out/8-workers"]["rounds_needed"] > 12
    assert all(claim["sentence"].startswith(f"{name}: ") for name, claim in claims.items())


ELSEWHERE = (
    "worker-pool/best-at-cores",
    "worker-pool/oversubscription",
    "advice/io-bound",
    "advice/cpu-bound",
    "advice/streaming",
    "advice/mixed",
)


def test_go_stands_beside_python_and_the_documents_figures(gopat, results, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    written(results / "s.json", go=True)
    _, out, _ = gopat("compare")
    assert max(map(len, out.splitlines())) <= 120
    goldens.check("compare-go-120.txt", out)


def test_go_decides_nothing_but_has_a_figure_and_a_verdict_for_every_claim(gopat, results):
    written(results / "s.json", go=True)
    _, out, _ = gopat("compare", "--json")
    found = json.loads(out)
    claims = {claim["id"]: claim for claim in found["claims"]}
    for name in ("worker-pool/100-workers", "pipeline/3-stages", "fan-out/8-workers", "summary/fan-out"):
        assert claims[name]["go_gains"][0]["difference"]["low"] > 0, name
        assert claims[name]["go_judgement"]["verdict"], name
    assert claims["worker-pool/100-workers"]["verdict"] == "refuted"
    assert claims["worker-pool/100-workers"]["go_judgement"]["verdict"] == "reproduced"


def test_json_names_what_was_lost(gopat, results):
    cell = "worker-pool/gopat/asyncio/cold/workers=10"
    written(results / "s.json", lost=((3, cell),))
    code, out, err = gopat("compare", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["session"]["lost"] == [{"round": 3, "cell": cell, "why": "timed out"}]


def test_a_loss_budget_adds_up_to_what_was_lost(gopat, results):
    written(results / "s.json", go=True)
    _, out, _ = gopat("compare", "--json")
    budgets = json.loads(out)["budgets"]
    assert {"worker-pool/10-workers", "worker-pool/100-workers", "fan-out/4-workers"} <= {
        line["id"] for line in budgets
    }
    for line in budgets:
        budget = line["budget"]
        lost_s = budget["took_s"] - budget["ideal_s"]
        assert sum(budget["losses"].values()) == pytest.approx(lost_s, rel=0.05)


def test_json_says_what_the_layer_costs_beside_the_hand_written_arm(gopat, results):
    written(results / "s.json", slower={"worker-pool/native/asyncio/cold/workers=100": 0.5})
    _, out, _ = gopat("compare", "--json")
    costs = {row["gopat"]["name"]: row["ratio"] for row in json.loads(out)["overheads"]}
    assert costs[POOL_100]["difference"]["low"] > 1.9
    assert costs["pipeline/gopat/asyncio/cold"]["estimate"] == pytest.approx(1 / 0.9, rel=0.05)


def key_paths(value, path=""):
    """Every path of keys in a JSON value; the items of a list share one."""
    if isinstance(value, dict):
        facts = {".machine", ".where", ".tally", ".change_tally"}
        for key, item in value.items():
            below = f"{path}.{key}"
            yield below
            if not any(below.endswith(fact) for fact in facts):
                yield from set(key_paths(item, below))
    elif isinstance(value, list):
        for item in value:
            yield from set(key_paths(item, f"{path}[]"))


# Choosing a session, and what is refused


def test_a_group_a_scenario_and_a_file_name_a_session(gopat, results):
    written(results / "claims.json")
    written(results / "mine.json", group="mine", names=("pipeline",), started="2026-11-25T00:00:00.000001Z")
    assert "results/mine.json" in gopat("compare", "mine")[1]
    assert "results/claims.json" in gopat("compare", "claims")[1]
    assert "results/mine.json" in gopat("compare", "pipeline")[1]
    assert "results/claims.json" in gopat("compare", "results/claims.json")[1]


def test_quick_looks_for_quick_sessions_only(gopat, results):
    written(results / "quick.json", quick=True, rounds=6, started="2026-11-20T00:00:00.000001Z")
    written(results / "full.json")
    assert "results/quick.json" in gopat("compare", "--quick")[1]
    assert "results/full.json" in gopat("compare")[1]


def test_results_are_looked_for_where_the_environment_says(gopat, tmp_path, monkeypatch):
    written(tmp_path / "elsewhere" / "s.json")
    monkeypatch.setenv("GOPAT_RESULTS", str(tmp_path / "elsewhere"))
    assert gopat("compare")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("nix",), 5, "results: no session of 'nix' here, only of claims: try gopat compare claims"),
        (("nix.json",), 5, "nix.json: there is no such file"),
        (("--quick",), 5, "results: no such session of 'claims' among 1; `gopat bench` makes one"),
        (("--results", "nowhere"), 5, "nowhere: no session of 'claims' here; `gopat bench` makes one"),
        (("./results",), 2, "results: is a directory, not a session file"),
        (("cut.json",), 2, "cut.json: is cut off: its JSON ends in the middle, after 2000 characters"),
        (
            ("--baseline", "cut.json"),
            2,
            "cut.json: is cut off: its JSON ends in the middle, after 2000 characters",
        ),
        (("--baseline", "results"), 2, "results: is a directory, not a session file"),
        (("unmeasured.json",), 5, "unmeasured.json: nothing to compare: no round was finished"),
        (
            ("--baseline", "pipeline.json"),
            5,
            "pipeline.json: nothing to compare: no cell of results/s.json was measured there",
        ),
        (("--tolerance", "five"), 2, '--tolerance: found "five", allowed a percentage below'),
        (
            ("--format", "jsn"),
            2,
            '--format: found "jsn", allowed ',
        ),
    ],
)
def test_what_cannot_be_compared_is_one_line_and_an_exit_code(
    gopat, results, tmp_path, arguments, code, message
):
    whole = written(results / "s.json", names=("worker-pool",))
    (tmp_path / "cut.json").write_text(whole.read_text()[:2000])
    written(tmp_path / "unmeasured.json", rounds=0, planned=12)
    written(tmp_path / "pipeline.json", names=("pipeline",))
    found, out, err = gopat("compare", *arguments)
    assert (found, out) == (code, "")
    assert err.startswith(f"error: {message}")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("damage", ["scenarios", "claim"])
def test_a_session_whose_scenarios_are_damaged_is_one_line(gopat, results, damage):
    path = written(results / "s.json", names=("pipeline",))
    data = json.loads(path.read_text())
    scenario = data["gopat"]["plan"]["scenarios"]["claims/pipeline"]
    if damage == "scenarios":
        del scenario["job"]["count"]
    else:
        scenario["claims"][0]["speedup"] = None
    path.write_text(json.dumps(data))
    code, out, err = gopat("compare", "results/s.json")
    assert (code, out) == (2, "")
    assert err.startswith("error: results/s.json: damaged session: ")


def test_a_reader_that_left_does_not_take_the_verdict_with_it(gopat, results, tmp_path):
    written(results / "old.json", seed=2)
    written(results / "new.json", slower={POOL_100: 1.5})
    command = [sys.executable, "-m", "gopatterns_cli", "compare", "results/new.json"]
    process = subprocess.Popen(
        [*command, "--baseline", "results/old.json"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), err) == (3, "")


def test_a_quick_session_against_a_full_one_compares_what_both_have_and_counts_the_rest(gopat, results):
    written(results / "old.json", seed=2)
    written(results / "new.json", quick=True, rounds=6)
    code, out, _ = gopat("compare", "results/new.json", "--baseline", "results/old.json")
    assert code == 0
    assert "45 cells without the same cell on the other side: " in out
    assert "; and 42 more.\n" in out
