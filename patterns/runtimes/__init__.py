"""
Runtimes: one file each, found by listing this folder. Files with a leading underscore are parts that
several share.

A runtime's module has `run(main, args, *, seed, observe, keep_trace, workers) -> Outcome`, `max_tasks()`
(how many tasks it takes at once) and, when it cannot exist here, a reason from `missing()`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from time import sleep as pause
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


__all__ = ["load", "names", "pause", "unavailable"]


@cache
def names() -> tuple[str, ...]:
    """Return the names of all runtimes, sorted."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py")))


def load(name: str) -> ModuleType:
    """
    Return the runtime's module.

    Raises:
        ValueError: there is none of that name, or it cannot run here.
    """
    if name not in names():
        raise ValueError(f"runtime: found {name!r}, allowed {', '.join(names())}")
    module = import_module(f"patterns.runtimes.{name}")
    reason = module.missing()
    if reason is not None:
        raise ValueError(f"runtime {name} is not available: {reason}")
    return module


def unavailable(name: str) -> str | None:
    """Return why a runtime cannot run here and how to get it, or None when it can."""
    try:
        load(name)
    except ValueError as error:
        return str(error)
    return None
