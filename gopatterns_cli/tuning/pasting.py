"""The code to paste: the winner, written with `patterns` and with the standard library alone.

A text is a whole module with a function `main(inputs)` that returns the list of results. It is run and
checked before it is shown (`checking`): nothing in here knows whether it is right.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Template

from gopatterns_cli import inputs as named
from gopatterns_cli.tuning import texts
from gopatterns_cli.tuning.grid import ASYNCIO, FAN_OUT, PROCESSES, Bounds, Candidate, by_hand
from gopatterns_cli.tuning.look import Look
from scenarios.notation import write_rate

OURS, ALONE = "patterns", "standard library"
"""The two kinds: with `patterns`, and with the standard library alone."""

MODULES = ("asyncio", "inspect", "time")

NAMES = (
    ("concurrent.futures", "ProcessPoolExecutor"),
    ("concurrent.futures", "ThreadPoolExecutor"),
    ("glob", "glob"),
    ("itertools", "islice"),
    ("pathlib", "Path"),
    ("queue", "SimpleQueue"),
    ("threading", "Semaphore"),
)
"""What the texts import."""

TAKEN = frozenset(
    word
    for text in vars(texts).values()
    if isinstance(text, Template)
    for word in re.findall(r"[A-Za-z_]\w*", text.template)
)
"""Words that the texts use themselves: a function of such a name is imported under another."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a text is about: the winner, the function, the user's bounds."""

    winner: Candidate
    look: Look
    bounds: Bounds

    @property
    def function(self) -> str:
        """The function's own name."""
        return self.look.function.rpartition(":")[2]

    @property
    def work(self) -> str:
        """What the text calls the function."""
        return f"one_{self.function}" if self.function in TAKEN else self.function

    @property
    def rate(self) -> str:
        """The rate, as a number is written."""
        return write_rate(self.bounds.rate or 0.0)


def pasted(kind: str, winner: Candidate, look: Look, bounds: Bounds) -> str:
    """Return the text of a kind."""
    wanted = Wanted(winner, look, bounds)
    parts = [*_wrappers(wanted)]
    each = _innermost(wanted)
    parts += [*(_ours(wanted, each) if kind == OURS else _alone(wanted, each)), _start(look)]
    text = "\n\n".join(parts)
    alias = "" if wanted.work == wanted.function else f" as {wanted.work}"
    user = f"from {look.function.rpartition(':')[0]} import {wanted.function}{alias}"
    standard = _imports(text)
    head = [*standard, ""] if standard else []
    head += ["import patterns"] * (kind == OURS)
    return "\n".join([*head, user, "", "", text])


def keeps_order(kind: str, bounds: Bounds) -> bool:
    """Whether the text of a kind gives its results in the order of the inputs."""
    return kind == ALONE or bounds.ordered


def _wrappers(wanted: Wanted) -> Iterator[str]:
    """What stands around the function: what calls it in a loop, and what keeps its failures."""
    look, work = wanted.look, wanted.work
    if look.form == "loop":
        yield texts.IN_A_LOOP.substitute(work=work)
        work = "in_a_loop"
    if look.failing:
        kinds = ", ".join(failing.kind for failing in look.failing)
        define, call = ("def", f"{work}(item)") if look.is_plain else ("async def", f"await {work}(item)")
        yield texts.KEEPING.substitute(define=define, call=call, kinds=kinds)


def _innermost(wanted: Wanted) -> str:
    """What is called for an input, where nothing limits it."""
    if wanted.look.failing:
        return "attempt"
    return "in_a_loop" if wanted.look.form == "loop" else wanted.work


def _ours(wanted: Wanted, each: str) -> Iterator[str]:
    winner, bounds = wanted.winner, wanted.bounds
    if bounds.rate is not None:
        call = f"patterns.call({each}, item)" if wanted.look.is_plain else f"{each}(item)"
        yield texts.LIMITED.substitute(rate=wanted.rate, call=call)
        each = "limited"
    ordered = ", ordered=True" if bounds.ordered else ""
    text = texts.FAN_OUT if winner.lane.pattern == FAN_OUT else texts.POOL
    yield text.substitute(each=each, workers=winner.workers, ordered=ordered)
    yield texts.RUN.substitute(runtime=winner.lane.runtime)


def _alone(wanted: Wanted, each: str) -> Iterator[str]:
    runtime, workers, limited = by_hand(wanted.winner, wanted.look), wanted.winner.workers, wanted.bounds.rate
    if runtime == ASYNCIO:
        text = texts.TASKS if limited is None else texts.LIMITED_TASKS
    elif limited is not None:
        text = texts.LIMITED_EXECUTOR
    else:
        text = texts.PROCESSES if runtime == PROCESSES else texts.THREADS
    executor = "ProcessPoolExecutor" if runtime == PROCESSES else "ThreadPoolExecutor"
    yield text.substitute(each=each, workers=workers, rate=wanted.rate, executor=executor)


def _start(look: Look) -> str:
    """The part that is run when the module is: reading the inputs, and printing the results."""
    form = named.form_of(look.inputs)
    if form == named.PATHS:
        return texts.PATHS.substitute(name=repr(look.inputs))
    if form == named.LINES:
        return texts.LINES.substitute(name=repr(look.inputs))
    place, _, name = look.inputs.rpartition(":")
    call = f"{name}()" if look.called else name
    if look.more and not look.sized:  # it may never end
        call = f"islice({call}, {look.read:_})"
    return texts.ITERABLE.substitute(module=place, name=name, call=call)


def _imports(text: str) -> list[str]:
    """Return the lines that import what a text uses of the standard library."""
    lines = [f"import {module}" for module in MODULES if f"{module}." in text]
    return lines + [f"from {place} import {name}" for place, name in NAMES if f"{name}(" in text]
