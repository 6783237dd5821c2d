"""The lines around the tables of a comparison: the answer, the conditions, what could hide, how it ends."""

from collections import Counter
from collections.abc import Iterator, Sequence

from gopatterns_cli import figures
from gopatterns_cli.comparison import Comparison
from gopatterns_cli.costs import Standing
from gopatterns_cli.entries import Found
from gopatterns_cli.footprints import FootprintTable
from gopatterns_cli.machines import agreement, described
from gopatterns_cli.session import COMPLETE, Session
from gopatterns_cli.verdicts import Verdict
from gopatterns_cli.versions.version import Version
from gopatterns_cli.versus import Versus

SHORT_HASH = 7
"""So many digits of a commit, as git writes it in short."""


def answer(found: Found) -> str:
    """The first line: how often which verdict was found, and how ours stands among the peers."""
    return _counted(found.tally) if isinstance(found, Versus) else _answer(found)


def _answer(comparison: Comparison) -> str:
    claims, changes = _counted(comparison.tally), _counted(comparison.change_tally)
    found = [
        f"against the baseline: {changes}{_from_where(comparison)}" if changes else "",
        f"claims: {claims}" if claims else "",
        *(_stands(one) for one in comparison.standings),
        *_marks(comparison.footprints),
    ]
    told = [part for part in found if part]
    answers = claims or comparison.standings or comparison.footprints
    return "; ".join(told if answers else [*told, "claims: no claim in this session"])


def _from_where(comparison: Comparison) -> str:
    """Whether the baseline was measured on the same machine and Python."""
    if comparison.baseline is None:
        return ""
    return f" ({agreement(comparison.session.machine, comparison.baseline.session.machine)})"


def _marks(tables: Sequence[FootprintTable]) -> Iterator[str]:
    """How often which verdict was found on the document's low and medium."""
    found = Counter(table.judgement.verdict for table in tables if table.judgement is not None)
    tally = tuple((str(verdict), found[verdict]) for verdict in Verdict if found[verdict])
    if tally:
        yield f"memory: {_counted(tally)}"
    elif tables:
        yield "memory: the document says nothing of it"


def _stands(standing: Standing) -> str:
    peer = f"{standing.kind} peer".strip()
    return (
        f"{standing.runtime}: ahead of every {peer} in {standing.ahead} of {standing.of} operations, "
        f"behind one in {standing.behind}"
    )


def conditions(session: Session) -> tuple[str, ...]:
    """The lines that say what, on what, when and how much was measured."""
    plan = session.plan
    together = "same machine, interleaved, " if plan.versions else ""
    what = ["; ".join(f"{version.label}: {_named(version)}" for version in plan.versions)]
    return *(what if plan.versions else ()), *_conditions(session, together)


def _named(version: Version) -> str:
    """What a version is: `origin/main at 3f2c1a0`, `the working tree at 9b0d44a with changes`."""
    at = f" at {version.commit[:SHORT_HASH]}" if version.commit else ""
    on = f" on Python {version.python_version}" if version.interpreter else ""
    return f"{version.what}{at}{' with changes' if version.dirty else ''}{on}"


def _conditions(session: Session, together: str) -> tuple[str, str]:
    quick = "quick, " if session.quick else ""
    rounds = figures.plural(session.rounds_done, "round")
    if session.rounds_done < session.plan.rounds:
        upto = "up to " * (session.status == COMPLETE)
        rounds = f"{session.rounds_done} of {upto}{figures.plural(session.plan.rounds, 'round')}"
    when = f"started {started(session)}, seed {session.plan.seed}"
    languages = ", ".join([described(session.machine), *session.go_versions])
    return f"{session.group}: {together}{quick}{rounds}, {when}, {session.path}", languages


def started(session: Session) -> str:
    """When a session was started, to the minute: `2026-11-24 04:12 UTC`."""
    return f"{session.started[:16].replace('T', ' ')} UTC"


def canary(found: Found) -> str:
    """The line that says how far identical code seemed to differ; empty where nothing was measured twice."""
    watched = found.canary
    if watched is None:
        return ""
    twice = f"canary: {watched.cell.name}, measured twice,"
    if watched.ratio is None:
        return f"{twice} was lost in every round, nothing here can be trusted"
    differed = f"{twice} took {figures.ratio(watched.ratio)} its own time"
    if watched.blind:
        return f"{differed}: lost too often to tell, nothing here can be trusted"
    if watched.ratio.difference is None:
        return f"{differed}: too few rounds to tell"
    return f"{differed}: {'alarm, nothing here can be trusted' if watched.alarms else 'OK'}"


def could_hide(found: Found) -> str:
    """The line that says what this session could not have seen; empty when nothing has an interval."""
    hidden = found.hidden
    if hidden is None:
        return ""
    median, worst = figures.percent(hidden.median), figures.percent(hidden.worst)
    return f"could have missed: changes below {median} (median row), {worst} (worst row, {hidden.worst_cell})"


def prediction(comparison: Comparison) -> str:
    """The line that says how good the predictions were; empty when there are none."""
    found = comparison.prediction
    if found is None:
        return ""
    arms = figures.plural(found.arms, "arm")
    return (
        f"prediction: median error {figures.percent(found.median)} over {arms}, "
        f"worst {figures.error(found.worst)} ({found.worst_cell})"
    )


def ending(found: Found) -> str:
    """The last line, `exit 3: ...`; empty when the exit code is 0."""
    outcome = found.outcome
    return f"exit {outcome.code}: {outcome.reason}" if outcome.code else ""


def _counted(tally: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in tally)
