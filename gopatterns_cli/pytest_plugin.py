"""
The pytest plugin: a test that leaves something behind fails.

`pytest -p gopat` checks every test, and the session at its end; without it only tests that use the fixture
`no_leaks` are checked, and nothing is imported for the others. `@pytest.mark.leaks("why")` lets one test
leave what it likes; `gopat_leaks_allow` in the ini file lists rules for all, a line each (see `leaks.rule`).

A test without fixtures of its own fails itself. One with fixtures is looked at when they are torn down, since
it may be they who clean up: it is an error of the teardown then. What is left by a test with fixtures of a
class, a module or the session is looked at again when the last of them is gone.
"""

import inspect
from collections.abc import Generator, Iterable, Iterator
from typing import Any

import pytest

NAME = "gopat"
HARMLESS = {
    "_gopat_leaks", "cache", "capfd", "caplog", "capsys", "no_leaks", "recwarn", "request", "tmp_path",
}  # fmt: skip
"""Fixtures that end nothing that a test began. Not `monkeypatch`: what it broke is to be mended first."""

BEFORE = pytest.StashKey[Any]()
ENABLED = pytest.StashKey[bool]()
HELD = pytest.StashKey[dict[Any, tuple[str, set[Any]]]]()
"""What may still be ended: by whom it was left, and the fixtures that are not torn down."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the rules for what may be left, and whether a failed session is searched, too."""
    parser.addini("gopat_leaks_allow", type="linelist", default=[], help="what tests may leave behind")
    group = parser.getgroup(NAME)
    group.addoption("--gopat-leaks-always", action="store_true", help="search for leaks after failures, too")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to watch where the plugin was asked for."""
    config.addinivalue_line("markers", "leaks(why): this test may leave tasks, threads and the like behind")
    config.stash[ENABLED] = NAME in (config.option.plugins or ())
    if config.stash[ENABLED]:
        _begin(config)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Take note of what there is before the first test."""
    session.stash[HELD] = {}
    if session.config.stash[ENABLED]:
        from gopatterns_cli import leaks  # noqa: PLC0415 - only where it was asked for

        session.stash[BEFORE] = leaks.alive()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a session that passed and leaves something behind; one that failed keeps its exit code."""
    config = session.config
    if not config.stash[ENABLED] or (exitstatus and not config.option.gopat_leaks_always):
        return
    left = _left(config, session.stash[BEFORE])
    if left:
        reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            reporter.section("left behind by the session", red=True)
            for leak in left.values():
                reporter.line(str(leak))
        session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _gopat_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Look before the test's own fixtures are made, and after they are gone."""
    item = request.node
    config = request.config
    if not config.stash[ENABLED] and "no_leaks" not in request.fixturenames:
        yield
        return
    from gopatterns_cli import leaks  # noqa: PLC0415 - only where it was asked for

    if item.get_closest_marker("leaks") is not None:
        yield
        if config.stash[ENABLED]:
            request.session.stash[BEFORE].update(leaks.alive())
        return
    if not config.stash[ENABLED]:
        _begin(config)
    item.stash[BEFORE] = leaks.alive()
    yield
    _check(item)


@pytest.fixture
def no_leaks() -> None:
    """Fail the test when it leaves tasks, threads, timers or processes behind."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Look when the test is over, unless fixtures may still clean up."""
    result = yield
    if BEFORE in item.stash and not _cleaners(item):
        _check(item)
    return result


def pytest_fixture_post_finalizer(fixturedef: Any, request: pytest.FixtureRequest) -> None:
    """Take note that a fixture is gone."""
    for _, fixtures in request.session.stash.get(HELD, {}).values():
        fixtures.discard(fixturedef)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """Look again at what wider fixtures might have ended, now that they are gone."""
    held, enabled = item.session.stash[HELD], item.config.stash[ENABLED]
    if not held and not enabled:
        return (yield)
    from gopatterns_cli import leaks  # noqa: PLC0415 - only where it was asked for

    before = len(leaks.happened())  # and nothing more: the test's patches are still in place
    result = yield
    over = {key: held.pop(key)[0] for key, (_, fixtures) in tuple(held.items()) if not fixtures}
    if over:
        left = _left(item.config, leaks.alive().keys() - over.keys())
        _fail(
            [f"{leak}, left by {over[key]}" for key, leak in left.items() if key in over]
            + [str(leak) for leak in leaks.happened()[before:]]
        )
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Leave a test that failed in peace, unless leaks are always searched for."""
    report = yield
    if call.when == "call" and not report.passed and not item.config.option.gopat_leaks_always:
        item.stash.setdefault(BEFORE, None)
        del item.stash[BEFORE]
    return report


def _cleaners(item: Any) -> set[str]:
    """Return the fixtures that are torn down with the test, and may end what it began."""
    if inspect.iscoroutinefunction(getattr(item, "obj", None)):
        return {"the runner of its loop"}  # which plugins make when the test is under way
    fixtures = item._fixtureinfo.name2fixturedefs  # noqa: SLF001 - no public way
    params = getattr(getattr(item, "callspec", None), "params", {})
    return {
        name
        for name, found in fixtures.items()
        if found[-1].scope == "function"
        and name not in HARMLESS
        and not (name in params and found[-1].func.__module__.startswith("_pytest"))  # a plain parameter
    }


def _begin(config: pytest.Config) -> None:
    from gopatterns_cli import leaks  # noqa: PLC0415 - only where it was asked for

    try:
        for line in config.getini("gopat_leaks_allow"):
            leaks.rule(line)
    except ValueError as error:
        raise pytest.UsageError(f"gopat_leaks_allow: {error}") from None
    leaks.watch()


def _check(item: pytest.Item) -> None:
    """Fail with what is left; at most once for a test."""
    before = item.stash.get(BEFORE, None)
    if before is None:
        return
    del item.stash[BEFORE]
    left = _left(item.config, before)
    wider = _wider(item)
    if wider:
        held = {key: leak for key, leak in left.items() if not leak.happened}
        item.session.stash[HELD].update({key: (item.nodeid, set(wider)) for key in held})
        left = {key: leak for key, leak in left.items() if key not in held}
    _fail(map(str, left.values()))


def _fail(left: Iterable[str]) -> None:
    lines = "\n".join(f"  {leak}" for leak in left)
    if lines:
        pytest.fail(f"left behind:\n{lines}", pytrace=False)


def _wider(item: Any) -> list[Any]:
    """Return the fixtures that live on after a test, have an end, and may then end what it has begun."""
    request = getattr(item, "_request", None)  # False once pytest has done with the test
    return [
        found
        for found in (request._fixture_defs.values() if request else ())  # noqa: SLF001 - no public way
        if found.scope != "function"
        and not found.func.__module__.startswith("_pytest.")
        and (inspect.isgeneratorfunction(found.func) or any(map(_is_of_the_user, found._finalizers)))  # noqa: SLF001 - no public way
    ]


def _is_of_the_user(finalizer: Any) -> bool:
    """Whether a finalizer is not one by which pytest keeps its books."""
    function = getattr(finalizer, "func", finalizer)
    return not getattr(function, "__module__", "").startswith("_pytest.")


def _left(config: pytest.Config, before: Any) -> Any:
    from gopatterns_cli import leaks  # noqa: PLC0415 - only where it was asked for

    return leaks.find(before, map(leaks.rule, config.getini("gopat_leaks_allow")))
