"""Single keys from the terminal, each as it is pressed."""

import os
import signal
import sys
from typing import Any, Self

try:
    import termios
    import tty
except ImportError:  # Windows
    termios = tty = None  # type: ignore[assignment]  # then Typer reads keys

INTERRUPT = "\x03"
"""Ctrl-C, as a key."""


class Keys:
    """Keys, for as long as the block lasts; what is typed ahead is kept, and nothing is echoed."""

    def __init__(self) -> None:
        self._before: Any = None

    def __enter__(self) -> Self:
        if termios is not None:
            self._before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin, termios.TCSADRAIN)
        return self

    def __exit__(self, *failure: object) -> None:
        if termios is not None:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)

    def read(self) -> str:
        """Wait for a key; Ctrl-C is `INTERRUPT`, and so is the end of the input."""
        handler = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return self._read() or INTERRUPT
        except KeyboardInterrupt:
            return INTERRUPT
        finally:
            signal.signal(signal.SIGINT, handler)

    def _read(self) -> str:
        if termios is not None:
            return os.read(sys.stdin.fileno(), 1).decode(errors="replace")
        import typer  # noqa: PLC0415 - only where there is no termios

        return typer.getchar()[-1:]
