"""The command and its table."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from gopatterns_cli.failure import Failure
from gopatterns_cli.overhead import __main__ as command
from gopatterns_cli.overhead import peers, rounds, table
from gopatterns_cli.overhead.operations import OPERATIONS
from gopatterns_cli.overhead.rounds import Row

TABLE = """\
arm               ns/item  x asyncio-queue      x go  lacks
go                     50             0.05      1.00
asyncio-queue       1,000             1.00     20.00  no close before 3.13: a sentinel
gopat/threads  2,500,000*          2500.00  50000.00
janus              failed                             it hangs
* fewer items, as it is slow: gopat/threads 800""".splitlines()


def test_the_command_prints_a_table_of_one_operation():
    done = subprocess.run(
        [
            *(sys.executable, "-m", "gopatterns_cli.overhead", "buffered", "--rounds", "1"),
            *("--count", "60", "--arms", "gopat/asyncio,asyncio-queue,thread-pool"),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )
    assert done.stderr == ""
    head, names, *rows = done.stdout.splitlines()
    assert head.startswith("buffered: 60 times one number")
    assert names.split() == ["arm", "ns/item", "x", "asyncio-queue", "lacks"]
    found = {row.split()[0]: row for row in rows if row}
    assert found.keys() == {"gopat/asyncio", "asyncio-queue"}  # a pool of threads has no channel
    assert re.search(r" [\d,]+ +1\.00  no close", found["asyncio-queue"])
    assert re.search(r" [\d,]+ +\d+\.\d\d$", found["gopat/asyncio"])


def test_a_table_has_ratios_marks_and_what_is_lacking():
    rows = [
        Row("go", 1000, seconds=5e-8),
        Row("asyncio-queue", 1000, seconds=1e-6),
        Row("gopat/threads", 800, scaled=True, seconds=2.5e-3),
        Row("janus", 1000, problem="it hangs"),
    ]
    lines = table.render(OPERATIONS["buffered"], rows)
    assert lines == TABLE


def test_a_limiter_is_told_by_its_rate():
    lines = table.render(OPERATIONS["limiter"], [Row("aiolimiter", 10, seconds=1 / 950)])
    assert lines[-1] == "per second: aiolimiter 950.0"


def test_an_arm_that_fails_is_a_row_and_exit_code_1(monkeypatch, capsys):
    def fails(_cell, **_more):
        raise Failure("it fell over")

    monkeypatch.setattr(rounds, "_answer", fails)
    assert command.main(["spawn", "--arms", "asyncio-queue", "--rounds", "1"]) == 1
    assert re.search(r"^asyncio-queue +failed +it fell over$", capsys.readouterr().out, re.MULTILINE)


def test_a_wrong_answer_in_a_worker_is_a_failure(monkeypatch, capsys):
    monkeypatch.setattr(
        subprocess,
        "run",
        lambda *_, **__: subprocess.CompletedProcess([], 0, '{"wrong": "wrong answer: spawn"}', ""),
    )
    assert command.main(["spawn", "--arms", "asyncio-queue", "--rounds", "1"]) == 1
    assert "wrong answer: spawn" in capsys.readouterr().out


def test_a_peer_that_is_not_here_is_told_with_its_install_line(monkeypatch, capsys):
    def absent(module):
        raise ModuleNotFoundError(module)

    monkeypatch.setattr(peers, "import_module", absent)
    assert command.main(["spawn", "--arms", "trio", "--rounds", "1"]) == 0
    assert capsys.readouterr().err == "not here: peer trio is not available: pip install trio\n"


def test_what_there_is_not_is_refused_with_a_near_match(capsys):
    assert command.main(["bufered"]) == 2
    assert capsys.readouterr().err.endswith("(did you mean buffered?)\n")
    assert command.main(["buffered", "--arms", "gopat/asincio"]) == 2
    assert capsys.readouterr().err.endswith("(did you mean gopat/asyncio?)\n")


ONE = (sys.executable, "-m", "gopatterns_cli.overhead", "buffered", "--rounds", "1", "--count", "60")


def test_a_full_disk_is_one_line():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*ONE, "--arms", "asyncio-queue"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=50,
        )
    assert (done.returncode, done.stderr) == (1, "error: stdout: No space left on device\n")


def test_a_reader_that_goes_away_is_no_failure():
    process = subprocess.Popen(
        [*ONE, "--arms", "asyncio-queue"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.close()
    assert (process.stderr.read(), process.wait(timeout=50)) == ("", 0)
    process.stderr.close()


def test_ctrl_c_is_told_by_the_exit_code_alone():
    process = subprocess.Popen(
        [*ONE[:3], "limiter", "--arms", "gopat/fibers", "--rounds", "100"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    children = f"/proc/{process.pid}/task/{process.pid}/children"
    deadline = time.monotonic() + 30
    while not Path(children).read_text() and time.monotonic() < deadline:
        time.sleep(0.01)  # until it has begun
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 130
