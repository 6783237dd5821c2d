"""Fixtures that every test may use: one run per runtime, found by listing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from patterns.launch import launch

from seams import AVAILABLE

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(params=AVAILABLE)
def runtime(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def go(runtime: str) -> Callable[..., Any]:
    """Run an async function on the runtime; nothing may be left behind."""

    def run_clean(main: Callable[..., Any], *args: Any) -> Any:
        outcome = launch(main, *args, runtime=runtime)
        if outcome.error is not None:
            raise outcome.error
        assert outcome.leaked == ()
        assert outcome.abandoned_calls == 0
        return outcome.value

    return run_clean
