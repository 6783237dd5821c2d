"""When a session looks at its figures, and how sure it has to be then.

Somebody who looks three times and stops at the first good news is wrong three times as often. So the looks
are settled in the plan, and share the 5 % of one look among them: two-sided 1, 1.5 and 2.5 %, which add up
to 5 % whatever the noise is like. A difference interval has the level that is left, an equivalence interval
one that is wrong as often on each of its two sides.

Source: O. J. Dunn, Multiple Comparisons Among Means, J. Amer. Statist. Assoc. 56 (1961), whose inequality
that is; P. C. O'Brien, T. R. Fleming, A Multiple Testing Procedure for Clinical Trials, Biometrics 35 (1979),
for spending less of it early.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gopatterns_cli.measuring.typed import shown


@dataclass(frozen=True, slots=True)
class Look:
    """A look at the figures.

    Args:
        rounds: after so many.
        difference: confidence of the difference interval, from 0 to 1.
        equivalence: confidence of the equivalence interval.
    """

    rounds: int
    difference: float
    equivalence: float

    @property
    def levels(self) -> tuple[float, float]:
        """Both confidences, as `statistics.ratio` takes them."""
        return self.difference, self.equivalence


def _spending(rounds: int, alpha: float) -> Look:
    return Look(rounds, 1 - alpha, 1 - 2 * alpha)


THREE = (_spending(8, 0.01), _spending(14, 0.015), _spending(24, 0.025))
"""METHOD, point 7: whoever is decided at a look stops there."""


LEVELS = _spending(1, 0.05).levels
"""Where there is one look, whatever the number of rounds."""


def once(rounds: int) -> tuple[Look, ...]:
    """Return the only look of a fixed number of rounds."""
    return (Look(rounds, *LEVELS),)


def checked(looks: Sequence[Look]) -> None:
    """See that stored looks can be carried out.

    Raises:
        ValueError: they cannot.
    """
    numbers = [look.rounds for look in looks]
    if not looks or numbers[0] < 1 or not all(before < after for before, after in pairwise(numbers)):
        raise ValueError(f"the plan cannot look after {shown(numbers)} rounds")
    if not all(0 < level < 1 for look in looks for level in look.levels):
        raise ValueError("a confidence is not between 0 and 1")
