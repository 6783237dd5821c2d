"""The lines around the tables of a comparison: the answer, the conditions, what could hide, how it ends."""

from collections import Counter
from collections.abc import Iterator, Sequence

from gopatterns_cli import figures
from gopatterns_cli.comparison import Comparison
from gopatterns_cli.costs import Standing
from gopatterns_cli.footprints import FootprintTable
from gopatterns_cli.machines import described
from gopatterns_cli.session import COMPLETE, Session
from gopatterns_cli.verdicts import Verdict


def answer(comparison: Comparison) -> str:
    """The first line: how often which verdict was found, and how ours stands among the peers."""
    claims, changes = _counted(comparison.tally), _counted(comparison.change_tally)
    found = [
        f"against the baseline: {changes}" if changes else "",
        f"claims: {claims}" if claims else "",
        *(_stands(one) for one in comparison.standings),
        *_marks(comparison.footprints),
    ]
    told = [part for part in found if part]
    answers = claims or comparison.standings or comparison.footprints
    return "; ".join(told if answers else [*told, "claims: no claim in this session"])


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
    """The lines that say on what, when and how much was measured."""
    quick = "quick, " if session.quick else ""
    rounds = figures.plural(session.rounds_done, "round")
    if session.rounds_done < session.plan.rounds:
        upto = "up to " * (session.status == COMPLETE)
        rounds = f"{session.rounds_done} of {upto}{figures.plural(session.plan.rounds, 'round')}"
    when = f"started {started(session)}, seed {session.plan.seed}"
    languages = ", ".join([described(session.machine), *session.go_versions])
    return f"{session.group}: {quick}{rounds}, {when}, {session.path}", languages


def started(session: Session) -> str:
    """When a session was started, to the minute: `2026-11-24 04:12 UTC`."""
    return f"{session.started[:16].replace('T', ' ')} UTC"


def canary(comparison: Comparison) -> str:
    """The line that says how far identical code seemed to differ; empty where nothing was measured twice."""
    found = comparison.canary
    if found is None:
        return ""
    differed = f"canary: {found.cell.name}, measured twice, took {figures.ratio(found.ratio)} its own time"
    return f"{differed}: alarm, nothing here can be trusted" if found.alarms else differed


def could_hide(comparison: Comparison) -> str:
    """The line that says what this session could not have seen; empty when nothing has an interval."""
    hidden = comparison.hidden
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


def ending(comparison: Comparison) -> str:
    """The last line, `exit 3: ...`; empty when the exit code is 0."""
    outcome = comparison.outcome
    return f"exit {outcome.code}: {outcome.reason}" if outcome.code else ""


def _counted(tally: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in tally)
