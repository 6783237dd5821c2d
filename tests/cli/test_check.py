"""`gopat check`: all problems of all files, in one go."""

# ruff: noqa: E501 - a message stands in one piece, as a user sees it

import json
import textwrap
from pathlib import Path

import pytest

import scenarios
from gopatterns_cli.app import main

ALLOWED_FILE = "a TOML file with about, pattern, job and arms"


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    """Run `gopat check` in a folder of its own, and return exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["check", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def own(check):
    text = next(path for path in scenarios.shipped() if path.stem == "pipeline").read_text(encoding="utf-8")
    Path("own.toml").write_text(text, encoding="utf-8")
    return text


def test_without_a_file_everything_shipped_is_checked_and_sound(check):
    code, out, err = check()
    assert (code, err) == (0, "")
    claims = "".join(f"{line}\n" for line in out.splitlines() if line.startswith("scenarios/claims/"))
    assert claims == textwrap.dedent(
        """\
        scenarios/claims/fan-out-cpu.toml: sound, claims: 1
        scenarios/claims/fan-out.toml: sound, claims: 2
        scenarios/claims/image-batch-limited.toml: sound, claims: 1
        scenarios/claims/image-batch.toml: sound, claims: 3
        scenarios/claims/pipeline.toml: sound, claims: 2
        scenarios/claims/rate-limit.toml: sound, claims: 2
        scenarios/claims/worker-pool.toml: sound, claims: 3
        """
    )
    assert len(out.splitlines()) == len(scenarios.shipped())
    assert {line.partition(": ")[2].rpartition(":")[0] for line in out.splitlines()} == {"sound, claims"}


def test_a_peer_that_does_not_exist_is_a_problem(check):
    Path("own.toml").write_text(
        'about = "x"\npattern = "overhead"\njob = { kind = "operation", operation = "spawn", count = 5 }\n'
        'arms = { runtimes = ["fibers"], home = "fibers", best = ["tryo"] }\n',
        encoding="utf-8",
    )
    code, _, err = check("own.toml")
    assert code == 2
    assert err.startswith("error: own.toml: arms.best: found 'tryo', allowed ")
    assert err.endswith("(did you mean trio?)\n")


def test_a_file_of_ones_own_is_as_good_as_a_shipped_one(check, own):
    assert check("own.toml") == (0, "own.toml: sound, claims: 2\n", "")


def test_all_problems_of_all_files_are_reported_in_one_go(check, own):
    Path("bad.toml").write_text(own.replace("home =", "hoem =").replace("10_000", "0"), encoding="utf-8")
    Path("empty.toml").touch()
    code, out, err = check("bad.toml", "own.toml", "empty.toml", "onw.toml", ".")
    assert (code, out) == (2, "own.toml: sound, claims: 2\n")
    assert err.splitlines() == [
        "error: bad.toml: job.count: found 0, allowed a whole number from 1 to 1_000_000_000, such as 10",
        "error: bad.toml: arms.hoem: found an unknown key, allowed workers, runtimes, home, pool, buffer, durations, rates, buffers, stages, best (did you mean home?)",
        f"error: empty.toml: found an empty file, allowed {ALLOWED_FILE}",
        f"error: onw.toml: found no such file, allowed {ALLOWED_FILE} (did you mean own.toml?)",
        f"error: .: found a directory, allowed {ALLOWED_FILE}",
    ]


def test_a_runtime_without_real_time_is_a_problem_though_it_is_a_runtime(check, own):
    Path("own.toml").write_text(own.replace('"asyncio"', '"simulator"'), encoding="utf-8")
    code, _, err = check("own.toml")
    assert code == 2
    assert "arms.runtimes: found simulator, which has no real time to measure" in err


def test_json_has_every_file_with_its_claims_or_its_problems(check, own):
    Path("bad.toml").write_bytes(b"\xff\xfe")
    code, out, err = check("own.toml", "bad.toml", "--json")
    problem = f"bad.toml: found a byte that is not UTF-8 text (number 1), allowed {ALLOWED_FILE}"
    assert (code, err) == (2, f"error: {problem}\n")
    assert json.loads(out) == {
        "files": [
            {
                "file": "own.toml",
                "scenario": "own",
                "claims": ["pipeline/3-stages", "summary/pipeline"],
                "problems": [],
            },
            {"file": "bad.toml", "scenario": None, "claims": [], "problems": [problem]},
        ]
    }
