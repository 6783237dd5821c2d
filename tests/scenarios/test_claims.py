"""The shipped files against the document's figures, which the ids and the numbers below repeat on purpose."""

import re
from collections import Counter
from pathlib import Path

import pytest

import scenarios
from scenarios.notation import write_duration

PATHS = [path for path in scenarios.shipped() if path.parent.name == "claims"]
SHIPPED = {f"claims/{path.stem}": scenarios.load(path) for path in PATHS}
CLAIMS = {claim.id: claim for scenario in SHIPPED.values() for claim in scenario.claims}
README = PATHS[0].parent / "README.md"

DOCUMENT = {
    "worker-pool/10-workers": ("1.000123456s", "100.234567ms", 9.98, "10x", 10),
    "worker-pool/100-workers": ("1.000123456s", "10.345678ms", 96.7, "100x", 100),
    "pipeline/3-stages": ("1.234567ms", "456.789us", 2.70, "2.7x", None),
    "fan-out/4-workers": ("10.234567ms", "2.56789ms", 3.99, "4x", 4),
    "fan-out/8-workers": ("10.234567ms", "1.283945ms", 7.97, "8x", 8),
}
PACES = {
    "image-batch/single": ("serial", 100, "100 images/s"),
    "image-batch/rate-limited": ("gopat", 1_500, "1,500 images/s"),
    "rate-limit/ticker-bucket": ("ticker", None, "the asked rate"),
    "summary/rate-limit": ("gopat", None, "by the limit"),
}
RATIOS = {"image-batch/10-workers": (8, 10), "image-batch/50-workers": (20, 50)}
SUMMARY = {
    "summary/worker-pool": ((10, 100), "10-100x", 2, "medium"),
    "summary/pipeline": ((2, 5), "2-5x", 3, "low"),
    "summary/fan-out": ((4, 8), "4-8x", 4, "medium"),
}


def test_the_files_hold_exactly_the_claims_that_a_session_can_decide():
    assert set(CLAIMS) == {*DOCUMENT, *SUMMARY, *PACES, *RATIOS}


@pytest.mark.parametrize("claim_id", PACES)
def test_a_claim_about_a_pace_is_about_keeping_it(claim_id):
    claim = CLAIMS[claim_id]
    assert (claim.arm, claim.per_second, claim.says) == PACES[claim_id]
    assert claim.speedup == 1


@pytest.mark.parametrize("claim_id", RATIOS)
def test_a_claim_without_times_is_the_ratio_that_the_document_gives(claim_id):
    claim = CLAIMS[claim_id]
    assert (claim.speedup, claim.workers, claim.serial_s) == (*RATIOS[claim_id], None)


def test_no_id_is_used_in_two_files():
    ids = Counter(claim.id for scenario in SHIPPED.values() for claim in scenario.claims)
    assert set(ids.values()) == {1}


@pytest.mark.parametrize("claim_id", DOCUMENT)
def test_a_measured_claim_holds_the_documents_own_times(claim_id):
    claim = CLAIMS[claim_id]
    times = (write_duration(claim.serial_s), write_duration(claim.time_s))
    assert (*times, claim.speedup, claim.says, claim.workers) == DOCUMENT[claim_id]


@pytest.mark.parametrize("claim_id", DOCUMENT)
def test_a_claimed_speedup_is_the_ratio_of_the_documents_times_to_three_digits(claim_id):
    claim = CLAIMS[claim_id]
    assert claim.speedup == float(f"{claim.serial_s / claim.time_s:.3g}")


@pytest.mark.parametrize("claim_id", SUMMARY)
def test_a_claim_of_the_summary_table_is_a_range_with_the_documents_marks(claim_id):
    claim = CLAIMS[claim_id]
    assert (claim.gain, claim.says, claim.complexity, claim.memory) == SUMMARY[claim_id]


def test_every_claim_has_the_same_band_and_is_about_a_cold_pool():
    assert {claim.band for claim in CLAIMS.values()} == {1.10}
    assert {claim.pool for claim in CLAIMS.values()} == {"cold"}


def test_waiting_is_at_home_on_asyncio_pillow_on_threads_and_computing_on_processes():
    homes = {name.rpartition("/")[2]: scenario.arms.home for name, scenario in SHIPPED.items()}
    assert homes.pop("fan-out-cpu") == "processes"
    assert {homes.pop("image-batch"), homes.pop("image-batch-limited")} == {"threads"}
    assert set(homes.values()) == {"asyncio"}


def test_the_workloads_are_the_documents():
    jobs = {
        name: (scenario.job.duration_s, scenario.job.count, scenario.arms.workers, scenario.arms.buffer)
        for name, scenario in SHIPPED.items()
    }
    assert jobs == {
        "claims/fan-out": (100e-6, 100, (4, 8), 100),
        "claims/fan-out-cpu": (5e-3, 100, (4,), 100),
        "claims/image-batch": (9e-3, 100, (10, 50), 100),
        "claims/image-batch-limited": (9e-3, 1_000, (50,), 200),
        "claims/rate-limit": (0.3, 1_000, (), 0),
        "claims/pipeline": (0.0, 10_000, (), 0),
        "claims/worker-pool": (1e-3, 1_000, (10, 100), 1_000),
    }


def test_the_groups_readme_names_every_file_and_every_claim():
    readme = README.read_text(encoding="utf-8")
    for path in PATHS:
        assert f"`{path.name}`" in readme
    for claim_id in CLAIMS:
        assert f"`{claim_id}`" in readme


def test_the_readmes_example_of_a_file_of_ones_own_can_be_loaded(tmp_path: Path):
    example = re.search(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "own.toml"
    file.write_text(example[1], encoding="utf-8")
    assert scenarios.check(file) == ()


RULES = {
    "worker-pool/best-at-cores": ("sweeps/pool-workers", "best-at-cores"),
    "worker-pool/oversubscription": ("sweeps/pool-workers", "oversubscription"),
    "advice/io-bound": ("advice/io-bound", "advised"),
    "advice/cpu-bound": ("advice/cpu-bound", "advised"),
    "advice/streaming": ("advice/streaming", "advised"),
    "advice/mixed": ("advice/mixed", "advised"),
}


def test_what_gives_no_figure_has_a_rule_in_a_file_of_its_own_group():
    found = {
        claim.id: (scenario.name, claim.rule)
        for scenario in map(scenarios.load, scenarios.shipped())
        for claim in scenario.claims
        if claim.rule is not None
    }
    assert found == RULES


def test_advice_is_what_the_document_says():
    advised = {
        name: scenarios.find(name).scenarios[0].claims[0].advised for name in RULES if "advice" in name
    }
    assert (advised["advice/io-bound"].pattern, advised["advice/io-bound"].workers[0]) == ("worker-pool", 100)
    assert (advised["advice/cpu-bound"].pattern, advised["advice/cpu-bound"].cores) == (
        "fan-out-fan-in",
        True,
    )
    assert (advised["advice/streaming"].pattern, advised["advice/streaming"].stages) == ("pipeline", (2, 5))
    assert advised["advice/mixed"].pattern == "combination"


@pytest.mark.parametrize("group", ["claims", "sweeps", "advice", "break-even"])
def test_the_readme_of_a_group_names_every_file_in_it(group):
    readme = (README.parents[1] / group / "README.md").read_text(encoding="utf-8")
    for path in scenarios.shipped():
        if path.parent.name == group:
            assert f"`{path.name}`" in readme


def test_a_scenario_of_several_patterns_and_rules_comes_back_from_json_as_it_was():
    for scenario in map(scenarios.load, scenarios.shipped()):
        assert scenarios.from_json(scenarios.to_json(scenario)) == scenario
