"""Six functions that `gopat tune` is put to the test with, and their inputs: what each is like is known.

`against_everything.py` measures them; they stand in a module of their own, as a user's would.
"""

from __future__ import annotations

import hashlib
import os
import time

from gopatterns_cli.measuring.kinds.http import fetched

INPUTS = range(200)

PORT = "GOPAT_KNOWN_PORT"
"""Where the port of the site stands that `fetch` asks."""


def fetch(number: int) -> int:
    """Fetch a page from a server on loopback, which answers after 20 ms: waits."""
    return fetched(int(os.environ[PORT]), number)


def nap(number: int) -> int:
    """Block for 10 ms: waits."""
    time.sleep(0.010)
    return number


def spin(number: int) -> int:
    """Compute in pure Python: holds the GIL."""
    state = number + 1
    for _ in range(60_000):
        state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
    return state


def digest(number: int) -> str:
    """Compute in C, which lets the GIL go."""
    return hashlib.pbkdf2_hmac("sha256", b"secret", number.to_bytes(4, "big"), 20_000).hex()


def both(number: int) -> int:
    """Wait for most of the time, and compute for some."""
    time.sleep(0.010)
    state = number + 1
    for _ in range(15_000):
        state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
    return state


def trivial(number: int) -> int:
    """Take about 5 us: no pattern pays."""
    return sum(range(number % 7, 200))
