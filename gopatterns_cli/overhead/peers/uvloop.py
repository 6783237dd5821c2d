"""uvloop: the same asyncio by hand, on another loop."""

from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

from gopatterns_cli.overhead.peers import asyncio_queue

NAME = "uvloop"
PACKAGE = "uvloop"
FAMILY = "asyncio, on a loop in C"
LACKS = {
    "buffered": "no close before 3.13: a sentinel",
    "unbuffered": "no rendezvous: one place; no close before 3.13: a sentinel",
    "pipeline": "no rendezvous: one place; no close before 3.13: a sentinel",
    "pool-no-op": "no pool: workers at a queue; no close before 3.13: sentinels",
    "pool-wait": "no pool: workers at a queue; no close before 3.13: sentinels",
    "fan-out": "does not sleep: its timers are whole milliseconds; no pool: workers at a queue",
    "select-2-parked": "no select: asyncio.wait on a get() task per queue; one place",
    "select-2-ready": "no select: asyncio.wait on a get() task per queue",
    "select-8-parked": "no select: asyncio.wait on a get() task per queue; one place",
    "select-8-ready": "no select: asyncio.wait on a get() task per queue",
}


def enter(fn: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
    """In a fresh loop."""
    return uvloop.run(fn(*args))


buffered = asyncio_queue.buffered
unbuffered = asyncio_queue.unbuffered
pipeline = asyncio_queue.pipeline
pool_no_op = asyncio_queue.pool_no_op
pool_wait = asyncio_queue.pool_wait
fan_out = asyncio_queue.fan_out
select_parked = asyncio_queue.select_parked
select_ready = asyncio_queue.select_ready
semaphore = asyncio_queue.semaphore
semaphore_contended = asyncio_queue.semaphore_contended
spawn = asyncio_queue.spawn
cancel = asyncio_queue.cancel
