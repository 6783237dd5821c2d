"""Chance on the real runtimes: nobody replays it."""

from __future__ import annotations

from random import random


def pick(count: int) -> int:
    """Return a number from 0 to `count - 1`, any with the same chance."""
    return int(random() * count)
