"""What a job is like, found by running it: the plain loop, again, beside something else, again and again.

Each of these has a share of the time; what does not fit is left out and said. The answers of the plain loop
are kept in the sample, as the right ones.
"""

import gc
import pickle
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle, islice, pairwise
from pathlib import Path
from typing import Any

from gopatterns_cli.answers import alike
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.machine import has_gil
from gopatterns_cli.memory.system import resident
from gopatterns_cli.tuning import sample as samples
from gopatterns_cli.tuning.calling import Called, Caller, waited_for_a_core_s
from gopatterns_cli.tuning.gil import held_share
from gopatterns_cli.tuning.look import Failing
from gopatterns_cli.tuning.sample import FUNCTION, PLAIN, Failed, Sample
from gopatterns_cli.tuning.stages import stage

SERIES, AGAIN, GIL, PAIR, LEAK = 0.3, 0.15, 0.15, 0.1, 0.15
"""Shares of the time: the plain loop, calling again, the GIL or two at once, leaks."""

MOST_AGAIN = 0.5
"""A second call is worth half of the time."""

FEWEST_S = 0.05
"""Shorter than this, a row of jobs tells no time."""

GIL_S = 0.1
"""How long jobs are run to see whether they hold the GIL, or as long as one."""

LOOP_WORD = "loop"
"""What asyncio says of a future, a lock or a transport that is used in another event loop than its own."""

BATCHES, LATE = 8, 4
LEAKS_BYTES = 2**19
"""A process that grows in each of the last four of eight batches of jobs, by so much in all, leaks."""


@dataclass(slots=True)
class Study:
    """A job under study.

    Args:
        sample: what is known; its right answers are added.
        caller: calls the function.
        arguments: the inputs, in the sample's order.
        folder: where the sample is.
        seconds: what all of it may take.
    """

    sample: Sample
    caller: Caller
    arguments: Sequence[Any]
    folder: Path
    seconds: float
    job_s: float = 0.0
    skipped: list[str] = field(default_factory=list)

    def studied(self, first: Sequence[Called]) -> dict[str, Any]:
        """Study it and return fields of a `Look`; `first` are calls that were made before.

        Raises:
            Failure: it fails on every input.
        """
        self._begins("in a plain loop")
        waited_s = waited_for_a_core_s()
        calls = [*first, *self.caller.each(self.arguments[len(first) :], self.seconds * SERIES)]
        failing = self._failing(calls)
        cpu_share = self._timed(calls, waited_s)
        same_again, one_loop = self._again(calls)
        answers = [] if same_again is False else [call.answer for call in calls]
        known = samples.store(self.folder, "answers", answers, samples.LARGEST_BYTES)
        kinds = tuple(one.kind for one in failing)
        samples.write(self.folder, replace(self.sample, known=known, failures=kinds, one_loop=one_loop))
        good = next(number for number, call in enumerate(calls) if not isinstance(call.answer, Failed))
        return {
            "looked_at": len(calls),
            "job_s": self.job_s,
            "cpu_share": cpu_share,
            "gil_share": self._gil_share(),
            "pair": self._pair(one_loop=one_loop),
            "leak_bytes": None if one_loop else self._leak_bytes(),
            "stays": self._stays(calls[good].answer),
            "same_again": same_again,
            "one_loop": one_loop,
            "known": known,
            "failing": failing,
            "not_on": {} if one_loop else self._not_on(self.arguments[good]),
            "not_looked_at": tuple(self.skipped),
        }

    def _begins(self, how: str) -> None:
        stage(self.folder, f"running {self.sample.function} {how}")

    def _has_time(self, jobs: int, share: float, what: str) -> bool:
        """Whether so many jobs fit a share of the time; else that is noted."""
        fits = jobs * self.caller.paced_s(self.job_s) <= share * self.seconds
        self.skipped.extend([what] * (not fits))
        return fits

    def _failing(self, calls: Sequence[Called]) -> tuple[Failing, ...]:
        kinds = Counter(call.answer.kind for call in calls if isinstance(call.answer, Failed))
        failing = tuple(
            Failing(kind, next(call.message for call in calls if call.answer == Failed(kind)), jobs)
            for kind, jobs in kinds.most_common()
        )
        if kinds.total() == len(calls):
            raise Failure(
                f"{FUNCTION}: {self.sample.function} fails on all {len(calls):,} inputs that were tried: "
                f"{failing[0].kind}: {failing[0].message}"
            )
        return failing

    def _timed(self, calls: Sequence[Called], waited_s: float) -> float:
        """Settle what a job takes, and return for which share of that it computes."""
        settled = [*(calls[1:] or calls)]  # the first may have filled caches
        if sum(call.took_s for call in settled) < FEWEST_S:
            settled += self.caller.each(cycle(self.arguments), FEWEST_S)
        took_s, cpu_s = sum(call.took_s for call in settled), sum(call.cpu_s for call in settled)
        self.job_s = took_s / len(settled)
        waited_s = max(
            waited_for_a_core_s() - waited_s, 0.0
        )  # on a busy machine, which is not the job's doing
        return cpu_s / max(took_s - waited_s, min(cpu_s, took_s))

    def _again(self, calls: Sequence[Called]) -> tuple[bool | None, bool]:
        """
        Call it again; return whether the answers are the same (None if not looked at), and whether it fails
        in a second event loop.
        """
        if not self._has_time(1, MOST_AGAIN, "whether it gives the same answer twice"):
            return None, False
        self._begins("a second time")
        again = list(self.caller.each(self.arguments[: len(calls)], self.seconds * AGAIN))
        both = list(zip(calls, again, strict=False))
        if self.sample.form != PLAIN and self._fails_in_another_loop(both):
            return None, True
        return all(alike(new.answer, old.answer) for old, new in both), False

    def _fails_in_another_loop(self, both: Sequence[tuple[Called, Called]]) -> bool:
        """
        Whether jobs that were done in the first event loop fail in the second because of that: they say so,
        or all of them do, and the first of them in a third one, too.
        """
        lost = [not isinstance(old.answer, Failed) and isinstance(new.answer, Failed) for old, new in both]
        if any(LOOP_WORD in new.message for (_, new), is_lost in zip(both, lost, strict=True) if is_lost):
            return True
        good = [not isinstance(old.answer, Failed) for old, _ in both]
        if not any(lost) or lost != good:
            return False
        (once_more,) = self.caller.each([self.arguments[lost.index(True)]])
        return isinstance(once_more.answer, Failed)

    def _gil_share(self) -> float | None:
        what = "whether it holds the GIL"
        if self.sample.form != PLAIN or not has_gil():
            return None
        if self.caller.limited:
            self.skipped.append(what)
            return None
        if not self._has_time(1, GIL, what):
            return None
        self._begins("beside a thread that takes turns")
        return held_share(self.caller.function, cycle(self.arguments), GIL_S)

    def _pair(self, *, one_loop: bool) -> float | None:
        """How many times as long as one job two of an async function take at once."""
        what = "whether two at once overlap"
        if self.sample.form == PLAIN:
            return None
        if one_loop or self.caller.limited:
            self.skipped.append(what)
            return None
        return self.caller.pair_s(self.arguments) / self.job_s if self._has_time(3, PAIR, what) else None

    def _leak_bytes(self) -> int | None:
        """Return how much each job leaves behind; None where there is no time to look."""
        if not self._has_time(BATCHES, LEAK, "whether it leaks memory"):
            return None
        self._begins("again and again")
        todo, jobs = cycle(self.arguments), 0
        sizes: list[int] = []
        for _ in range(BATCHES):
            batch_s = self.seconds * LEAK / BATCHES
            jobs = sum(1 for _ in self.caller.each(islice(todo, jobs or None), batch_s))  # all as the first
            gc.collect()
            sizes.append(resident())
        grown = [after - before for before, after in pairwise(sizes)][-LATE:]
        leaks = sum(grown) >= LEAKS_BYTES and min(grown) > 0
        return round(sum(grown) / (jobs * LATE)) if leaks else 0

    def _stays(self, answer: Any) -> str:
        """Say why a job cannot be done in another process; nothing where it can."""
        if self.sample.form != PLAIN:
            return "an async function stays in its process"
        parts = (
            ("the function", self.caller.function),
            ("its input", self.arguments[0]),
            ("its answer", answer),
        )
        return next(_unpicklable(parts), "")

    def _not_on(self, argument: Any) -> dict[str, str]:
        """Try an async function on the runtimes that have no event loop of asyncio's."""
        if self.sample.form == PLAIN:
            return {}
        self._begins("on fibers")
        why = self.caller.on_runtime("fibers", argument)
        return {"fibers": why} if why else {}


def _unpicklable(parts: Sequence[tuple[str, Any]]) -> Iterator[str]:
    for what, thing in parts:
        try:
            pickle.loads(pickle.dumps(thing))  # noqa: S301 - what was just pickled
        except Exception as error:  # noqa: BLE001 - whatever the user's objects do
            yield " ".join(f"{what} cannot be pickled: {error}".split())
