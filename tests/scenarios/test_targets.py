from dataclasses import replace

import pytest

import scenarios
from scenarios import ScenarioError, find
from scenarios.targets import resolve

SHIPPED = tuple(scenarios.load(path) for path in scenarios.shipped())
PIPELINE = next(scenario for scenario in SHIPPED if scenario.stem == "pipeline")


def found(*targets):
    selection = find(*targets)
    return selection.name, [scenario.name for scenario in selection.scenarios]


def refused(*targets):
    with pytest.raises(ScenarioError) as error:
        find(*targets)
    return error.value.problems


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A user's file `own.toml` in the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "own.toml"
    path.write_text(scenarios.shipped()[0].read_text(encoding="utf-8"), encoding="utf-8")
    return path


def test_all_is_the_group_of_the_documents_claims():
    named = [name for name in scenarios.names() if name.startswith("claims/")]
    assert found("all") == found("claims") == ("claims", named)


@pytest.mark.parametrize("target", ["pipeline", "claims/pipeline"])
def test_a_scenario_goes_by_its_stem_or_its_full_name(target):
    assert found(target) == ("pipeline", ["claims/pipeline"])


def test_a_scenario_comes_before_a_pattern_of_the_same_name():
    assert found("worker-pool") == ("worker-pool", ["claims/worker-pool"])


def test_a_pattern_means_every_scenario_that_measures_it():
    assert found("fan-out-fan-in") == ("fan-out-fan-in", ["claims/fan-out-cpu", "claims/fan-out"])


def test_a_pattern_does_not_mean_its_memory_which_is_a_group_of_its_own():
    assert not any(name.startswith("memory/") for name in found("token-bucket")[1])
    name, scenarios_of_memory = found("memory")
    assert name == "memory"
    assert all(one.startswith("memory/") for one in scenarios_of_memory)


def test_a_claim_id_means_its_scenario_narrowed_to_the_claim():
    selection = find("worker-pool/10-workers")
    (scenario,) = selection.scenarios
    assert (selection.name, scenario.name, scenario.arms.workers) == (
        "worker-pool",
        "claims/worker-pool",
        (10,),
    )


def test_two_claims_of_one_scenario_are_measured_together():
    (scenario,) = find("worker-pool/10-workers", "worker-pool/100-workers").scenarios
    assert scenario.arms.workers == (10, 100)
    assert [claim.id for claim in scenario.claims] == ["worker-pool/10-workers", "worker-pool/100-workers"]


def test_a_scenario_asked_for_whole_and_by_claim_is_measured_whole():
    (scenario,) = find("worker-pool/10-workers", "worker-pool").scenarios
    assert scenario == next(one for one in SHIPPED if one.stem == "worker-pool")


def test_several_targets_give_each_scenario_once_in_the_order_asked_for():
    assert found("pipeline", "fan-out", "claims/pipeline") == (
        "pipeline+fan-out",
        ["claims/pipeline", "claims/fan-out"],
    )


@pytest.mark.parametrize("target", ["own.toml", "./own.toml"])
def test_a_path_means_the_users_own_file(own, target):
    assert found(target) == ("own", ["own"])


def test_a_file_in_the_current_folder_comes_first(own):
    own.rename("pipeline")
    selection = find("pipeline")
    assert [scenario.path for scenario in selection.scenarios] == ["pipeline"]


def test_a_folder_that_happens_to_be_called_like_a_scenario_is_no_path(own):
    own.parent.joinpath("pipeline").mkdir()
    assert found("pipeline") == ("pipeline", ["claims/pipeline"])


def test_the_same_file_twice_is_measured_once(own):
    assert found("own.toml", str(own.name)) == ("own", ["own"])


def test_two_files_of_one_stem_are_refused_because_their_cells_would_share_names(own):
    own.rename("pipeline.toml")
    (problem,) = refused("pipeline.toml", "claims/pipeline")
    assert problem == (
        "TARGET: found both pipeline.toml and scenarios/claims/pipeline.toml, "
        "allowed files of different stems, because cells are called by the stem"
    )


def test_an_unknown_target_is_refused_with_the_near_match():
    (problem,) = refused("worker_pol")
    assert problem == (
        'TARGET: found "worker_pol", allowed a path, a claim id, a group, a scenario or a pattern '
        "(did you mean worker-pool?)"
    )


def test_an_unknown_claim_id_is_refused_with_the_near_match():
    assert refused("worker-pool/10-worker")[0].endswith("(did you mean worker-pool/10-workers?)")


def test_every_bad_target_is_reported_in_one_go(own):
    assert len(refused("nosuchthing", "none.toml", "pipeline")) == 2


@pytest.mark.parametrize("target", ["", "\0", "x" * 5000, "a\nb"])
def test_a_strange_target_is_one_line_like_any_other(target):
    (problem,) = refused(target)
    assert "\n" not in problem
    assert len(problem) < 200


def test_a_missing_path_says_what_is_near(own):
    (problem,) = refused("owm.toml")
    assert problem == (
        "owm.toml: found no such file, allowed a TOML file with about, pattern, job and arms "
        "(did you mean own.toml?)"
    )


def test_two_scenarios_of_one_stem_are_an_ambiguity_that_lists_them():
    known = [*SHIPPED, replace(PIPELINE, name="sweeps/pipeline", claims=())]
    with pytest.raises(ScenarioError) as error:
        resolve("pipeline", known)
    assert error.value.problems == (
        'TARGET: found "pipeline", which is claims/pipeline and also sweeps/pipeline, allowed one of them',
    )
    assert resolve("sweeps/pipeline", known).scenarios[0].name == "sweeps/pipeline"


def test_a_group_called_like_a_scenario_is_an_ambiguity():
    known = [*SHIPPED, replace(PIPELINE, name="pipeline/deep")]
    with pytest.raises(ScenarioError, match="claims/pipeline"):
        resolve("pipeline", known)


def test_a_claim_that_two_files_hold_is_an_ambiguity():
    known = [*SHIPPED, replace(PIPELINE, name="sweeps/other")]
    with pytest.raises(ScenarioError, match="claims/pipeline and also sweeps/other"):
        resolve("pipeline/3-stages", known)


def test_a_pattern_that_no_scenario_measures_is_said_to_be_one():
    with pytest.raises(ScenarioError, match="found the pattern fan-out-fan-in, which no scenario measures"):
        resolve("fan-out-fan-in", [PIPELINE])
