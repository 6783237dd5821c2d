"""
Which runs go on in this process, and the loops of asyncio that the library is used in.

What never belongs here: a task, a queue, anything of one run alone.
"""

from __future__ import annotations

import _thread
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from patterns.traps import Driver

T = TypeVar("T")

drivers: WeakSet[Driver] = WeakSet()
"""The driver of each; some may be over, until somebody looks around."""

alone = True
"""Whether no more than one goes on."""

_lock = _thread.allocate_lock()


def enrol(driver: Driver) -> None:
    """Count one more."""
    with _lock:
        drivers.add(driver)
    look_around()


def look_around() -> None:
    """See which go on, when one has begun and when one is over: several disturb one another."""
    global alone  # noqa: PLW0603 (asked at every turn)
    with _lock:
        going_on = []
        for driver in copied(drivers):
            if driver.finished:
                drivers.discard(driver)
            else:
                going_on.append(driver)
        alone = len(going_on) <= 1
        if not alone:
            for driver in going_on:
                driver.calm.end()


def copied(things: Iterable[T]) -> list[T]:
    """Return what is in a collection; one that changes in another thread meanwhile is read again."""
    while True:
        try:
            return list(things)
        except RuntimeError:
            continue
