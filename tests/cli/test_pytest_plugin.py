"""The pytest plugin: what it takes for a leak, when, and how it says so."""

from __future__ import annotations

import textwrap

import pytest

BEGIN = """
import asyncio, subprocess, sys, threading, time
import pytest
from patterns import Channel, Context, TaskGroup, WaitGroup, run, sleep

async def leave():
    group = WaitGroup()
    group.go(Channel().receive)
    await sleep(0)
"""


@pytest.fixture
def check(pytester, monkeypatch):
    """Run tests in a process of its own, under the plugin unless told otherwise."""
    monkeypatch.delenv("CI", raising=False)  # there pytest says everything twice

    def run(program, *arguments, plugin=("-p", "gopat"), ini=""):
        pytester.makepyfile(BEGIN + textwrap.dedent(program))
        pytester.makeini(f"[pytest]\nasyncio_default_fixture_loop_scope = function\n{ini}")
        return pytester.runpytest_subprocess(*plugin, "-p", "no:cacheprovider", "-W", "ignore", *arguments)

    return run


LEFT = {
    "thread": (
        "threading.Thread(target=time.sleep, args=(30,), daemon=True).start()",
        "thread Thread-1 (sleep)",
    ),
    "raw thread": ("import _thread; _thread.start_new_thread(time.sleep, (30,))", "thread "),
    "timer thread": ("t = threading.Timer(30, print); t.daemon = True; t.start()", "thread Thread-1"),
    "process": ("subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(5)'])", "process "),
    "task of a run": ("run(leave, runtime='threads')", "task receive waits for receive on <Channel"),
    "task of a loop": (
        "global loop; loop = asyncio.new_event_loop(); loop.run_until_complete(leave())",
        "task receive waits for receive on <Channel",
    ),
    "timer": ("global loop; loop = asyncio.new_event_loop(); loop.call_later(30, print)", "timer print"),
}


@pytest.mark.parametrize("kind", LEFT)
def test_what_a_test_leaves_behind_fails_it_and_is_named_with_its_place(check, kind):
    code, name = LEFT[kind]
    done = check(f"""
        def test_leaves():
            {code}

        def test_after_it():
            pass
    """)
    done.assert_outcomes(failed=1, passed=1)
    (line,) = [line for line in done.outlines if line.startswith(f"  {name}")]
    assert "made at test_what_a_test_leaves_behind" in line


def test_what_ends_in_time_or_was_there_before_is_no_leak(check):
    check("""
        @pytest.fixture(scope="module")
        def server():
            over = threading.Event()
            thread = threading.Thread(target=over.wait)
            thread.start()
            yield
            over.set()
            thread.join()

        def test_ends():
            threading.Thread(target=time.sleep, args=(0.05,)).start()

        def test_uses(server):
            pass

        @pytest.mark.parametrize("runtime", ["asyncio", "threads", "simulator"])
        def test_runs(runtime):
            async def main():
                async with TaskGroup() as group:
                    group.spawn(sleep, 0.001)
                    group.spawn(time.sleep, 0.001)
            run(main, runtime=runtime)
    """).assert_outcomes(passed=5)


def test_fixtures_may_clean_up_after_the_test(check):
    done = check("""
        @pytest.fixture
        def background():
            overs = []
            def start():
                overs.append(threading.Event())
                threading.Thread(target=overs[-1].wait, args=(30,), daemon=True).start()
                return overs[-1]
            yield start
            for over in overs[1:]:
                over.set()

        def test_first_stays(background):
            background()

        def test_second_is_ended(background):
            background().set()
            background()
    """)
    done.assert_outcomes(passed=2, errors=1)
    done.stdout.fnmatch_lines(["*ERROR at teardown of test_first_stays*", "left behind:", "  thread *"])


def test_a_mark_or_a_rule_lets_a_test_leave_something(check):
    program = """
        def background():
            time.sleep(30)

        @pytest.mark.leaks("on purpose")
        def test_marked():
            threading.Thread(target=time.sleep, args=(30,), daemon=True).start()

        def test_allowed():
            threading.Thread(target=background, daemon=True).start()
    """
    done = check(program, ini="gopat_leaks_allow =\n    any: background\n")
    done.assert_outcomes(passed=2)
    assert done.ret == 0
    check(program).assert_outcomes(passed=1, failed=1)
    wrong = check(program, ini="gopat_leaks_allow = bottom: background\n")
    assert wrong.ret == pytest.ExitCode.USAGE_ERROR
    wrong.stderr.fnmatch_lines(['ERROR: gopat_leaks_allow: found "bottom: background", allowed "top: NAME"*'])


def test_without_it_only_a_test_with_the_fixture_is_checked(check):
    program = """
        def test_unchecked():
            threading.Thread(target=time.sleep, args=(30,), daemon=True).start()

        def test_checked(no_leaks):
            threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
    """
    done = check(program, plugin=())
    done.assert_outcomes(passed=1, failed=1)
    assert "left behind by the session" not in done.stdout.str()
    check(program).assert_outcomes(failed=2)


def test_a_test_that_failed_is_told_of_its_own_error_only(check):
    done = check("""
        def test_fails():
            threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
            assert not "its own error"
    """)
    done.assert_outcomes(failed=1)
    assert "left behind" not in done.stdout.str()


def test_it_costs_a_run_that_does_not_ask_for_it_nothing(check):
    done = check(
        """
        def test_it():
            assert "gopatterns_cli.leaks" not in sys.modules
        """,
        plugin=(),
    )
    done.assert_outcomes(passed=1)


@pytest.mark.parametrize("scope", ["function", "module"])
def test_tests_of_pytest_asyncio_are_checked_like_any_other(check, scope):
    done = check(f"""
        @pytest.mark.asyncio(loop_scope="{scope}")
        async def test_tidy():
            async with TaskGroup() as group:
                group.spawn(sleep, 0.001)

        @pytest.mark.asyncio(loop_scope="{scope}")
        async def test_leaves():
            asyncio.get_running_loop().create_task(asyncio.sleep(30))
    """)
    outcomes = done.parseoutcomes()
    assert outcomes.get("failed", 0) + outcomes.get("errors", 0) == 1
    done.stdout.fnmatch_lines(["left behind:", "  asyncio task *"])


def test_a_plain_parameter_is_no_fixture_that_cleans_up(check):
    check("""
        @pytest.mark.parametrize("seconds", [9])
        def test_leaves(seconds):
            threading.Thread(target=time.sleep, args=(seconds,), daemon=True).start()
    """).assert_outcomes(failed=1)


def test_the_executor_of_a_loop_that_ends_with_the_test_is_no_leak(check):
    check("""
        @pytest.mark.asyncio
        async def test_uses():
            assert await asyncio.to_thread(sum, [1, 2]) == 3
    """).assert_outcomes(passed=1)


def test_anyios_own_task_is_no_leak(check):
    check("""
        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.anyio
        async def test_empty(anyio_backend):
            pass
    """).assert_outcomes(passed=1)


def test_what_a_wider_fixture_makes_in_a_test_is_its_own_to_end(check):
    check("""
    @pytest.fixture(scope="module")
    def pool():
        threads, over = [], threading.Event()

        def begin():
            threads.append(threading.Thread(target=over.wait, daemon=True))
            threads[-1].start()

        yield begin
        over.set()
        for thread in threads:
            thread.join()

    def test_begins(pool):
        pool()

    def test_begins_by_asking_late(request):
        request.getfixturevalue("pool")()
    """).assert_outcomes(passed=2)


def test_what_a_wider_fixture_might_have_ended_is_told_with_the_test_when_it_is_gone(check):
    done = check("""
    @pytest.fixture(scope="module")
    def unconcerned():
        yield

    def test_leaves(unconcerned):
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()

    def test_after_it(unconcerned):
        pass

    def test_without():
        pass
    """)
    done.assert_outcomes(passed=3, errors=1)
    (line,) = [line for line in done.outlines if line.startswith("  thread Thread-1 (sleep)")]
    assert line.endswith("::test_leaves")


def test_what_has_happened_is_told_at_once_whatever_the_fixtures(check):
    done = check("""
    @pytest.fixture(scope="module")
    def unconcerned():
        yield

    def test_leaves(unconcerned):
        leave()

    def test_after_it(unconcerned):
        pass
    """)
    done.assert_outcomes(passed=1, failed=1)
    assert any(line.startswith("  coroutine leave") for line in done.outlines)


def test_a_test_whose_patches_break_what_the_plugin_reads_is_torn_down(check):
    check("""
    from pathlib import Path

    def refuse(*_):
        raise PermissionError

    def test_breaks(monkeypatch):
        for name in ("open", "read_text", "iterdir", "glob"):
            monkeypatch.setattr(Path, name, refuse)
        monkeypatch.setattr("pkgutil.iter_modules", refuse)
        monkeypatch.setattr("os.listdir", refuse)
        monkeypatch.setattr("time.sleep", refuse)

    def test_after_it():
        pass
    """).assert_outcomes(passed=2)
