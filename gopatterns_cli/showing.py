"""What `compare` shows of a session: which kind of comparison it is, and in which form it is printed."""

from pathlib import Path

from gopatterns_cli import comparison, workflow
from gopatterns_cli.entries import Found
from gopatterns_cli.failure import Failure
from gopatterns_cli.render.drawing import colors
from gopatterns_cli.render.forms import FORMS
from gopatterns_cli.render.listing import width
from gopatterns_cli.render.screen import Screen
from gopatterns_cli.session import Session, load, newest
from gopatterns_cli.verdicts import TOLERANCE
from gopatterns_cli.versus import versus
from gopatterns_cli.words import LANGUAGES, asked, spoken

WRONG_USAGE = 2

FOR_PEOPLE = frozenset({"terminal", "markdown"})
"""Forms in the language that is asked for; what programs read is English."""


def chosen(target: str, folder: Path, *, quick: bool) -> Session:
    """Return the session that a file's name, or a group or scenario, stands for.

    Args:
        target: a file, or what was measured.
        folder: where sessions lie.
        quick: look for quick ones only.

    Raises:
        SessionError: exit code 5: there is none; 2: the file is no session.
    """
    path = Path(target)
    if path.suffix == ".json" or path.is_file() or path.name != target:
        return load(path)
    return load(newest(folder, target, lambda session: session.quick or not quick))


def shown(
    session: Session,
    baseline: Session | None = None,
    *,
    form: str = "terminal",
    tolerance: float | None = None,
    strict: bool = False,
    across_machines: bool = False,
    verbose: bool = False,
) -> int:
    """Compare a session, print what was found, and return the exit code.

    In a step of GitHub's Actions its summary and its output values are written, too.

    Args:
        session: what was measured; if it was versions, they are compared with each other.
        baseline: an older session, or None.
        form: one of `FORMS`.
        tolerance: a slowdown above 1 + tolerance is a regression: 0.05 is 5 %. None is the default; of
            versions, what their plan says.
        strict: whatever cannot be told is an exit code of its own.
        across_machines: let a baseline from another machine or Python decide, too.
        verbose: list on a screen what has not become worse, too.

    Raises:
        Failure: exit code 5, there is nothing to compare; 2, a baseline or another tolerance for versions.
    """
    with spoken(asked() if form in FOR_PEOPLE else LANGUAGES[0]):
        found = compared(
            session, baseline, tolerance=tolerance, strict=strict, across_machines=across_machines
        )
        print(FORMS[form](found, Screen(width(), colors(), verbose)), end="")
        workflow.leave(found)
    return found.outcome.code


def compared(
    session: Session,
    baseline: Session | None,
    *,
    tolerance: float | None,
    strict: bool,
    across_machines: bool,
) -> Found:
    """Return the comparison of a session: of its versions if it has some, else with the document."""
    if not session.plan.versions:
        return comparison.compare(
            session,
            baseline,
            tolerance=TOLERANCE if tolerance is None else tolerance,
            strict=strict,
            across_machines=across_machines,
            memory=comparison.memory_beside(session),
        )
    if baseline is not None:
        what = f"{baseline.path}, but {session.path} compares versions with each other"
        raise Failure(f"--baseline: found {what}; allowed none", WRONG_USAGE)
    planned = session.plan.tolerance
    if tolerance not in {None, planned}:
        what = f"{100 * (tolerance or 0):g}%, but {session.path} was measured for {100 * planned:g}%"
        raise Failure(f"--tolerance: found {what}; allowed that", WRONG_USAGE)
    return versus(session, strict=strict)
