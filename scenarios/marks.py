"""The document's marks of a pattern: how complex it is, and how much memory it takes."""

from dataclasses import dataclass
from functools import cache

from scenarios.files import load, shipped
from scenarios.targets import CLAIMS


@dataclass(frozen=True)
class Mark:
    """The document's marks of one pattern.

    Attributes:
        id: of the claim that gives them.
        pattern: the pattern that they are about.
        complexity: 1 to 5; None where it gives none.
        memory: low, medium or high; None where it gives none.
    """

    id: str
    pattern: str
    complexity: int | None
    memory: str | None


@cache
def marks() -> tuple[Mark, ...]:
    """Return what the claims that are shipped say, in the order of their files."""
    claimed = [load(path) for path in shipped() if path.parent.name == CLAIMS]
    return tuple(
        Mark(claim.id, scenario.pattern, claim.complexity, claim.memory)
        for scenario in claimed
        for claim in scenario.claims
        if claim.complexity is not None or claim.memory is not None
    )
