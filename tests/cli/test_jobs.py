"""Jobs that compute, fetch, resize or are one's own: right on every arm, and what is wrong is one line."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from http.client import HTTPConnection
from itertools import count
from pathlib import Path

import pytest

from gopatterns_cli.answers import alike
from gopatterns_cli.app import main
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import calibrating
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.jobs import Jobs, WrongRunError
from gopatterns_cli.measuring.kinds import effect_of, http, image
from gopatterns_cli.measuring.kinds.cpu import spin, spun
from gopatterns_cli.measuring.processes import LostRunError, Order, launch
from gopatterns_cli.measuring.site import site_for
from gopatterns_cli.measuring.timing import timed_arm, workload_of
from gopatterns_cli.measuring.trace import PARTS
from gopatterns_cli.session import load

EVERY_ARM = [
    ("serial", None),
    *((arm, runtime) for runtime in ("asyncio", "threads", "processes") for arm in ("native", "gopat")),
]

KINDS = {
    "cpu": {"operations": 1_000},
    "mixed": {"duration_s": 1e-3, "share": 0.5, "operations": 1_000},
    "image": {"duration_s": 1e-3},
    "http": {"duration_s": 1e-3},
    "python": {},
}

OWN = """\
import asyncio
import itertools
import os
import random
import sys
import time

import patterns

ITEMS = [1, 2, 3, 4, 5, 6]
ENDLESS = itertools.count()
EMPTY = []
NUMBER = 3


def made():
    yield from ITEMS


def bad():
    raise KeyError("gone")


def plain(number):
    return number + 1


async def of_asyncio(number):
    await asyncio.sleep(0)
    return number + 1


async def of_any_runtime(number):
    await patterns.sleep(0)
    return number + 1


def breaks_on_three(number):
    if number == 3:
        raise ValueError("no\\nthrees\\nhere")
    return number


calls = itertools.count()


def breaks_later(number):
    if next(calls) >= len(ITEMS):
        raise ValueError("no more\\nof it")
    return number


def exits_later(number):
    if next(calls) >= len(ITEMS):
        sys.exit(0)
    return number


def exits(number):
    sys.exit(0)


def ends_the_process(number):
    os._exit(3)


def hangs_on_three(number):
    if number == 3:
        time.sleep(3_600)


def another(number):
    return random.random()


def nan(number):
    return float("nan")


def prints(number):
    print("printed", end="")
    print("and said", end="", file=sys.stderr)
    os.write(1, b"raw")
    return number


no_name = lambda number: number
"""


@pytest.fixture
def own(tmp_path, monkeypatch, request):
    """A module of the user's, in the working directory; the name that it has there."""
    name = re.sub(r"\W", "_", f"own_{tmp_path.name}")
    tmp_path.joinpath(f"{name}.py").write_text(OWN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("GOPAT_RESULTS", raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield name
    sys.modules.pop(name, None)


@pytest.fixture
def bench(own, tmp_path, capfd):
    """Run a bench of a scenario whose jobs are `function` over `inputs`."""

    def run(function, inputs="ITEMS", *options, runtimes=("asyncio",), **job):
        names = {"function": f"{own}:{function}", "inputs": f"{own}:{inputs}"}
        keys = ", ".join(f"{key} = {json.dumps(value)}" for key, value in {**names, **job}.items())
        tmp_path.joinpath("jobs.toml").write_text(
            f"""\
about = "Jobs of one's own."
pattern = "worker-pool"
job = {{ kind = "python", {keys} }}
arms = {{ workers = [2], runtimes = {json.dumps(runtimes)}, home = "{runtimes[0]}" }}
""",
            encoding="utf-8",
        )
        code = main(["bench", "jobs.toml", "--no-go", *options])
        out, err = capfd.readouterr()
        return code, out, err

    return run


def a_cell(kind="python", arm="gopat", runtime="asyncio", **changes):
    serial = arm == "serial"
    cell = Cell(
        "jobs",
        "worker-pool",
        arm,
        runtime,
        None if serial else "cold",
        None if serial else 2,
        10,
        kind,
        0.0,
        6,
    )
    return replace(cell, **changes)


def order(cell, **changes):
    return replace(Order(cell, loops=1, values=1, warmups=0, hash_seed=1, timeout_s=50), **changes)


def lost(cell, **changes):
    with pytest.raises(LostRunError) as raised:
        launch(order(cell, **changes))
    (line,) = str(raised.value).splitlines()
    return line


# Every kind on every arm


@pytest.mark.parametrize(("arm", "runtime"), EVERY_ARM)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_job_is_done_right_by_every_arm(own, kind, arm, runtime):
    names = {"function": f"{own}:plain", "inputs": f"{own}:ITEMS"} if kind == "python" else {}
    cell = a_cell(kind, arm, runtime, **KINDS[kind], **names)
    run = launch(order(cell))
    assert run.job_s >= max(cell.sleep_s, 1e-9)
    assert sum(run.budget[part] for part in PARTS) == pytest.approx(run.budget["whole_s"])


@pytest.mark.parametrize("kind", ["cpu", "image", "http"])
def test_a_fan_out_does_the_same_jobs(kind):
    for arm, runtime in (("native", "processes"), ("gopat", "threads")):
        run = launch(order(a_cell(kind, arm, runtime, pattern="fan-out-fan-in", **KINDS[kind])))
        assert run.job_s > 0


def test_a_limiter_before_the_jobs_changes_nothing_about_their_answers():
    assert launch(order(a_cell("image", runtime="threads", rate=1_000.0))).job_s > 0


def test_what_is_computed_repeats_after_eight_items():
    assert [spun(100, item) for item in range(24)] == [spin(100, item) for item in range(24)]
    assert len({spin(100, item) for item in range(24)}) == 8


@pytest.mark.parametrize(
    ("kind", "module", "wrong", "message"),
    [
        ("cpu", "cpu.spin", lambda operations, item: item, r"wrong answer: 0 where \d+ is right"),
        ("http", "http.fetched", lambda port, item: item, r"wrong answer: 1 where 2 is right$"),
        ("image", "image.resized", image.picture, r"where \(\(80, 60\), .* is right$"),
        ("image", "image.resized", lambda item: b"no image", r"b'no image' where \(\(80, 60\), "),
        ("image", "image.resized", lambda item: small(item + 1), r"where \(\(80, 60\), .* is right$"),
        ("image", "image.resized", lambda item: small(item, "L"), r"where \(\(80, 60\), .* is right$"),
    ],
)
def test_a_job_that_gives_a_wrong_answer_is_caught(monkeypatch, kind, module, wrong, message):
    monkeypatch.setattr(f"gopatterns_cli.measuring.kinds.{module}", wrong)
    cell = a_cell(kind, "serial", None, operations=100)
    jobs = Jobs.of(cell, workload_of(cell))
    with pytest.raises(WrongRunError, match=message):
        timed_arm(jobs)(1)


resized = image.resized


def small(item, mode="RGB"):
    """A small image, as it should be but for the colour."""
    from io import BytesIO

    from PIL import Image

    made = BytesIO()
    Image.open(BytesIO(resized(item))).convert(mode).save(made, "JPEG")
    return made.getvalue()


def test_a_right_image_is_accepted_whatever_its_encoder():
    for item in range(16):
        assert image.looks_the_same(small(item), image.expected(item))


# Pages


def test_the_site_answers_the_double_and_is_gone_afterwards():
    with site_for(a_cell("http", duration_s=0.0)) as port:
        assert [http.fetched(port, item) for item in (0, 1, 21)] == [0, 2, 42]
        http._kept.connection.close()
        del http._kept.connection
    with pytest.raises(ConnectionRefusedError):
        HTTPConnection("127.0.0.1", port).request("GET", "/1")


def test_jobs_of_other_kinds_have_no_site():
    with site_for(a_cell("cpu")) as port:
        assert port == 0


@pytest.mark.parametrize("arm", ["gopat", "native"])
def test_no_process_is_left_when_pages_were_fetched(monkeypatch, arm):
    made, popen = [], subprocess.Popen

    def noted(*arguments, **options):
        made.append(popen(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)
    launch(order(a_cell("http", arm, "threads", duration_s=1e-4)))
    assert len(made) == 2
    assert None not in [process.returncode for process in made]


def test_the_site_ends_with_whoever_started_it():
    command = [sys.executable, "-m", "gopatterns_cli.measuring.site", "0.0"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as site:  # fmt: skip
        assert int(site.stdout.readline()) > 0
        site.stdin.close()
        assert site.wait(timeout=30) == 0


@pytest.mark.parametrize("program", ["/bin/false", "/nowhere/python"])
def test_a_site_that_does_not_start_is_one_line(monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)
    assert lost(a_cell("http")).startswith("the site that jobs fetch from did not start")


# One's own functions


def own_cell(own, function, arm="gopat", runtime="asyncio"):
    return a_cell("python", arm, runtime, function=f"{own}:{function}", inputs=f"{own}:ITEMS")


@pytest.mark.parametrize(("arm", "runtime"), EVERY_ARM)
def test_an_async_function_that_takes_any_runtime_is_awaited_on_every_arm(own, arm, runtime):
    assert launch(order(own_cell(own, "of_any_runtime", arm, runtime))).job_s > 0


@pytest.mark.parametrize("runtime", ["threads", "processes"])
def test_an_async_function_of_asyncios_on_another_runtime_is_one_line_that_says_so(own, runtime):
    assert launch(order(own_cell(own, "of_asyncio"))).job_s > 0
    line = lost(own_cell(own, "of_asyncio", runtime=runtime))
    assert line.startswith(f"{own}:of_asyncio fails: TypeError: ")
    assert line.endswith("it belongs to another event loop; the asyncio runtime can await asyncio's")


def test_what_a_function_prints_does_not_spoil_what_was_measured(own):
    for arm, runtime in EVERY_ARM:
        assert launch(order(own_cell(own, "prints", arm, runtime))).job_s > 0


def test_nan_is_the_same_answer_as_nan():
    assert alike(math.nan, math.nan)
    assert alike(1, 1.0)
    assert not alike(1, math.nan)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("breaks_on_three", "{own}:breaks_on_three fails on 3: ValueError: no threes here"),
        ("breaks_later", "{own}:breaks_later fails: ValueError: no more of it"),
        ("exits", "{own}:exits fails on 1: SystemExit: 0"),
        ("exits_later", "{own}:exits_later fails: SystemExit: 0"),
        ("ends_the_process", "the worker ended with 3"),
    ],
)
@pytest.mark.parametrize(("arm", "runtime"), [EVERY_ARM[0], *EVERY_ARM[1:5]])
def test_a_function_that_fails_is_one_line(own, function, message, arm, runtime):
    assert lost(own_cell(own, function, arm, runtime)) == message.format(own=own)


@pytest.mark.parametrize(("arm", "runtime"), EVERY_ARM)
def test_a_function_that_gives_another_answer_each_time_is_told_so(own, arm, runtime):
    line = lost(own_cell(own, "another", arm, runtime))
    assert re.fullmatch(r"wrong answer: \S+ where \S+ is right \(it gives another answer each time\)", line)


def test_a_function_that_hangs_is_killed(own):
    assert lost(own_cell(own, "hangs_on_three"), timeout_s=2) == "hung: killed after 2 s"


@pytest.mark.parametrize("arm", ["native", "gopat"])
def test_what_cannot_go_to_another_process_is_one_line(own, arm):
    assert launch(order(own_cell(own, "no_name", arm, "threads"))).job_s > 0
    line = lost(own_cell(own, "no_name", arm, "processes"))
    assert line.startswith(f"job.function: {own}:no_name cannot go to another process: Can't pickle ")


def test_a_file_is_run_once_for_its_function_and_its_inputs(own, tmp_path):
    tmp_path.joinpath(f"{own}.py").write_text(
        """
class Item:
    pass

ITEMS = [Item(), Item()]

def plain(item):
    return isinstance(item, Item) or 1 / 0
""",
        encoding="utf-8",
    )
    cell = replace(own_cell(f"{own}.py", "plain"), count=2)
    assert launch(order(cell)).job_s > 0
    line = lost(replace(cell, runtime="processes"))
    assert line.startswith(f"job.function: found {own}.py:plain, allowed a module on processes: ")


def test_inputs_that_are_fewer_than_there_were_are_one_line(own):
    line = lost(replace(own_cell(own, "plain"), count=7))
    assert line == f"job.inputs: found 6 in {own}:ITEMS, there were 7"


# One's own functions, from the command line


@pytest.mark.parametrize(
    ("function", "inputs", "code", "message"),
    [
        (
            "plian",
            "ITEMS",
            2,
            'job.function: found "plian" of {own}, which is not there (did you mean plain?)',
        ),
        ("NUMBER", "ITEMS", 2, 'job.function: found "NUMBER" of {own}, which is no function'),
        ("plain", "ITEM", 2, 'job.inputs: found "ITEM" of {own}, which is not there (did you mean ITEMS?)'),
        ("plain", "EMPTY", 2, "job.inputs: found {own}:EMPTY, which is empty; allowed at least one input"),
        ("plain", "NUMBER", 2, "job.inputs: found {own}:NUMBER, allowed something to iterate over, or a"),
        ("plain", "ENDLESS", 2, "job.inputs: found 1,000,000 or more in {own}:ENDLESS; job.count says how"),
        ("plain", "bad", 1, "job.inputs: {own}:bad fails: KeyError: 'gone'"),
        ("plain", "exits", 1, "job.inputs: {own}:exits fails: TypeError: "),
    ],
)
def test_what_is_wrong_with_a_function_or_its_inputs_is_said_before_anything_is_measured(
    bench, own, tmp_path, function, inputs, code, message
):
    found, out, err = bench(function, inputs)
    assert (found, out, len(err.splitlines())) == (code, "", 1)
    assert err.startswith(f"error: {message.format(own=own)}")
    assert not tmp_path.joinpath("results").exists()


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (None, 2, "job.function: nowhere_at_all cannot be imported: No module named 'nowhere_at_all'"),
        ("import nothing_like_it\n", 2, "cannot be imported: No module named 'nothing_like_it'"),
        ("def (\n", 2, "cannot be imported: SyntaxError: "),
        ("raise OSError('no\\ndisk')\n", 1, "fails when it is imported: OSError: no disk"),
        ("import sys\nsys.exit(0)\n", 1, "fails when it is imported: SystemExit: 0"),
    ],
)
def test_a_module_that_is_missing_or_broken_is_one_line(bench, own, tmp_path, capfd, text, code, message):
    bench("plain", "ITEMS", "--list")
    name = "nowhere_at_all" if text is None else f"broken_{own}"
    if text is not None:
        tmp_path.joinpath(f"{name}.py").write_text(text, encoding="utf-8")
    scenario = tmp_path / "jobs.toml"
    scenario.write_text(scenario.read_text().replace(f"{own}:plain", f"{name}:plain"), encoding="utf-8")
    assert main(["check", "jobs.toml"]) == 0  # which imports nothing of the user's
    capfd.readouterr()
    found = main(["bench", "jobs.toml", "--no-go"])
    out, err = capfd.readouterr()
    assert (found, out, len(err.splitlines())) == (code, "", 1)
    assert message in err


@pytest.mark.parametrize(
    ("inputs", "job", "jobs"),
    [
        ("ITEMS", {}, 6),
        ("ITEMS", {"count": 2}, 2),
        ("ITEMS", {"count": 9}, 6),
        ("made", {}, 6),
        ("ENDLESS", {"count": 7}, 7),
    ],
)
def test_the_plan_has_as_many_jobs_as_there_are_inputs_or_fewer(bench, inputs, job, jobs):
    code, out, _ = bench("plain", inputs, "--list", "--json", **job)
    plan = json.loads(out)
    assert code == 0
    assert {cell["count"] for cell in plan["cells"]} == {jobs}
    assert plan["scenarios"]["jobs"]["job"]["count"] == jobs


def test_what_a_module_prints_does_not_spoil_the_json(bench, own, tmp_path):
    with tmp_path.joinpath(f"{own}.py").open("a", encoding="utf-8") as module:
        module.write("print('imported')\n")
    code, out, err = bench("plain", "ITEMS", "--list", "--json")
    assert (code, err) == (0, "imported\n")
    assert json.loads(out)["cells"]


def test_the_session_goes_on_without_the_arms_that_were_lost(bench, own):
    code, out, err = bench("no_name", "ITEMS", "--rounds", "1", runtimes=("threads", "processes"))
    assert code == 0
    assert "Traceback" not in err
    session = load(Path(out.splitlines()[-1].removeprefix("session: ")))
    assert {loss.cell for loss in session.lost} == {
        "jobs/native/processes/cold/workers=2",
        "jobs/gopat/processes/cold/workers=2",
    }
    assert {run.cell for run in session.runs} == {
        "jobs/serial",
        "jobs/native/threads/cold/workers=2",
        "jobs/gopat/threads/cold/workers=2",
        "jobs/gopat/threads/cold/workers=2/again",
    }
    assert len([line for line in out.splitlines() if line.startswith("lost: ")]) == 2


def test_a_function_that_fails_everywhere_leaves_nothing_to_measure(bench, own):
    code, out, err = bench("breaks_on_three", "ITEMS", "--rounds", "1")
    why = f"{own}:breaks_on_three fails on 3: ValueError: no threes here"
    assert (code, out) == (1, "")
    assert err.splitlines()[-1] == f"error: nothing could be measured: jobs/serial: {why}"
    assert "Traceback" not in err


# Images without Pillow


def test_images_without_pillow_are_refused_before_anything_is_measured(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    code = main(["bench", "image-batch", "--no-go"])
    out, err = capfd.readouterr()
    line = "error: image-batch: jobs of the kind image take Pillow: pip install 'gopat[image]'\n"
    assert (code, out, err) == (2, "", line)


def test_without_pillow_everything_else_is_measured_and_the_images_are_out_of_reach(
    tmp_path, monkeypatch, capfd
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    assert main(["bench", "all", "--list", "--no-go"]) == 0
    out = capfd.readouterr().out
    assert "image-batch/serial" not in out
    assert "worker-pool/serial" in out
    reason = "jobs of the kind image take Pillow: pip install 'gopat[image]'"
    for claim in ("single", "10-workers", "50-workers", "rate-limited"):
        assert f"out of reach: image-batch/{claim}: {reason}" in out


def test_a_worker_without_pillow_says_so_in_one_line(tmp_path, monkeypatch):
    """Where it went between the plan and a round."""
    tmp_path.joinpath("PIL").mkdir()
    tmp_path.joinpath("PIL/__init__.py").write_text("raise ImportError('gone')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    line = "jobs of the kind image take Pillow: pip install 'gopat[image]'"
    assert lost(a_cell("image", "serial", None)) == line


# Nothing is left


def test_a_bench_that_is_killed_leaves_no_process_of_a_pool_by_hand(tmp_path):
    """Nothing can end them any more but the kernel."""
    if not Path(f"/proc/self/task/{os.getpid()}/children").exists():
        pytest.skip("this system does not list a process's children")
    cell = json.dumps(a_cell("wait", "native", "processes", duration_s=3_600.0).to_json())
    program = f"""if True:
        import json
        from gopatterns_cli.measuring.cells import Cell
        from gopatterns_cli.measuring.processes import Order, launch
        launch(Order(Cell.from_json(json.loads({cell!r})), 1, 1, 0, 1, 50))
    """
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as bench:
        (worker,) = _children(bench.pid, 1)
        pool = _children(worker, 2)
        bench.kill()
    for process in (worker, *pool):
        while not _ended(process):
            time.sleep(0.01)  # it is the kernel that ends it; the test's time-out is the net


def _children(parent, least):
    while True:
        found = [
            int(child)
            for file in Path(f"/proc/{parent}/task").glob("*/children")
            for child in file.read_text(encoding="ascii").split()
        ]
        if len(found) >= least:
            return found
        time.sleep(0.01)  # another process's doing: there is nothing to wait on


def _ended(process):
    try:
        return "zombie" in Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return True


# How much a job computes


@pytest.fixture
def calibrations(tmp_path, monkeypatch):
    """How often a machine's speed was measured; another one each time."""
    speeds = count(1_000_000)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(calibrating, "_measured", lambda: float(next(speeds)))
    return tmp_path / "cache" / "gopat" / "operations.json"


def test_a_machines_speed_is_measured_once_and_kept(calibrations):
    assert [calibrating.operations_per_s() for _ in range(3)] == [1_000_000.0] * 3
    assert list(json.loads(calibrations.read_text()).values()) == [1_000_000.0]


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", "null", "3", "\0", '{"KEY": null}', '{"KEY": "fast"}', '{"KEY": 0}', '{"KEY": -5}',
     '{"KEY": true}', '{"KEY": NaN}', '{"KEY": Infinity}', '{"KEY": [1000000]}'],
)  # fmt: skip
def test_a_damaged_cache_is_measured_anew_and_mended(calibrations, damage):
    calibrating.operations_per_s()
    (key,) = json.loads(calibrations.read_text())
    calibrations.write_text(damage.replace("KEY", key), encoding="utf-8")
    assert [calibrating.operations_per_s() for _ in range(2)] == [1_000_001.0] * 2


def test_the_speeds_of_other_machines_stay(calibrations):
    calibrations.parent.mkdir(parents=True)
    calibrations.write_text('{"another machine": 5.0}', encoding="utf-8")
    assert calibrating.operations_per_s() == 1_000_000.0
    assert len(json.loads(calibrations.read_text())) == 2
    assert json.loads(calibrations.read_text())["another machine"] == 5.0


def test_a_cache_that_cannot_be_written_does_no_harm(calibrations, tmp_path):
    tmp_path.joinpath("cache").write_text("a file", encoding="utf-8")
    assert [calibrating.operations_per_s() for _ in range(2)] == [1_000_000.0, 1_000_001.0]
    assert tmp_path.joinpath("cache").read_text(encoding="utf-8") == "a file"


def test_a_machines_speed_is_measured_in_a_process_of_its_own():
    assert calibrating._measured() > calibrating.FEWEST


@pytest.mark.parametrize("program", ["/bin/false", "/bin/true", "/nowhere/python"])
def test_a_speed_that_cannot_be_measured_is_one_line(monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(Failure, match=r"^how fast this machine computes cannot be measured: ") as raised:
        calibrating._measured()
    assert len(raised.value.message.splitlines()) == 1


def test_every_kind_of_job_has_its_file():
    for kind in ("wait", *KINDS):
        if kind != "python":
            assert effect_of(a_cell(kind), 0).expected is not None
