"""Go's concurrency patterns for Python, each written once and run on several runtimes."""

from __future__ import annotations

from patterns.channel import Channel, Receiver, Sender
from patterns.context import Context
from patterns.errors import CancelledError, ChannelClosedError, DeadlineExceededError, DeadlockError
from patterns.fan_out_fan_in import fan_in, fan_out
from patterns.group import TaskGroup
from patterns.launch import run
from patterns.pipeline import DROP, pipeline
from patterns.runtimes.simulator import simulated_cost
from patterns.traps import call, now, sleep
from patterns.worker_pool import worker_pool

__all__ = [
    "DROP",
    "CancelledError",
    "Channel",
    "ChannelClosedError",
    "Context",
    "DeadlineExceededError",
    "DeadlockError",
    "Receiver",
    "Sender",
    "TaskGroup",
    "call",
    "fan_in",
    "fan_out",
    "now",
    "pipeline",
    "run",
    "simulated_cost",
    "sleep",
    "worker_pool",
]
