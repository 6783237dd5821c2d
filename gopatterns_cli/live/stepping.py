"""A simulation one event at a time: each is shown, and the next one waits until somebody presses a key."""

import signal
from collections.abc import Callable
from functools import partial
from typing import Any

from gopatterns_cli.live.keys import INTERRUPT

NEXT, NEXT_TIME, GO_ON, STOP = " ", "t", "c", "q"
KEYS = "space next, t next time, c go on, q stop"

WORDS = {
    "spawn": "is started",
    "resume": "goes on",
    "end": "ends",
    "cancel": "is cancelled",
    "rest": "lets others run",
    "sleep": "sleeps",
    "call": "waits for a call",
    "job": "begins job",
    "done": "has done job",
    "bind": "is the first to use",
    "hold": "holds",
    "let go": "lets go of",
}
WAITS = {"send": "waits to send on", "receive": "waits to receive on", "acquire": "waits for a permit of"}


def said(at_ns: int, task: Any, verb: str, subject: Any) -> str:
    """Say in one line what happened."""
    what = WORDS.get(verb) or WAITS.get(verb) or f"waits for {verb}"
    of = "" if subject is None or verb in ("call", "cancel") else f" {_short(subject)}"
    return f"{at_ns / 1e9:.6f} s  {task.name} {what}{of}"


class Step:
    """Stops after each event.

    Args:
        observe: told of each event at once.
        show: shows what is known now, with a line about the event; returns the key that was pressed.
        stop: ends the run; as Ctrl-C does unless given.
    """

    def __init__(
        self,
        observe: Callable[[int, Any, str, Any], None],
        show: Callable[[str], str],
        stop: Callable[[], object] | None = None,
    ) -> None:
        self._observe = observe
        self._show = show
        self._stop = stop or partial(signal.raise_signal, signal.SIGINT)
        self._wanted = NEXT
        self._at_ns = -1

    def observe(self, at_ns: int, task: Any, verb: str, subject: Any) -> None:
        """Pass an event on, and wait for a key where somebody wants to look."""
        self._observe(at_ns, task, verb, subject)
        moved, self._at_ns = at_ns > self._at_ns, at_ns
        if self._wanted == GO_ON or (self._wanted == NEXT_TIME and not moved):
            return
        key = self._show(said(at_ns, task, verb, subject)).lower()
        stops = key in (STOP, INTERRUPT)
        self._wanted = GO_ON if stops else key if key in (NEXT_TIME, GO_ON) else NEXT
        if stops:
            self._stop()


def _short(subject: Any) -> str:
    """Name a thing without the angle brackets of its description."""
    text = str(subject)
    return text[1:-1] if text.startswith("<") and text.endswith(">") else text
