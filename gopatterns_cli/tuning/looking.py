"""One job looked at, in a fresh process: `python -m gopatterns_cli.tuning.looking`, started by `course`.

Everything that is looked at has a share of the time that was given; what does not fit is left out and said.
The answers of the plain loop are kept in the sample, as the right ones.
"""

import inspect
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from gopatterns_cli import inputs as named
from gopatterns_cli.failure import Failure
from gopatterns_cli.functions import files_first, function_named, module_named
from gopatterns_cli.measuring import asking
from gopatterns_cli.tuning import sample as samples
from gopatterns_cli.tuning.calling import Called, Caller
from gopatterns_cli.tuning.look import Look
from gopatterns_cli.tuning.sample import ASYNC, FUNCTION, INPUTS, LOOP, PLAIN, Failed, Sample
from gopatterns_cli.tuning.stages import stage
from gopatterns_cli.tuning.studying import Study

MOST_INPUTS = 10_000
"""A sample needs no more, and inputs need not end."""

READING = 0.25
"""The share of the time in which inputs are read."""

TOO_LARGE, NO_TIME = "together they are too large", "there was no time to read them"
"""Why inputs are left out."""

NO_LOOP = ("no running event loop", "no current event loop")
"""What a plain function says that has to be called inside one."""


def looked(request: dict[str, Any]) -> dict[str, Any]:
    """Look at one job.

    Args:
        request: `function`, `inputs`, `files` that these are of, `folder`, `seed`, `seconds` to take, `rate`
            or None.

    Raises:
        Failure: there is no such function, there are no inputs, or it fails on all of them.
    """
    folder, seconds = Path(request["folder"]), float(request["seconds"])
    stage(folder, f"importing {request['function']}")
    began_s = time.monotonic()
    files_first(FUNCTION, request["files"])
    function = function_named(FUNCTION, request["function"])
    import_s = time.monotonic() - began_s
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise Failure(
            f"{FUNCTION}: found {request['function']}, a generator; allowed a function or async def", 2
        )
    stage(folder, f"reading {request['inputs']}")
    found, more, cut = _read(request["inputs"], seconds * READING)
    order = samples.order(len(found), request["seed"])
    arguments = [found[number] for number in order]
    stored = samples.store(folder, "inputs", arguments)
    sample = Sample(
        function=request["function"],
        form=ASYNC if inspect.iscoroutinefunction(function) else PLAIN,
        inputs=request["inputs"],
        count=len(arguments),
        read=len(found),
        seed=request["seed"],
        stored=bool(stored),
        files=tuple(request["files"]),
    )
    stage(folder, f"running {request['function']} on its first input")
    caller, form, first = _called(sample, arguments[0], request["rate"])
    sample = replace(sample, form=form)
    known = Study(sample, caller, arguments, folder, seconds).studied(first)
    sized, called = _nature(sample.inputs)
    look = Look(
        function=sample.function,
        form=form,
        inputs=sample.inputs,
        read=sample.read,
        more=more,
        cut=cut,
        sized=sized,
        called=called,
        count=sample.count,
        import_s=import_s,
        memory_bytes=caller.memory_bytes,
        **known,
    )
    return look.to_json()


def _read(name: str, seconds: float) -> tuple[list[Any], bool, str]:
    """
    Read inputs until there are enough of them, they are too large or time is over; return them, whether there
    are more, and why those were left if not because there are enough.
    """
    over_s = time.monotonic() + seconds
    found: list[Any] = []
    scale = samples.Scale()
    for item in named.opened(INPUTS, name):
        if len(found) == MOST_INPUTS:
            return found, True, ""
        if scale.bytes > samples.LARGEST_BYTES:
            return found, True, TOO_LARGE
        if found and time.monotonic() > over_s:
            return found, True, NO_TIME
        found.append(item)
        scale.add(item)
    if not found:
        raise named.empty(INPUTS, name)
    return found, False, ""


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


if __name__ == "__main__":
    sys.exit(asking.answer(looked))
