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
from gopatterns_cli.words import tr

SHORT_HASH = 7
"""So many digits of a commit, as git writes it in short."""


def answer(found: Found) -> str:
    """The first line: how often which verdict was found, and how ours stands among the peers."""
    return _counted(found.tally) if isinstance(found, Versus) else _answer(found)


def _answer(comparison: Comparison) -> str:
    claims, changes = _counted(comparison.tally), _counted(comparison.change_tally)
    found = [
        tr("against the baseline: {counts}", counts=f"{changes}{_from_where(comparison)}") if changes else "",
        tr("claims: {counts}", counts=claims) if claims else "",
        *(_stands(one) for one in comparison.standings),
        *_marks(comparison.footprints),
    ]
    told = [part for part in found if part]
    answers = claims or comparison.standings or comparison.footprints
    return tr("; ").join(told if answers else [*told, tr("claims: no claim in this session")])


def _from_where(comparison: Comparison) -> str:
    """Whether the baseline was measured on the same machine and Python."""
    if comparison.baseline is None:
        return ""
    return tr(" ({aside})", aside=agreement(comparison.session.machine, comparison.baseline.session.machine))


def _marks(tables: Sequence[FootprintTable]) -> Iterator[str]:
    """How often which verdict was found on the document's low and medium."""
    found = Counter(table.judgement.verdict for table in tables if table.judgement is not None)
    tally = tuple((str(verdict), found[verdict]) for verdict in Verdict if found[verdict])
    if tally:
        yield tr("memory: {counts}", counts=_counted(tally))
    elif tables:
        yield tr("memory: the document says nothing of it")


def _stands(standing: Standing) -> str:
    return tr(
        "{runtime}: ahead of every {peer} in {ahead} of {of} operations, behind one in {behind}",
        runtime=standing.runtime,
        peer=tr(f"{standing.kind} peer".strip()),
        ahead=standing.ahead,
        of=standing.of,
        behind=standing.behind,
    )


def conditions(session: Session) -> tuple[str, ...]:
    """The lines that say what, on what, when and how much was measured."""
    plan = session.plan
    together = tr("same machine, interleaved, ") if plan.versions else ""
    what = [tr("; ").join(f"{version.label}: {_named(version)}" for version in plan.versions)]
    return *(what if plan.versions else ()), *_conditions(session, together)


def _named(version: Version) -> str:
    """What a version is: `origin/main at 3f2c1a0`, `the working tree at 9b0d44a with changes`."""
    at = tr(" at {commit}", commit=version.commit[:SHORT_HASH]) if version.commit else ""
    on = tr(" on Python {version}", version=version.python_version) if version.interpreter else ""
    return f"{tr(version.what)}{at}{tr(' with changes') if version.dirty else ''}{on}"


def _conditions(session: Session, together: str) -> tuple[str, str]:
    quick = tr("quick, ") if session.quick else ""
    rounds = figures.plural(session.rounds_done, "round")
    if session.rounds_done < session.plan.rounds:
        done = {"n": session.rounds_done, "rounds": figures.plural(session.plan.rounds, "round")}
        early = session.status == COMPLETE
        rounds = tr("{n} of up to {rounds}", **done) if early else tr("{n} of {rounds}", **done)
    line = tr(
        "{group}: {rounds}, started {when}, seed {seed}, {path}",
        group=session.group,
        rounds=f"{together}{quick}{rounds}",
        when=started(session),
        seed=session.plan.seed,
        path=session.path,
    )
    return line, tr(", ").join([described(session.machine), *session.go_versions])


def started(session: Session) -> str:
    """When a session was started, to the minute: `2026-11-24 04:12 UTC`."""
    return f"{session.started[:16].replace('T', ' ')} UTC"


def canary(found: Found) -> str:
    """The line that says how far identical code seemed to differ; empty where nothing was measured twice."""
    watched = found.canary
    if watched is None:
        return ""
    cell = watched.cell.name
    if watched.ratio is None:
        return tr(
            "canary: {cell}, measured twice, was lost in every round, nothing here can be trusted", cell=cell
        )
    if watched.blind:
        judged = tr("lost too often to tell, nothing here can be trusted")
    elif watched.ratio.difference is None:
        judged = tr("too few rounds to tell")
    else:
        judged = tr("alarm, nothing here can be trusted") if watched.alarms else tr("OK")
    ratio = figures.ratio(watched.ratio)
    return tr(
        "canary: {cell}, measured twice, took {ratio} its own time: {judged}",
        cell=cell,
        ratio=ratio,
        judged=judged,
    )


def could_hide(found: Found) -> str:
    """The line that says what this session could not have seen; empty when nothing has an interval."""
    hidden = found.hidden
    if hidden is None:
        return ""
    return tr(
        "could have missed: changes below {median} (median row), {worst} (worst row, {cell})",
        median=figures.percent(hidden.median),
        worst=figures.percent(hidden.worst),
        cell=hidden.worst_cell,
    )


def prediction(comparison: Comparison) -> str:
    """The line that says how good the predictions were; empty when there are none."""
    found = comparison.prediction
    if found is None:
        return ""
    return tr(
        "prediction: median error {median} over {arms}, worst {worst} ({cell})",
        median=figures.percent(found.median),
        arms=figures.plural(found.arms, "arm"),
        worst=figures.error(found.worst),
        cell=found.worst_cell,
    )


def ending(found: Found) -> str:
    """The last line, `exit 3: ...`; empty when the exit code is 0."""
    outcome = found.outcome
    return tr("exit {code}: {reason}", code=outcome.code, reason=outcome.reason) if outcome.code else ""


def _counted(tally: tuple[tuple[str, int], ...]) -> str:
    return tr(", ").join(tr("{n} {verdict}", n=count, verdict=tr(verdict)) for verdict, count in tally)
