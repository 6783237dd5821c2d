"""Every way in which a file can be no scenario, and the exact line that says so."""

# ruff: noqa: E501 - a message stands in one piece, as a user sees it

import os
import textwrap
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scenarios
from patterns import catalogue
from scenarios import ScenarioError, check, load
from scenarios.examine import examine
from scenarios.read import LARGEST_BYTES

PATTERNS = ", ".join([*catalogue.names(), "combination"])
ALLOWED_FILE = "a TOML file with about, pattern, job and arms"
SOUND = textwrap.dedent(
    """\
    about = "Jobs that wait."
    pattern = "worker-pool"
    job = { kind = "wait", duration = "1ms", count = 100 }
    arms = { workers = [10, 100], runtimes = ["asyncio", "threads"], home = "asyncio" }

    [[claim]]
    id = "own/10"
    where = { workers = 10 }
    speedup = 9.98
    source = "a book"
    """
)


@pytest.fixture
def problems(tmp_path, monkeypatch):
    """Write a file called `own.toml` and list what is wrong with it, without the file's name in front."""
    monkeypatch.chdir(tmp_path)

    def report(content: str | bytes) -> list[str]:
        data = content if isinstance(content, bytes) else content.encode()
        Path("own.toml").write_bytes(data)
        lines = check("own.toml")
        assert all(line.startswith("own.toml: ") and "\n" not in line for line in lines)
        return [line.removeprefix("own.toml: ") for line in lines]

    return report


def changed(old: str, new: str) -> str:
    assert SOUND.count(old) == 1
    return SOUND.replace(old, new)


def test_a_sound_file_has_no_problem_and_loads(problems):
    assert problems(SOUND) == []
    scenario = load("own.toml")
    assert (scenario.name, scenario.group, scenario.path) == ("own", None, "own.toml")


def test_what_a_file_leaves_out_has_the_documented_defaults(problems):
    problems(SOUND)
    scenario = load("own.toml")
    assert (scenario.arms.pool, scenario.arms.buffer, scenario.arms.durations_s) == (("cold",), 0, (1e-3,))
    assert (scenario.claims[0].band, scenario.claims[0].says, dict(scenario.skip)) == (1.10, "9.98x", {})


def test_a_ladder_and_a_single_count_can_be_written_as_on_the_command_line(problems):
    assert problems(changed("[10, 100]", '"1..20"').replace("{ workers = 10 }", "{ workers = 20 }")) == []
    assert load("own.toml").arms.workers == (1, 2, 5, 10, 20)
    assert problems(changed("[10, 100]", "10")) == []
    assert load("own.toml").arms.workers == (10,)


def test_a_ladder_of_durations_can_be_written_as_on_the_command_line(problems):
    ladder = SOUND.partition("[[claim]]")[0].replace(
        'home = "asyncio"', 'home = "asyncio", durations = "1us..5us"'
    )
    assert problems(ladder) == []
    assert load("own.toml").arms.durations_s == (1e-6, 2e-6, 5e-6)


def test_a_claim_beside_a_single_count_of_workers_speaks_of_that_count(problems):
    assert problems(changed("[10, 100]", "[8]").replace("where = { workers = 10 }\n", "")) == []
    assert load("own.toml").claims[0].workers == 8


def test_load_raises_every_problem_at_once(problems):
    lines = problems(changed('kind = "wait"', 'kind = "wiat"').replace("9.98", "-1"))
    with pytest.raises(ScenarioError) as error:
        load("own.toml")
    assert error.value.problems == tuple(f"own.toml: {line}" for line in lines)
    assert str(error.value) == "\n".join(error.value.problems)


# The file itself


def test_an_empty_file(problems):
    assert (
        problems("") == problems("# only a comment\n\n") == [f"found an empty file, allowed {ALLOWED_FILE}"]
    )


def test_a_directory(tmp_path):
    assert check(tmp_path) == (f"{tmp_path}: found a directory, allowed {ALLOWED_FILE}",)


def test_a_missing_file(tmp_path):
    assert check(tmp_path / "no.toml") == (f"{tmp_path}/no.toml: found no such file, allowed {ALLOWED_FILE}",)


def test_a_file_below_a_file(problems):
    problems(SOUND)
    assert check("own.toml/x") == (
        f"own.toml/x: found a file that cannot be read (not a directory), allowed {ALLOWED_FILE}",
    )


def test_a_name_with_a_line_break_in_it():
    assert check("a\nb") == (f'"a\\nb": found no such file, allowed {ALLOWED_FILE}',)


def test_a_name_that_is_too_long():
    (line,) = check("x" * 5000)
    assert line.endswith(f": found a file that cannot be read (file name too long), allowed {ALLOWED_FILE}")


def test_an_unreadable_file(problems, monkeypatch):
    problems(SOUND)

    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    assert check("own.toml") == (
        f"own.toml: found a file that cannot be read (permission denied), allowed {ALLOWED_FILE}",
    )


def test_a_loop_of_links(tmp_path):
    loop = tmp_path / "loop.toml"
    loop.symlink_to(loop)
    assert check(loop) == (
        f"{loop}: found a file that cannot be read (too many levels of symbolic links), allowed {ALLOWED_FILE}",
    )


def test_a_device():
    assert check("/dev/zero") == (f"/dev/zero: found a device, allowed {ALLOWED_FILE}",)


def test_a_binary_file(problems):
    assert problems(b"\x7fELF\x02\x01\x01\x00\x80") == [
        f"found a byte that is not UTF-8 text (number 9), allowed {ALLOWED_FILE}"
    ]
    assert problems(b"about = \x00") == [f"found binary data (a null byte), allowed {ALLOWED_FILE}"]


def test_a_huge_file(problems):
    assert problems("#" * (LARGEST_BYTES + 1)) == [f"found more than a million bytes, allowed {ALLOWED_FILE}"]


def test_the_mark_that_some_editors_put_in_front_is_no_error(problems):
    assert problems("\ufeff" + SOUND) == []


# TOML


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("about = \n", "line 1, column 9: found a syntax error (invalid value)"),
        (
            'about = "x"\npattern worker-pool\n',
            "line 2, column 9: found a syntax error (expected '=' after a key",
        ),
        ('about = "x"\nabout = "y"\n', "line 2, column 12: found a syntax error (cannot overwrite a value)"),
        ("a = [1,\n2", "line 2, column 2: found a syntax error (unclosed array)"),
        ("a = [1,\n2\n\n", "line 4, column 1: found a syntax error (unclosed array)"),
        ("a", "line 1, column 2: found a syntax error (expected '=' after a key"),
    ],
)
def test_a_syntax_error_has_its_line_and_column(problems, text, line):
    (problem,) = problems(text)
    assert problem.startswith(line)
    assert problem.endswith('), allowed TOML, such as key = "text"')


def test_brackets_nested_too_deep(problems):
    (problem,) = problems("a = " + "[" * 50_000)
    assert problem.startswith("found a value that cannot be read (") or "syntax error" in problem


def test_a_number_of_thousands_of_digits(problems):
    (problem,) = problems("a = " + "9" * 5_000)
    assert problem.startswith("found a value that cannot be read (")


# Keys, types and values: one change to a sound file each

COUNT = "a whole number from 1 to 1_000_000_000, such as 10"
DURATION = "a number with its unit (ns, us, ms, s or m), at most a year, such as 100us, 1.5s or 2m"
WORKERS = "whole numbers such as 1,10,100 or a range 1..1000 (a 1-2-5 ladder), each once, from 1 to 1_000_000"
SCENARIO_KEYS = "about, pattern, job, arms, break_even, marks, claim, skip"
ARMS_KEYS = "workers, runtimes, home, pool, buffer, durations, rates, buffers, stages, best"
CLAIM_KEYS = "id, where, speedup, gain, band, source, says, serial, time, complexity, memory, needs, job, arm, per_second, rule, advised"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("about =", "abuot =", f"abuot: found an unknown key, allowed {SCENARIO_KEYS} (did you mean about?)"),
        (
            "home =",
            "hom =",
            f"arms.hom: found an unknown key, allowed {ARMS_KEYS} (did you mean home?)",
        ),
        (
            "where = { workers",
            "where = { workrs",
            "claim[own/10].where.workrs: found an unknown key, allowed workers, pool, runtime (did you mean workers?)",
        ),
        (
            "source =",
            "sorce =",
            f"claim[own/10].sorce: found an unknown key, allowed {CLAIM_KEYS} (did you mean source?)",
        ),
        (
            "about =",
            '"two\\nlines" = 1\nabout =',
            f'"two\\nlines": found an unknown key, allowed {SCENARIO_KEYS}',
        ),
        (
            'about = "Jobs that wait."\n',
            "",
            "about: found nothing, allowed a sentence that says what the scenario measures",
        ),
        (
            '"Jobs that wait."',
            '" "',
            'about: found " ", allowed a sentence that says what the scenario measures',
        ),
        (
            '"worker-pool"',
            '"workerpool"',
            f'pattern: found "workerpool", allowed {PATTERNS} (did you mean worker-pool?)',
        ),
        (
            '"worker-pool"',
            "3",
            "pattern: found 3, allowed the name of a pattern, such as worker-pool, or a list of them",
        ),
        (
            '"wait"',
            '"sleep"',
            'job.kind: found "sleep", allowed wait, cpu, mixed, image, http, python, operation or memory',
        ),
        ('"1ms"', '"1 parsec"', f'job.duration: found "1 parsec", allowed {DURATION}'),
        ('"1ms"', "0.001", f"job.duration: found 0.001, allowed {DURATION}"),
        ('"1ms"', '"-1ms"', f'job.duration: found "-1ms", allowed {DURATION}'),
        ("count = 100", "count = 0", f"job.count: found 0, allowed {COUNT}"),
        ("count = 100", 'count = "100"', f'job.count: found "100", allowed {COUNT}'),
        ("count = 100", "count = true", f"job.count: found true, allowed {COUNT}"),
        ("count = 100", "count = 1.5", f"job.count: found 1.5, allowed {COUNT}"),
        (", count = 100", "", f"job.count: found nothing, allowed {COUNT}"),
        (
            '{ kind = "wait", duration = "1ms", count = 100 }',
            '"wait"',
            'job: found "wait", allowed a table such as { kind = "wait", duration = "1ms", count = 1_000 }',
        ),
        ("[10, 100]", '[10, "a"]', f'arms.workers: found "a", allowed {WORKERS}'),
        ("[10, 100]", "[10, 0]", f"arms.workers: found 0, allowed {WORKERS}"),
        ("[10, 100]", "[]", f"arms.workers: found [], allowed {WORKERS}"),
        ("[10, 100]", '"10..1"', f'arms.workers: found "10..1", allowed {WORKERS}'),
        ("[10, 100]", "[10, 10]", "arms.workers: found a value more than once, allowed each value once"),
        (
            "workers = [10, 100], ",
            "",
            "arms.workers: found nothing, allowed a list such as [1, 10, 100], because worker-pool takes workers",
        ),
        (
            '["asyncio", "threads"]',
            '["asyncio", "thread"]',
            'arms.runtimes: found "thread", allowed asyncio, fibers, processes, simulator, threads (did you mean threads?)',
        ),
        (
            'home = "asyncio"',
            'home = "simulator"',
            'arms.home: found "simulator", allowed asyncio, threads',
        ),
        (
            'home = "asyncio"',
            'home = "asyncio", pool = "cool"',
            'arms.pool: found "cool", allowed cold, warm or a list of both (did you mean cold?)',
        ),
        (
            'home = "asyncio"',
            'home = "asyncio", buffer = -1',
            "arms.buffer: found -1, allowed a whole number from 0 to 1_000_000_000, such as 10",
        ),
        ("[[claim]]", "[claim]", "claim: found a table, allowed [[claim]] tables, with two brackets"),
        (
            '"own/10"',
            '"Own 10"',
            'claim[#1].id: found "Own 10", allowed lower-case words joined by - and /, such as worker-pool/10-workers',
        ),
        ("{ workers = 10 }", "{ workers = 11 }", "claim[own/10].where.workers: found 11, allowed 10, 100"),
        (
            "{ workers = 10 }",
            "{}",
            "claim[own/10].where.workers: found nothing, allowed 10, 100, because arms.workers has several",
        ),
        (
            "where = { workers = 10 }\n",
            "",
            "claim[own/10].where.workers: found nothing, allowed 10, 100, because arms.workers has several",
        ),
        (
            "{ workers = 10 }",
            '{ workers = 10, pool = "warm" }',
            'claim[own/10].where.pool: found "warm", allowed cold',
        ),
        (
            "{ workers = 10 }",
            '{ workers = 10, runtime = "simulator" }',
            'claim[own/10].where.runtime: found "simulator", allowed asyncio, threads',
        ),
        ("{ workers = 10 }", "3", "claim[own/10].where: found 3, allowed a table such as { workers = 10 }"),
        (
            "speedup = 9.98\n",
            "",
            "claim[own/10]: found neither speedup nor gain nor per_second nor rule, allowed one of them, such as speedup = 9.98, gain = [10, 100] or per_second = 100",
        ),
        (
            "speedup = 9.98",
            "speedup = 9.98\ngain = [1, 2]",
            "claim[own/10]: found both speedup and gain, allowed one of them",
        ),
        (
            "speedup = 9.98",
            "gain = [3, 2]",
            "claim[own/10].gain: found [3.0, 2.0], allowed the lower end first, such as [10, 100]",
        ),
        (
            "speedup = 9.98",
            "gain = [3]",
            "claim[own/10].gain: found [3], allowed the lowest and the highest gain, such as [10, 100]",
        ),
        (
            "speedup = 9.98",
            "speedup = inf",
            "claim[own/10].speedup: found infinity, allowed a number above 0, such as 9.98",
        ),
        (
            "speedup = 9.98",
            "speedup = 0",
            "claim[own/10].speedup: found 0, allowed a number above 0, such as 9.98",
        ),
        (
            "speedup = 9.98",
            "speedup = 9.98\nband = 1.0",
            "claim[own/10].band: found 1, allowed a factor above 1 and at most 10, such as 1.10",
        ),
        (
            "speedup = 9.98",
            'speedup = 9.98\nserial = "10ms"\ntime = "1100us"',
            "claim[own/10].speedup: found 9.98, allowed 9.09, the ratio of serial to time, within 1 %",
        ),
        (
            "speedup = 9.98",
            'speedup = 9.98\nserial = "10ms"',
            "claim[own/10].time: found nothing, allowed both serial and time, or neither (serial is there)",
        ),
        (
            "speedup = 9.98",
            'speedup = 9.98\nserial = "1ms"\ntime = "0ms"',
            f'claim[own/10].time: found "0ms", allowed {DURATION}, above 0',
        ),
        (
            "speedup = 9.98",
            "speedup = 9.98\ncomplexity = 6",
            "claim[own/10].complexity: found 6, allowed a whole number from 1 to 5",
        ),
        (
            "speedup = 9.98",
            'speedup = 9.98\nmemory = "med"',
            'claim[own/10].memory: found "med", allowed low, medium or high (did you mean medium?)',
        ),
        (
            "speedup = 9.98",
            "speedup = 9.98\nneeds = { cores = 0 }",
            f"claim[own/10].needs.cores: found 0, allowed {COUNT}",
        ),
        (
            'source = "a book"',
            "",
            "claim[own/10].source: found nothing, allowed text that says where the figure stands",
        ),
        (
            'source = "a book"',
            "source = 2026-11-24",
            "claim[own/10].source: found the date or time 2026-11-24, allowed text that says where the figure stands",
        ),
        (
            "[[claim]]",
            '[skip]\nsimulator = ""\n[[claim]]',
            'skip.simulator: found "", allowed a table of runtimes, each with the reason in words, such as { processes = "why" }',
        ),
        (
            "[[claim]]",
            '[skip]\nthreads = "slow"\n[[claim]]',
            "skip.threads: found a runtime that arms.runtimes measures, allowed only runtimes that are left out",
        ),
        (
            "[[claim]]",
            '[skip]\nthraeds = "slow"\n[[claim]]',
            'skip.thraeds: found "thraeds", allowed asyncio, fibers, processes, simulator, threads (did you mean threads?)',
        ),
    ],
)
def test_one_mistake_is_one_line_with_the_trail_what_was_found_and_what_is_allowed(
    problems, old, new, problem
):
    assert problems(changed(old, new)) == [problem]


def test_a_pattern_without_workers_refuses_them(problems):
    assert problems(changed('"worker-pool"', '"pipeline"')) == [
        "arms.workers: found a key too many, allowed none, because pipeline takes no workers",
        "claim[own/10].where.workers: found a key too many, allowed none, because pipeline takes no workers",
    ]


def test_a_claim_beside_a_ladder_of_durations_would_speak_of_no_single_cell(problems):
    assert problems(changed('home = "asyncio"', 'home = "asyncio", durations = ["1ms", "2ms"]')) == [
        "claim[own/10]: found a claim beside 2 durations, allowed claims beside a single one"
    ]


def test_a_claim_without_a_pool_means_a_cold_one(problems):
    assert problems(changed('home = "asyncio"', 'home = "asyncio", pool = "warm"')) == [
        "claim[own/10].where.pool: found nothing, which means cold, allowed warm"
    ]


def test_a_speedup_within_one_percent_of_the_documents_times_is_rounding(problems):
    assert problems(changed("9.98", '9.98\nserial = "10_000ns"\ntime = "1_000ns"')) == []


def test_two_claims_with_one_id_are_refused_at_the_second(problems):
    second = SOUND.partition("[[claim]]")[2].replace("9.98", "0")
    assert problems(f"{SOUND}\n[[claim]]{second}") == [
        "claim[#2].speedup: found 0, allowed a number above 0, such as 9.98",
        'claim[#2].id: found "own/10" a second time, allowed an id of its own for each claim',
    ]


def test_a_claim_about_the_plain_loop_needs_no_workers(problems, tmp_path):
    text = """\
        about = "x"
        pattern = "worker-pool"
        job = { kind = "wait", duration = "5ms", count = 20 }
        arms = { workers = [4, 16], runtimes = ["asyncio"], home = "asyncio" }
        [[claim]]
        id = "own/loop"
        arm = "serial"
        per_second = 200
        source = "x"
        """
    assert problems(text) == []
    path = tmp_path / "loop.toml"
    path.write_text(text, encoding="utf-8")
    whole = scenarios.load(path)
    assert whole.claims[0].workers is None
    assert scenarios.narrow(whole, {"own/loop"}).arms.workers == (4,)


def test_every_problem_of_a_file_is_reported_in_one_go(problems):
    lines = problems(
        """\
        abuot = "x"
        pattern = "workerpool"
        job = { kind = "wiat", duration = 5, count = 0 }
        [arms]
        workers = [10, "a"]
        runtimes = ["asyncio", "thread"]
        hom = "asyncio"
        [[claim]]
        id = "a/b"
        where = { workrs = 10 }
        speedup = 2.0
        gain = [1, 2]
        source = "x"
        [[claim]]
        id = "a/b"
        speedup = 5
        serial = "10ms"
        time = "1ms"
        source = " "
        [skip]
        threads = "b"
        prcesses = ""
        """
    )
    trails = [line.partition(": ")[0] for line in lines]
    assert trails == [
        "job.kind",
        "job.duration",
        "job.count",
        "arms.workers",
        "arms.hom",
        "claim[a/b].where.workrs",
        "claim[#2].source",
        "skip.prcesses",
        "abuot",
        "pattern",
        "arms.runtimes",
        "claim[a/b]",
        "claim[#2].id",
        "claim[#2].speedup",
        "skip.prcesses",
    ]


def test_a_hole_left_by_one_mistake_gives_no_second_message(problems):
    """A misspelt or misshapen value is not reported again as missing, or as not matching another key."""
    assert len(problems(changed("home =", "hmoe ="))) == 1
    assert len(problems(changed("[10, 100]", '["a"]'))) == 1
    assert len(problems(changed("speedup =", "speed_up ="))) == 1
    assert len(problems(changed('["asyncio", "threads"]', '"asyncio"'))) == 1


def test_a_limiter_holds_a_pace_so_a_claim_beside_one_names_it(problems):
    text = changed('home = "asyncio"', 'home = "asyncio", rates = [100]')
    assert problems(text) == [
        "claim[own/10]: found no per_second, allowed one such as per_second = 100, because arms.rates hold a pace"
    ]
    assert problems(text.replace("speedup = 9.98", "per_second = 100")) == []


def test_loading_never_imports_what_a_file_names(problems, tmp_path, monkeypatch):
    tmp_path.joinpath("trap.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    lines = problems(changed('kind = "wait"', 'kind = "python", function = "trap:work"'))
    assert [line.partition(": ")[0] for line in lines] == ["job.inputs", "job.duration"]


def test_a_shipped_file_is_called_by_its_group_wherever_it_is_loaded_from(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = next(path for path in scenarios.shipped() if path.stem == "fan-out")
    assert load(path).name == "claims/fan-out"
    assert load(os.path.relpath(path)).path == "scenarios/claims/fan-out.toml"


KEYS = [
    *(
        "about",
        "pattern",
        "job",
        "arms",
        "claim",
        "skip",
        "kind",
        "duration",
        "count",
        "workers",
        "runtimes",
        "home",
    ),
    *(
        "pool",
        "buffer",
        "durations",
        "id",
        "where",
        "speedup",
        "gain",
        "band",
        "source",
        "serial",
        "time",
        "needs",
    ),
]
TEXT = st.text('ab1."\n\\é', max_size=5)
VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats() | TEXT | st.sampled_from(["1ms", "asyncio"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | TEXT, inner),
    max_leaves=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # no claim about time
@given(st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_no_content_whatever_ends_in_anything_but_problems(values):
    _, problems = examine({**tomllib.loads(SOUND), **values}, "own.toml", "own")
    assert all(str(problem).count("\n") == 0 for problem in problems)
