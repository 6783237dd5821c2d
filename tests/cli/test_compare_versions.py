"""`gopat compare --ref` and `--python`, from the command line to the last line; nothing is built."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from versioned import BOTH, TEN, Timed

if TYPE_CHECKING:
    from pathlib import Path

from gopatterns_cli.failure import Failure
from gopatterns_cli.session import COMPLETE, INTERRUPTED, RUNNING, load

OWN = """\
about = "Mine."
pattern = "worker-pool"
job = { kind = "python", function = "work:double", inputs = "work:INPUTS" }
arms = { workers = [2], runtimes = ["threads"], home = "threads" }
"""


@pytest.fixture
def built(monkeypatch):
    """Versions that are there at once, each with an environment of its own; what was asked for."""
    asked = []

    def placed(version):
        return replace(
            version, python=f"/python-of-{version.label}", paths=(version.label,), folder=version.label
        )

    @contextmanager
    def build(ref, pythons, say):
        if ref == "nosuch":
            raise Failure("--ref: found nosuch, which is no branch", 2)
        asked.append((ref, tuple(pythons)))
        say(f"building {ref}")
        yield tuple(map(placed, BOTH))

    @contextmanager
    def rebuild(stored, say):
        asked.append(tuple(version.label for version in stored))
        yield tuple(map(placed, stored))

    monkeypatch.setattr("gopatterns_cli.versions.making.built", build)
    monkeypatch.setattr("gopatterns_cli.comparing.rebuilt", rebuild)
    return asked


@pytest.fixture
def timed(monkeypatch):
    """Set how long everything takes."""

    def set_to(launcher):
        monkeypatch.setattr("gopatterns_cli.measuring.processes.launch", launcher)
        return launcher

    return set_to


def only_session(folder: Path) -> Path:
    (path,) = (folder / "results").glob("*.json")
    return path


def test_both_versions_are_measured_in_the_same_rounds_each_in_its_environment(gopat, built, timed, tmp_path):
    launcher = timed(Timed())
    code, out, err = gopat("compare", "--ref", "origin/main", "--target", "worker-pool", "--seed", "7")
    assert (code, built) == (0, [("origin/main", ())])
    assert out.splitlines()[0] == "2 same"
    assert "building origin/main" in err.splitlines()
    assert {order.cell.version: order.environment.python for order in launcher.orders} == {
        "base": "/python-of-base",
        "new": "/python-of-new",
    }
    session = load(only_session(tmp_path))
    assert (session.group, session.status, session.rounds_done) == ("versions", COMPLETE, 8)
    assert session.plan.seed == 7
    assert only_session(tmp_path).name.endswith("-versions.json")


@pytest.mark.parametrize(
    ("launcher", "options", "code", "first"),
    [
        (Timed({TEN: 1.3}), (), 3, "1 regression, 1 same"),
        (Timed({TEN: 1.3}), ("--tolerance", "40%"), 0, "1 same, 1 inconclusive"),
        (Timed({TEN: 1.3}, off=1.2), (), 4, "1 regression, 1 same"),
        (Timed(off=1.2), ("--strict",), 4, "2 same"),
        (Timed(), ("--quick",), 0, "2 same"),
    ],
)
def test_the_exit_code_is_that_of_the_verdicts(gopat, built, timed, launcher, options, code, first):
    timed(launcher)
    found, out, _ = gopat("compare", "--ref", "v1", "--target", "worker-pool", *options)
    assert found == code
    assert out.startswith(first)


def test_what_it_prints_is_in_the_form_that_is_asked_for(gopat, built, timed):
    timed(Timed({TEN: 1.3}))
    _, out, _ = gopat("compare", "--ref", "v1", "--target", "worker-pool", "--json")
    assert json.loads(out)["outcome"]["code"] == 3


def test_the_session_is_shown_again_by_its_path(gopat, built, timed, tmp_path):
    timed(Timed({TEN: 1.3}))
    _, out, _ = gopat("compare", "--ref", "v1", "--target", "worker-pool", "--output", "mine.json")
    assert gopat("compare", "mine.json")[:2] == (3, out)


def test_interrupted_it_says_the_way_on_and_goes_on_with_the_same_versions(gopat, built, timed, tmp_path):
    whole = Timed()

    def interrupted(order):
        if len(whole.orders) == 20:
            raise KeyboardInterrupt
        return whole(order)

    timed(interrupted)
    code, _, err = gopat("compare", "--ref", "v1", "--target", "worker-pool")
    path = only_session(tmp_path)
    assert code == 130
    assert load(path).status == INTERRUPTED
    assert err.splitlines()[-1].endswith(f"gopat bench --resume results/{path.name}")
    launcher = timed(Timed())
    code, out, _ = gopat("bench", "--resume", f"results/{path.name}")
    assert (code, built[-1]) == (0, ("base", "new"))
    assert out.splitlines()[0] == "2 same"
    assert {order.environment.python for order in launcher.orders} == {"/python-of-base", "/python-of-new"}


def test_of_a_function_of_the_users_the_plain_loop_is_compared_too(
    gopat, built, timed, tmp_path, monkeypatch
):
    """Its inputs are counted where each version is: the fewest are taken."""
    tmp_path.joinpath("own.toml").write_text(OWN)
    counts = {"/python-of-base": 8, "/python-of-new": 5}
    monkeypatch.setattr("gopatterns_cli.comparing.counted_in", lambda given, job: counts[given.python])
    timed(Timed())
    assert gopat("compare", "--ref", "v1", "--target", "own.toml")[0] == 0
    cells = load(only_session(tmp_path)).plan.cells
    arms = ("serial", "gopat/threads/cold/workers=2")
    assert {cell.name for cell in cells} == {
        f"own/{arm}/{label}" for arm in arms for label in ("base", "new")
    }
    assert {cell.count for cell in cells} == {5}


def test_going_on_ends_as_the_gate_would_have(gopat, built, timed, tmp_path):
    whole = Timed({TEN: 1.3})

    def interrupted(order):
        if len(whole.orders) == 20:
            raise KeyboardInterrupt
        return whole(order)

    timed(interrupted)
    gopat("compare", "--ref", "v1", "--target", "worker-pool")
    timed(Timed({TEN: 1.3}))
    code, out, _ = gopat("bench", "--resume", f"results/{only_session(tmp_path).name}")
    assert code == 3
    assert out.splitlines()[-1].startswith("exit 3: regression: ")


def test_versions_that_cannot_be_built_again_leave_the_session_interrupted(
    gopat, built, timed, tmp_path, monkeypatch
):
    def interrupted(order):
        raise KeyboardInterrupt

    timed(interrupted)
    gopat("compare", "--ref", "v1", "--target", "worker-pool")
    path = only_session(tmp_path)

    @contextmanager
    def gone(stored, say):
        assert load(path).status == RUNNING  # nobody else may go on with it meanwhile
        raise Failure("v1 is gone", 2)
        yield

    monkeypatch.setattr("gopatterns_cli.comparing.rebuilt", gone)
    assert gopat("bench", "--resume", str(path))[0] == 2
    assert load(path).status == INTERRUPTED


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--ref", "nosuch"), 2, "--ref: found nosuch, which is no branch"),
        (("--target", "worker-pool"), 2, "--target: found without --ref or --python, where it means nothing"),
        (("--rounds", "8"), 2, "--rounds: found without --ref or --python, where it means nothing"),
        (("overhead", "--ref", "v1"), 2, "SESSION: found beside --ref or --python, where it means nothing"),
        (("--ref", "v1", "--baseline", "b.json"), 2, "--baseline: found beside --ref or --python"),
        (("--ref", "v1", "--across-machines"), 2, "--across-machines: found beside --ref or --python"),
        (("--ref", "v1", "--target", "nothing"), 2, 'TARGET: found "nothing"'),
        (
            ("--ref", "v1", "--target", "image-batch"),
            2,
            "--target: found nothing that a version",
        ),
        (("--ref", "v1", "--target", "pipeline", "--output", "own.toml"), 2, "--output: found own.toml"),
    ],
)
def test_what_cannot_be_is_one_line(gopat, built, timed, tmp_path, arguments, code, message):
    tmp_path.joinpath("own.toml").write_text(OWN)
    launcher = timed(Timed())
    found, out, err = gopat("compare", *arguments)
    assert (found, out, launcher.orders) == (code, "", [])
    assert err.splitlines()[-1].startswith(f"error: {message}")
