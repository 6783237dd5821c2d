"""Files with several patterns, ladders and rules: what is sound, and the line for each thing that is not."""

import pytest

import scenarios

SOUND = """
about = "Jobs."
pattern = ["worker-pool", "fan-out-fan-in"]
job = { kind = "wait", duration = "1ms", count = 10 }
[arms]
workers = [1, 10, 100]
runtimes = ["asyncio", "threads"]
home = "asyncio"
[[claim]]
id = "my/advice"
rule = "advised"
advised = { pattern = "worker-pool", workers = [10, 100] }
source = "here"
"""


@pytest.fixture
def problems(tmp_path):
    def written(*changes, text=SOUND):
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return scenarios.check(path)

    return written


def test_the_example_is_sound(problems):
    assert problems() == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([('["worker-pool", "fan-out-fan-in"]', '["worker-pool", "fan-outt"]')], 'pattern: found "fan-outt"'),
        ([('"fan-out-fan-in"]', '"worker-pool"]')], "pattern: found a value more than once"),
        ([('"fan-out-fan-in"]', '"pipeline"]')], "arms.stages: found nothing"),
        ([("[arms]", "[arms]\nstages = [1, 2]")], "arms.stages: found a key too many"),
        ([('"fan-out-fan-in"]', '"combination"]')], "job.kind: found wait, allowed mixed"),
        ([("workers = [1, 10, 100]\n", "")], "arms.workers: found nothing"),
        ([("[arms]", "[arms]\nbuffers = [0, 1]")], "arms.buffers: found a key too many"),
        ([("[arms]", "[arms]\ndurations = ['1ms', '2ms']")], "a rule beside several durations"),
        ([("workers = [10, 100] }", "workers = [200, 300] }")], "a span with one of arms.workers in it"),
        ([('rule = "advised"', 'rule = "advised"\nband = 1.2')], "band: found a key too many"),
        ([("[arms]", "marks = [[1.5, 2]]\n[arms]")], "marks: found [[1.5, 2"),
        (
            [("advised = { pattern", "where = { workers = 1 }\nadvised = { pattern")],
            "where: found a key too many",
        ),
        ([('rule = "advised"', 'rule = "oversubscription"')], "advised: found a key too many"),
        ([('advised = { pattern = "worker-pool", workers = [10, 100] }\n', "")], "advised: found nothing"),
        (
            [('pattern = "worker-pool", workers', 'pattern = "pipeline", workers')],
            'advised.pattern: found "pipeline"',
        ),
        ([("workers = [10, 100] }", "workers = [100, 10] }")], "advised.workers: found [100, 10]"),
        ([("workers = [10, 100] }", 'workers = "core" }')], 'or "cores"'),
        ([('rule = "advised"', 'rule = "advised"\nspeedup = 2')], "found both speedup and rule"),
        ([('rule = "advised"', 'rule = "advise"')], "allowed best-at-cores, oversubscription or advised"),
        ([("[arms]", 'break_even = { against = "fibers" }\n[arms]')], 'break_even.against: found "fibers"'),
        ([("[arms]", "break_even = { within = 0.5 }\n[arms]")], "break_even.within: found 0.5"),
        ([("[arms]", '[arms]\npool = "warm"')], "a rule without cold pools"),
        ([("[arms]", "marks = [[10]]\n[arms]")], "marks: found [10]"),
    ],
)
def test_every_mistake_is_a_line_that_names_it(problems, changes, words):
    found = problems(*changes)
    assert any(words in line for line in found), found


def test_two_counts_are_too_few_to_say_which_is_the_best(problems):
    changes = [
        ('rule = "advised"', 'rule = "best-at-cores"'),
        ('advised = { pattern = "worker-pool", workers = [10, 100] }\n', ""),
        ("workers = [1, 10, 100]", "workers = [1, 10]"),
    ]
    assert any("at least 3, for best-at-cores" in line for line in problems(*changes))


def test_the_best_count_is_looked_for_in_one_pattern(problems):
    changes = [
        ('rule = "advised"', 'rule = "best-at-cores"'),
        ('advised = { pattern = "worker-pool", workers = [10, 100] }\n', ""),
    ]
    assert any("best-at-cores beside several patterns" in line for line in problems(*changes))


def test_an_ideal_of_no_time_is_nothing_to_come_near_to(problems):
    ladder = """
about = "Hops."
pattern = "worker-pool"
job = { kind = "wait", duration = "1ms", count = 10 }
break_even = { against = "ideal" }
arms = { workers = 10, durations = ["0s", "1ms"], runtimes = ["asyncio"], home = "asyncio" }
"""
    assert any("arms.durations: found 0s" in line for line in problems(text=ladder))


def test_a_range_of_counts_may_begin_at_none_at_all(problems):
    pipeline = """
about = "Hops."
pattern = "pipeline"
job = { kind = "wait", duration = "0us", count = 10 }
arms = { buffers = "0..10", runtimes = ["asyncio"], home = "asyncio" }
"""
    assert problems(text=pipeline) == ()
    assert any(
        "both buffer and buffers" in line
        for line in problems(("{ buff", "{ buffer = 1, buff"), text=pipeline)
    )
    twice = problems(('"0..10"', "[1, 1]"), text=pipeline)
    assert any("arms.buffers: found a value more than once" in line for line in twice)
    assert scenarios.notation.parse_counts("0..10", at_least=0) == (0, 1, 2, 5, 10)
    assert scenarios.notation.parse_counts("0..1", at_least=0) == (0, 1)
