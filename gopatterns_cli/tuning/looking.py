"""One job looked at, in a fresh process: `python -m gopatterns_cli.tuning.looking`, started by `course`.

Everything that is looked at has a share of the time that was given; what does not fit is left out and said.
The answers of the plain loop are kept in the sample, as the right ones.
"""

import gc
import inspect
import pickle
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from gopatterns_cli import inputs as named
from gopatterns_cli.failure import Failure
from gopatterns_cli.functions import function_named, module_named
from gopatterns_cli.measuring.machine import has_gil
from gopatterns_cli.tuning import fresh
from gopatterns_cli.tuning import sample as samples
from gopatterns_cli.tuning.calling import Called, Caller, waited_for_a_core_s
from gopatterns_cli.tuning.gil import held_share
from gopatterns_cli.tuning.look import Failing, Look
from gopatterns_cli.tuning.sample import ASYNC, FUNCTION, INPUTS, LOOP, PLAIN, Failed, Sample

MOST_INPUTS = 10_000
"""A sample needs no more, and inputs need not end."""

READING, SERIES, AGAIN, GIL, PAIR, LEAK = 0.25, 0.3, 0.15, 0.15, 0.1, 0.15
"""Shares of the time: reading inputs, the plain loop, calling again, the GIL or two at once, leaks."""

FEWEST_S = 0.05
"""Shorter than this, a row of jobs tells no time."""

GIL_S = 0.1
"""How long jobs are run to see whether they hold the GIL, or as long as one."""

BATCHES = 8
LEAKS_BYTES = 2**19
"""A process that grows in each of the last four batches of jobs, by so much in all, leaks."""

NO_LOOP = ("no running event loop", "no current event loop")
"""What a plain function says that has to be called inside one."""


def looked(request: dict[str, Any]) -> dict[str, Any]:
    """Look at one job.

    Args:
        request: `function`, `inputs`, `folder`, `seed`, `seconds` to take, `rate` or None.

    Raises:
        Failure: there is no such function, there are no inputs, or it fails on all of them.
    """
    folder, seconds = Path(request["folder"]), float(request["seconds"])
    fresh.stage(folder, f"importing {request['function']}")
    began_s = time.monotonic()
    function = function_named(FUNCTION, request["function"])
    import_s = time.monotonic() - began_s
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise Failure(
            f"{FUNCTION}: found {request['function']}, a generator; allowed a function or async def", 2
        )
    fresh.stage(folder, f"reading {request['inputs']}")
    found, more = _read(request["inputs"], seconds * READING)
    order = samples.order(len(found), request["seed"])
    arguments = [found[number] for number in order]
    stored = samples.store(folder, "inputs", arguments)
    arguments = arguments[: stored or len(arguments)]
    sample = Sample(
        function=request["function"],
        form=ASYNC if inspect.iscoroutinefunction(function) else PLAIN,
        inputs=request["inputs"],
        count=len(arguments),
        read=len(found),
        seed=request["seed"],
        stored=bool(stored),
    )
    fresh.stage(folder, f"running {request['function']} on its first input")
    caller, form, first = _called(sample, arguments[0], request["rate"])
    look = _looked(replace(sample, form=form), caller, first, arguments, folder, seconds)
    sized, called = _nature(sample.inputs)
    look = replace(look, more=more, sized=sized, called=called, import_s=import_s)
    return replace(look, memory_bytes=caller.memory_bytes).to_json()


def _read(name: str, seconds: float) -> tuple[list[Any], bool]:
    """Read inputs until there are enough of them, or time is over; whether there may be more."""
    over_s = time.monotonic() + seconds
    found: list[Any] = []
    for item in named.opened(INPUTS, name):
        if len(found) == MOST_INPUTS or (found and time.monotonic() > over_s):
            return found, True
        found.append(item)
    if not found:
        raise named.empty(INPUTS, name)
    return found, False


def _nature(name: str) -> tuple[bool, bool]:
    """Whether inputs have a length, and whether they are a function that gives them."""
    if named.form_of(name) != named.ITERABLE:
        return True, False
    place, _, attribute = name.rpartition(":")
    found = getattr(module_named(INPUTS, place, again=False), attribute)
    return hasattr(found, "__len__"), not isinstance(found, Iterable)


def _called(sample: Sample, argument: Any, rate: float | None) -> tuple[Caller, str, list[Called]]:
    """
    Find out how the function has to be called, a plain one by calling it, and return that call. An async one
    is not called for that: some work in the first event loop of a process only.
    """
    caller = Caller(sample.imported(), sample.form, rate)
    if sample.form != PLAIN:
        return caller, sample.form, []
    (one,) = caller.each([argument])
    needs_loop = isinstance(one.answer, Failed) and any(words in one.message for words in NO_LOOP)
    if not needs_loop and not inspect.isawaitable(one.answer):
        return caller, PLAIN, [one]
    if inspect.iscoroutine(one.answer):
        one.answer.close()
    return Caller(sample.imported(), LOOP, rate), LOOP, []


def _looked(  # noqa: PLR0913, PLR0917, PLR0914 - what is looked at is one thing after the other
    sample: Sample,
    caller: Caller,
    first: Sequence[Called],
    arguments: Sequence[Any],
    folder: Path,
    seconds: float,
) -> Look:
    fresh.stage(folder, f"running {sample.function} in a plain loop")
    waited_s = waited_for_a_core_s()
    calls = [*first, *caller.each(arguments[len(first) :], seconds * SERIES)]
    failing = _failing(calls)
    if len(calls) == sum(one.jobs for one in failing):
        raise Failure(
            f"{FUNCTION}: {sample.function} fails on all {len(calls):,} inputs that were tried: "
            f"{failing[0].kind}: {failing[0].message}"
        )
    settled = [*(calls[1:] or calls)]  # the first may have filled caches
    if sum(call.took_s for call in settled) < FEWEST_S:
        settled += caller.each(cycle(arguments), FEWEST_S)
    took_s = sum(call.took_s for call in settled)
    job_s = took_s / len(settled)
    waited_s = max(waited_for_a_core_s() - waited_s, 0.0)
    cpu_s = sum(call.cpu_s for call in settled)
    cpu_share = cpu_s / max(took_s - waited_s, min(cpu_s, took_s))  # a busy machine's share is not its own
    skipped: list[str] = []

    def has_time(jobs: int, share: float, what: str) -> bool:
        fits = jobs * caller.paced_s(job_s) <= share * seconds
        skipped.extend([what] * (not fits))
        return fits

    fresh.stage(folder, f"running {sample.function} a second time")
    same_again, one_loop = None, False
    if has_time(1, 0.5, "whether it gives the same answer twice"):
        again = list(caller.each(arguments[: len(calls)], seconds * AGAIN))
        one_loop = sample.form != PLAIN and _broke(calls, again)
        if not one_loop:
            same_again = all(
                samples.alike(new.answer, old.answer) for old, new in zip(calls, again, strict=False)
            )
    known = (
        samples.store(folder, "answers", [call.answer for call in calls]) if same_again is not False else 0
    )
    gil_share = pair = None
    if sample.form != PLAIN:
        if one_loop or caller.limited:
            skipped.append("whether two at once overlap")
        elif has_time(3, PAIR, "whether two at once overlap"):
            pair = caller.pair_s(arguments) / job_s
    elif caller.limited:
        skipped.append("whether it holds the GIL")
    elif has_gil() and has_time(1, GIL, "whether it holds the GIL"):
        fresh.stage(folder, f"running {sample.function} beside a thread that counts")
        gil_share = held_share(caller.function, cycle(arguments), GIL_S)
    leak = None
    if not one_loop and has_time(BATCHES, LEAK, "whether it leaks memory"):
        fresh.stage(folder, f"running {sample.function} again and again")
        leak = _leak_bytes(caller, arguments, seconds * LEAK / BATCHES)
    samples.write(folder, replace(sample, known=known, failures=tuple(one.kind for one in failing)))
    return Look(
        function=sample.function,
        form=sample.form,
        inputs=sample.inputs,
        read=sample.read,
        more=False,
        sized=True,
        called=False,
        count=sample.count,
        import_s=0.0,
        looked_at=len(calls),
        job_s=job_s,
        cpu_share=cpu_share,
        gil_share=gil_share,
        pair=pair,
        memory_bytes=None,
        leak_bytes=leak,
        stays=_stays(sample, caller.function, arguments[0], calls),
        same_again=same_again,
        one_loop=one_loop,
        known=known,
        failing=failing,
        not_on=_not_on(caller, arguments, calls) if sample.form != PLAIN else {},
        not_looked_at=tuple(skipped),
    )


def _failing(calls: Sequence[Called]) -> tuple[Failing, ...]:
    kinds = Counter(call.answer.kind for call in calls if isinstance(call.answer, Failed))
    return tuple(
        Failing(kind, next(call.message for call in calls if call.answer == Failed(kind)), jobs)
        for kind, jobs in kinds.most_common()
    )


def _broke(calls: Sequence[Called], again: Sequence[Called]) -> bool:
    """Whether jobs fail in a second event loop that did not in the first."""
    return any(
        isinstance(new.answer, Failed) and not isinstance(old.answer, Failed)
        for old, new in zip(calls, again, strict=False)
    )


def _leak_bytes(caller: Caller, arguments: Sequence[Any], batch_s: float) -> int | None:
    """Return how much each job leaves behind; None where the system does not say what a process takes."""
    todo = cycle(arguments)
    jobs = 0
    sizes: list[int] = []
    for _ in range(BATCHES):
        jobs = sum(1 for _ in caller.each(islice(todo, jobs or None), batch_s))  # all batches as the first
        gc.collect()
        size = samples.resident_bytes()
        if size is None:
            return None
        sizes.append(size)
    late = sizes[-5:]
    grown = [after - before for before, after in zip(late, late[1:], strict=False)]
    leaks = sum(grown) >= LEAKS_BYTES and min(grown) > 0
    return round(sum(grown) / (jobs * len(grown))) if leaks else 0


def _stays(sample: Sample, function: Callable[[Any], Any], argument: Any, calls: Sequence[Called]) -> str:
    """Say why a job cannot be done in another process; nothing where it can."""
    if sample.form != PLAIN:
        return "an async function stays in its process"
    good = next(call.answer for call in calls if not isinstance(call.answer, Failed))
    for what, thing in (("the function", function), ("its input", argument), ("its answer", good)):
        try:
            pickle.loads(pickle.dumps(thing))  # noqa: S301 - what was just pickled
        except Exception as error:  # noqa: BLE001 - whatever the user's objects do
            return " ".join(f"{what} cannot be pickled: {error}".split())
    return ""


def _not_on(caller: Caller, arguments: Sequence[Any], calls: Sequence[Called]) -> dict[str, str]:
    """Try one job that succeeds on the runtimes that have no event loop of asyncio's."""
    good = next(number for number, call in enumerate(calls) if not isinstance(call.answer, Failed))
    why = {name: caller.on_runtime(name, arguments[good]) for name in ("fibers",)}
    return {name: words for name, words in why.items() if words}


if __name__ == "__main__":
    sys.exit(fresh.answer(looked))
