"""For the commands here that time several things in turn."""

from __future__ import annotations

import argparse
import signal
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")


def asked(about: str | None) -> int:
    """
    Return how many rounds the command line asks for, 12 unless it says; `about` is the help. Whoever closes
    the pipe ends the command.
    """
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rounds", type=int, nargs="?", default=12)
    rounds: int = parser.parse_args().rounds
    if rounds < 1:
        parser.error(f"rounds: found {rounds}, allowed a whole number from 1")
    return rounds


def in_turn(rows: Mapping[str, T], rounds: int) -> Iterator[tuple[str, T]]:
    """Give each once in every round, forwards and backwards in turn."""
    forwards = list(rows.items())
    for number in range(rounds):
        yield from reversed(forwards) if number % 2 else forwards
