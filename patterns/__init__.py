"""Go's concurrency patterns for Python, each written once and run on several runtimes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.channel import Channel, Receiver, Sender
from patterns.context import Context
from patterns.errgroup import ErrGroup
from patterns.error_collection import Result, collect_errors
from patterns.errors import (
    CancelledError,
    ChannelClosedError,
    DeadlineExceededError,
    DeadlockError,
    PoolClosedError,
)
from patterns.fan_out_fan_in import fan_in, fan_out
from patterns.group import TaskGroup
from patterns.launch import run
from patterns.managed_worker_pool import JobResult, WorkerPool
from patterns.pipeline import DROP, pipeline
from patterns.rate_limiter import RateLimiter, Reservation, every
from patterns.runtimes.simulator import simulated_cost
from patterns.select import Selected, receiving, select, sending, try_select
from patterns.semaphore import Semaphore
from patterns.standing import dump_tasks
from patterns.timeout import race_timeout
from patterns.timer import Ticker, Timer, after
from patterns.traps import call, from_call, now, sleep
from patterns.wait_group import WaitGroup
from patterns.worker_pool import worker_pool

if TYPE_CHECKING:
    from patterns.exploring.decorator import explore

__all__ = [
    "DROP",
    "CancelledError",
    "Channel",
    "ChannelClosedError",
    "Context",
    "DeadlineExceededError",
    "DeadlockError",
    "ErrGroup",
    "JobResult",
    "PoolClosedError",
    "RateLimiter",
    "Receiver",
    "Reservation",
    "Result",
    "Selected",
    "Semaphore",
    "Sender",
    "TaskGroup",
    "Ticker",
    "Timer",
    "WaitGroup",
    "WorkerPool",
    "after",
    "call",
    "collect_errors",
    "dump_tasks",
    "every",
    "explore",
    "fan_in",
    "fan_out",
    "from_call",
    "now",
    "pipeline",
    "race_timeout",
    "receiving",
    "run",
    "select",
    "sending",
    "simulated_cost",
    "sleep",
    "try_select",
    "worker_pool",
]


def __getattr__(name: str) -> Any:
    if name == "explore":  # for tests alone: nobody else pays for its import
        from patterns.exploring.decorator import explore  # noqa: PLC0415

        return explore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
