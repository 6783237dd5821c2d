"""Whether a job's answer is right, after a run and outside its clock.

The look knows some right answers only. A failure of a kind that it never met may be the input's doing or that
of whatever called the function: the function is called once more for that input, by itself.
"""

from dataclasses import dataclass, field
from typing import Any

from gopatterns_cli.answers import alike
from gopatterns_cli.memory.system import forget_peak, peak_bytes
from gopatterns_cli.tuning.calling import Caller
from gopatterns_cli.tuning.sample import Failed, Sample


@dataclass(frozen=True, slots=True)
class Unknown:
    """In place of the right answer where nobody knows it: the input."""

    argument: Any

    def __repr__(self) -> str:
        return "no failure"


@dataclass(slots=True)
class Judge:
    """Says which answers are right.

    Args:
        sample: what is known of the function.
        rate: it is called so many times a second at the most; None for no limit.
        learned: what failures say of whose kind the look knew nothing, by that kind.
    """

    sample: Sample
    rate: float | None
    learned: dict[str, str] = field(default_factory=dict)
    _most_bytes: int = 0

    def is_right(self, found: Any, right: Any) -> bool:
        """Whether an answer is right; in doubt the function is called, which takes what a job takes."""
        if not isinstance(right, Unknown):
            return alike(found, right)
        if not isinstance(found, Failed) or found.kind in {*self.sample.failures, *self.learned}:
            return True
        return not self.sample.one_loop and self._fails_alone(found, right.argument)

    @property
    def peak_bytes(self) -> int:
        """What this process has taken at the most, without the calls that were made in doubt."""
        return max(self._most_bytes, peak_bytes())

    def _fails_alone(self, found: Failed, argument: Any) -> bool:
        self._most_bytes = self.peak_bytes
        caller = Caller(self.sample.imported(), self.sample.form, self.rate)
        caller.take_turn()  # the run's last job may have begun just now
        (called,) = caller.each([argument])
        forget_peak()
        if called.answer != found:
            return False
        self.learned[found.kind] = called.message
        return True
