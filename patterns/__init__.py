"""Go's concurrency patterns for Python, each written once and run on several runtimes."""

from __future__ import annotations

from patterns.channel import Channel, Receiver, Sender
from patterns.context import Context
from patterns.errgroup import ErrGroup
from patterns.errors import CancelledError, ChannelClosedError, DeadlineExceededError, DeadlockError
from patterns.fan_out_fan_in import fan_in, fan_out
from patterns.group import TaskGroup
from patterns.launch import run
from patterns.pipeline import DROP, pipeline
from patterns.rate_limiter import RateLimiter, Reservation, every
from patterns.runtimes.simulator import simulated_cost
from patterns.select import Selected, receiving, select, sending, try_select
from patterns.semaphore import Semaphore
from patterns.timer import Ticker, Timer, after
from patterns.traps import call, from_call, now, sleep
from patterns.wait_group import WaitGroup
from patterns.worker_pool import worker_pool

__all__ = [
    "DROP",
    "CancelledError",
    "Channel",
    "ChannelClosedError",
    "Context",
    "DeadlineExceededError",
    "DeadlockError",
    "ErrGroup",
    "RateLimiter",
    "Receiver",
    "Reservation",
    "Selected",
    "Semaphore",
    "Sender",
    "TaskGroup",
    "Ticker",
    "Timer",
    "WaitGroup",
    "after",
    "call",
    "every",
    "fan_in",
    "fan_out",
    "from_call",
    "now",
    "pipeline",
    "receiving",
    "run",
    "select",
    "sending",
    "simulated_cost",
    "sleep",
    "try_select",
    "worker_pool",
]
