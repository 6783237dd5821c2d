"""
What a test leaves behind: tasks, threads, timers, processes, loose ends of asyncio. One file per kind.

A kind is a module here with `watch()`, which begins to note where things are made, and `alive()`, which
returns what there is, by identity. Found by listing this folder. Nothing is judged by counting: what was
there before is known thing by thing, so that one that ends hides none that begins.
"""

import pkgutil
import sys
import time
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from types import FrameType, ModuleType
from typing import Any

TRIES = 20
LONGEST_PAUSE_S = 0.1
"""What is about to end may take so many looks, each pause twice the one before, from a microsecond."""

DEEPEST = 30
"""Frames of a stack that are noted."""


@dataclass(frozen=True)
class Frame:
    """A place in a program: `function` with its module in front of it."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.file.rpartition('/')[2]}:{self.line}"


@dataclass(frozen=True)
class Leak:
    """
    Something that is there and was not.

    `made` is the stack of whoever made it, `stands` its own, innermost first; empty where unknown. `ours`
    says that it belongs to the machinery of the tests or of the interpreter, `happened` that it is an event,
    which nobody can end any more.
    """

    kind: str
    name: str
    made: tuple[Frame, ...] = ()
    stands: tuple[Frame, ...] = ()
    ours: bool = False
    happened: bool = False

    def __str__(self) -> str:
        made = _first_of_the_user(self.made)
        stands = _first_of_the_user(self.stands)
        made_at = f", made at {made}" if made else ""
        stands_at = f", stands at {stands}" if stands else ""
        return f"{self.kind} {self.name}{made_at}{stands_at}"


Allowed = Callable[[Leak], bool]


def kinds() -> list[ModuleType]:
    """Return the kinds of things that are looked for."""
    return [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]


_happened: list[Leak] = []
_watching: list[bool] = []


def watch() -> None:
    """Begin to note where things are made, until the process ends; once is enough."""
    if not _watching:
        _watching.append(True)
        for kind in kinds():
            kind.watch()


def note(owner: Any, name: str, around: Callable[[Any], Callable[..., Any]]) -> None:
    """Put `around(original)` in the place of a function of a class or module."""
    original = getattr(owner, name)
    setattr(owner, name, wraps(original)(around(original)))


def alive() -> dict[Any, Leak]:
    """Return everything that is there now, by identity."""
    return {key: leak for kind in kinds() for key, leak in kind.alive().items()}


def has_happened(kind: str, name: str, made: tuple[Frame, ...] = ()) -> None:
    """Note an event."""
    _happened.append(Leak(kind, name, made, happened=True))


def happened() -> list[Leak]:
    """Return the events, in their order."""
    return _happened


def find(before: Container[Any], allowed: Iterable[Allowed] = ()) -> dict[Any, Leak]:
    """Return what is there, was not there before, and stays for the time of all tries, by identity."""
    rules = tuple(allowed)
    pause_s = 1e-6
    for number in range(TRIES):
        left = {
            key: leak
            for key, leak in alive().items()
            if key not in before and not leak.ours and not any(rule(leak) for rule in rules)
        }
        if not left or number == TRIES - 1:
            return left
        time.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
    return {}


def rule(text: str) -> Allowed:
    """
    Read a rule for what may be left: `top: NAME`, where it stands; `any: NAME`, anywhere on its stack;
    `made_by: NAME`, anywhere on the stack of whoever made it. NAME is a function, with or without its module.

    Raises:
        ValueError: it is no such rule.
    """
    where, colon, name = (part.strip() for part in text.partition(":"))
    choices: dict[str, Callable[[Leak], tuple[Frame, ...]]] = {
        "top": lambda leak: leak.stands[:1],
        "any": lambda leak: leak.stands,
        "made_by": lambda leak: leak.made,
    }
    if not colon or where not in choices or not name:
        raise ValueError(f'found "{text}", allowed "top: NAME", "any: NAME" or "made_by: NAME"')
    frames = choices[where]
    return lambda leak: any(_is(frame, name) for frame in frames(leak))


def stack(frame: FrameType | None) -> tuple[Frame, ...]:
    """Return where a frame is, and its callers."""
    found: list[Frame] = []
    while frame is not None and len(found) < DEEPEST:
        code = frame.f_code
        module = frame.f_globals.get("__name__", "")
        found.append(Frame(code.co_filename, frame.f_lineno, f"{module}.{code.co_qualname}"))
        frame = frame.f_back
    return tuple(found)


def caller() -> tuple[Frame, ...]:
    """Return the stack of whoever called the function that asks."""
    return stack(sys._getframe(2))  # noqa: SLF001 - no other way


def _is(frame: Frame, name: str) -> bool:
    return frame.function == name or frame.function.endswith(f".{name}")


def _first_of_the_user(frames: tuple[Frame, ...]) -> Frame | None:
    """Return the innermost frame that is not the interpreter's, the library's or a test runner's."""
    own = [frame for frame in frames if not _is_machinery(frame)]
    return own[0] if own else frames[0] if frames else None


def _is_machinery(frame: Frame) -> bool:
    module = frame.function.partition(".")[0]
    return module in MACHINERY or module in sys.stdlib_module_names


MACHINERY = {"anyio", "patterns", "gopatterns_cli", "_pytest", "pluggy", "pytest", "pytest_asyncio"}
