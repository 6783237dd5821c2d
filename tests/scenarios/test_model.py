import copy
import json
import subprocess
import sys
from dataclasses import FrozenInstanceError

import pytest

import scenarios
from scenarios import from_json, narrow, to_json

SHIPPED = [scenarios.load(path) for path in scenarios.shipped()]
WORKER_POOL = next(scenario for scenario in SHIPPED if scenario.stem == "worker-pool")


@pytest.mark.parametrize("scenario", SHIPPED, ids=lambda scenario: scenario.name)
def test_a_scenario_survives_the_way_through_json(scenario):
    assert from_json(json.loads(json.dumps(to_json(scenario)))) == scenario


def test_json_holds_no_path_of_the_machine_for_a_shipped_file():
    assert to_json(WORKER_POOL)["path"] == "scenarios/claims/worker-pool.toml"


@pytest.mark.parametrize("key", ["name", "job", "arms", "claims", "skip"])
def test_json_without_a_key_is_refused_by_name(key):
    data = to_json(WORKER_POOL)
    del data[key]
    with pytest.raises(ValueError, match=f"not a scenario: .*{key}"):
        from_json(data)


@pytest.mark.parametrize("wrong", [None, 3, "text", [1]])
def test_json_of_the_wrong_shape_is_refused(wrong):
    for key in ("job", "arms", "claims", "skip"):
        data = {**to_json(WORKER_POOL), key: wrong}
        with pytest.raises(ValueError, match="not a scenario"):
            from_json(data)
    with pytest.raises(ValueError, match="not a scenario"):
        from_json(wrong)


def test_a_scenario_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        WORKER_POOL.name = "other"
    with pytest.raises(TypeError):
        WORKER_POOL.claims[0].where["workers"] = 11
    with pytest.raises(TypeError):
        WORKER_POOL.skip["threads"] = "no"


def test_equal_scenarios_have_equal_hashes():
    assert hash(from_json(to_json(WORKER_POOL))) == hash(WORKER_POOL)


def test_name_group_and_stem_belong_together():
    assert (WORKER_POOL.name, WORKER_POOL.group, WORKER_POOL.stem) == (
        "claims/worker-pool",
        "claims",
        "worker-pool",
    )


def test_narrowing_to_a_claim_keeps_its_cell_on_every_runtime():
    narrowed = narrow(WORKER_POOL, {"worker-pool/10-workers"})
    assert [claim.id for claim in narrowed.claims] == ["worker-pool/10-workers"]
    assert (narrowed.arms.workers, narrowed.arms.pool) == ((10,), ("cold",))
    assert narrowed.arms.runtimes == WORKER_POOL.arms.runtimes


def test_narrowing_leaves_the_whole_scenario_as_it_was():
    before = copy.copy(WORKER_POOL)
    narrow(WORKER_POOL, {"worker-pool/10-workers"})
    assert before == WORKER_POOL


def test_a_worker_process_that_imports_scenarios_imports_no_pydantic():
    program = "import sys, scenarios, scenarios.model, scenarios.notation; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout.split()
    assert not {"pydantic", "typer", "rich", "asyncio"} & set(modules)
