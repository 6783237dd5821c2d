"""The sample: what every process of a tuning works on, so that all of them do the same jobs.

The look writes it into a folder: the inputs in a random order that is drawn once, so that the first so many
of them stand for all, and the answers that the plain loop gave. Inputs that cannot be pickled are taken from
where they came from, again in each process. Nothing here measures.
"""

import inspect
import json
import math
import pickle
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from gopatterns_cli import inputs as named
from gopatterns_cli.failure import Failure
from gopatterns_cli.functions import files_first, function_named

FUNCTION, INPUTS = "TARGET", "--inputs"
"""What messages call the two."""

PLAIN, ASYNC, LOOP = "plain", "async", "loop"
"""Forms of a function: LOOP is a plain one that needs a running event loop, or gives an awaitable."""

LARGEST_BYTES = 256 * 2**20
"""Of all inputs together, pickled, and of all answers: a sample holds no more."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What is in the folder.

    Args:
        function: as MODULE:FUNCTION.
        form: `plain`, `async` or `loop`.
        inputs: how the inputs are named.
        count: how many of them the sample has.
        read: how many were read for it.
        seed: their order was drawn from it.
        stored: they lie in the folder, pickled.
        known: of the first so many the right answer is known; 0 where two calls do not give the same.
        failures: the errors that the plain loop met, by the names of their classes.
        one_loop: it works in the first event loop of a process and in no other.
        files: those that the user named, whose folders are looked in first.
    """

    function: str
    form: str
    inputs: str
    count: int
    read: int
    seed: int
    stored: bool
    known: int = 0
    failures: tuple[str, ...] = ()
    one_loop: bool = False
    files: tuple[str, ...] = ()

    def imported(self) -> Callable[[Any], Any]:
        """Import the function.

        Raises:
            Failure: exit code 2: there is no such function, or it is not in the file that was named; 1: its
                module fails.
        """
        files_first(FUNCTION, self.files)
        found: Callable[[Any], Any] = function_named(FUNCTION, self.function)
        return found

    def awaitable(self) -> Callable[[Any], Any]:
        """Import the function, as one whose result is awaited."""
        function = self.imported()
        return function if self.form == ASYNC else in_a_loop(function)


@dataclass(frozen=True, slots=True)
class Failed:
    """In place of an answer: the function failed, and how. Two failures of one kind are the same answer."""

    kind: str


def in_a_loop(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function that calls `function` where a loop runs, and awaits what it gives if it can be."""

    async def called(argument: Any) -> Any:
        value = function(argument)
        return await value if inspect.isawaitable(value) else value

    return called


def order(read: int, seed: int) -> list[int]:
    """Return the numbers of the inputs that were read, in the sample's order."""
    return random.Random(seed).sample(range(read), read)


def write(folder: Path, sample: Sample) -> None:
    """Write what is known of a sample, over what was known before."""
    folder.joinpath("sample.json").write_text(json.dumps(asdict(sample)), encoding="utf-8")


def load(folder: Path) -> Sample:
    """Read what is known of a sample."""
    data = json.loads(folder.joinpath("sample.json").read_text(encoding="utf-8"))
    return Sample(**{**data, "failures": tuple(data["failures"]), "files": tuple(data["files"])})


class Scale:
    """Weighs things as they come, without keeping them.

    `bytes` is what all of them take pickled; from the first that cannot be pickled on nothing is added.
    """

    def __init__(self) -> None:
        self.bytes = 0
        self._weighs = True

    def add(self, thing: Any) -> None:
        """Weigh one more."""
        if not self._weighs:
            return
        try:
            pickle.dump(thing, self)
        except Exception:  # noqa: BLE001 - whatever the user's objects do
            self._weighs = False

    def write(self, part: bytes) -> int:
        """Take a part of a pickle, as a file would."""
        self.bytes += len(part)
        return len(part)


def store(folder: Path, name: str, things: Iterable[Any], most_bytes: float = math.inf) -> int:
    """
    Pickle things one after the other, until they take more than `most_bytes`, and say how many those were; 0,
    and no file, when one of them cannot be pickled.
    """
    path = folder / f"{name}.pickle"
    stored = 0
    try:
        with path.open("wb") as file:
            for thing in things:
                pickle.dump(thing, file)
                stored += 1
                if file.tell() > most_bytes:
                    break
    except Exception:  # noqa: BLE001 - whatever the user's objects do
        path.unlink()
        return 0
    return stored


def arguments(folder: Path, sample: Sample, first: int, count: int) -> list[Any]:
    """Return `count` inputs from number `first` on, in the sample's order, which begins anew at its end.

    Raises:
        Failure: they were to be read again, and are fewer now.
    """
    numbers = [(first + number) % sample.count for number in range(count)]
    upto = max(numbers) + 1
    if sample.stored:
        known = list(_stored(folder, "inputs", upto))
    else:
        again = list(islice(named.opened(INPUTS, sample.inputs), sample.read))
        if len(again) < sample.read:
            raise Failure(f"{INPUTS}: found {len(again):,} in {sample.inputs}, there were {sample.read:,}")
        known = [again[number] for number in order(sample.read, sample.seed)[:upto]]
    return [known[number] for number in numbers]


def answers(folder: Path, sample: Sample, first: int, count: int) -> dict[int, Any]:
    """Return the right answers by number from 0 to `count` - 1, those that are known."""
    if not sample.known:
        return {}
    numbers = {number: (first + number) % sample.count for number in range(count)}
    wanted = [place for place in numbers.values() if place < sample.known]
    known = list(_stored(folder, "answers", max(wanted) + 1)) if wanted else []
    return {number: known[place] for number, place in numbers.items() if place < sample.known}


def _stored(folder: Path, name: str, count: int) -> Iterator[Any]:
    with folder.joinpath(f"{name}.pickle").open("rb") as file:
        for _ in range(count):
            yield pickle.load(file)  # noqa: S301 - from our own look
