"""Files that look at memory: what they need, and what they cannot have."""

import pytest

import scenarios

FILE = """\
about = "What an idle worker takes."
pattern = "worker-pool"
job = { kind = "memory", operation = "idle-worker", count = 500 }

[arms]
runtimes = ["fibers", "asyncio"]
home = "asyncio"
"""


def problems(tmp_path, old="", new=""):
    assert old in FILE
    path = tmp_path / "own.toml"
    path.write_text(FILE.replace(old, new, 1) if old else FILE, encoding="utf-8")
    return [line.partition(": ")[2] for line in scenarios.check(path)]


def test_one_as_it_should_be_is_sound_and_is_a_footprint(tmp_path):
    assert problems(tmp_path) == []
    scenario = scenarios.load(tmp_path / "own.toml")
    assert scenario.is_footprint
    assert (scenario.job.operation, scenario.job.count, scenario.arms.workers) == ("idle-worker", 500, ())


def test_the_claims_and_the_operations_are_no_footprints():
    assert not any(one.is_footprint for one in scenarios.find("claims", "overhead").scenarios)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            '"idle-worker"',
            '"idle-wroker"',
            'job.operation: found "idle-wroker", allowed idle-worker, queued-item (did you mean idle-wo',
        ),
        ('operation = "idle-worker", ', "", "job.operation: found nothing, allowed the name of an operation"),
        (", count = 500", "", "job.count: found nothing, allowed a whole number"),
        ("count = 500", 'count = 500, duration = "1ms"', "job.duration: found a key too many, allowed none"),
        (
            '"worker-pool"',
            '"cascade"',
            'pattern: found "cascade", allowed worker-pool, managed-worker-pool, fan-out-fan-in, pipeline, ',
        ),
        ('"worker-pool"', '"overhead"', 'pattern: found "overhead", allowed worker-pool, '),
        ("[arms]", "[arms]\nworkers = [4]", "arms.workers: found a key too many, allowed none"),
        ("[arms]", "[arms]\nrates = [4]", "arms.rates: found a key too many, allowed none"),
        ("[arms]", '[arms]\npool = "warm"', "arms.pool: found a key too many, allowed none"),
        (
            "[arms]",
            '[[claim]]\nid = "a"\nspeedup = 2\nsource = "b"\n[arms]',
            "claim: found a claim, allowed none, because claims are about times",
        ),
        (
            'home = "asyncio"\n',
            'home = "asyncio"\n[skip]\nfibres = "x"\n',
            'skip.fibres: found "fibres", allowed asyncio, fibers, ',
        ),
    ],
)
def test_what_is_wrong_is_one_line_each(tmp_path, old, new, problem):
    found = problems(tmp_path, old, new)
    assert len(found) == 1
    assert found[0].startswith(problem)


def test_a_pattern_without_a_queue_has_no_queued_items(tmp_path):
    text = FILE.replace("idle-worker", "queued-item").replace('"worker-pool"', '"semaphore"')
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    (problem,) = scenarios.check(path)
    assert 'pattern: found "semaphore", allowed worker-pool, managed-worker-pool, pipeline' in problem
