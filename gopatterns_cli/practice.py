"""The document's statements that no timed arm decides: counted here, or said where the answer comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

from gopatterns_cli.verdicts import Judgement, Verdict
from gopatterns_cli.words import tr
from patterns import catalogue
from patterns.launch import launch
from scenarios.document import LEAKS, STATEMENTS, Statement


@dataclass(frozen=True, slots=True)
class StatementResult:
    """A statement beside what was found.

    Args:
        id: its fixed name.
        says: what the document says.
        judgement: the verdict.
        leaked: tasks left behind on the simulator, `good` and `bad`; None where that is not the question.
        go_leaked: the same in Go; None where nobody counted.
        sentence: the whole in words.
    """

    id: str
    says: str
    judgement: Judgement
    leaked: Mapping[str, int] | None
    go_leaked: Mapping[str, int] | None
    sentence: str


def statement_results(in_go: Mapping[str, Mapping[str, int]]) -> tuple[StatementResult, ...]:
    """Return what is found of each; `in_go` says by practice how many goroutines Go left behind."""
    return tuple(_result(statement, in_go) for statement in STATEMENTS)


def _result(statement: Statement, in_go: Mapping[str, Mapping[str, int]]) -> StatementResult:
    says = tr("the document says {says}", says=tr(statement.says))
    if statement.source != LEAKS:
        reason = tr("its answer comes with `gopat bench {group}`", group=statement.source)
        judgement = Judgement(Verdict.NOT_MEASURED, reason)
        found = f"{tr(judgement.verdict)}{tr(' ({aside})', aside=reason)}"
        sentence = tr("{id}: {says}; {found}.", id=statement.id, says=says, found=found)
        return StatementResult(statement.id, statement.says, judgement, None, None, sentence)
    practice = statement.id.rpartition("/")[2]
    leaked = {"good": _leaked(practice, bad=False), "bad": _leaked(practice, bad=True)}
    holds = leaked["good"] == 0 < leaked["bad"]
    judgement = Judgement(Verdict.REPRODUCED if holds else Verdict.REFUTED)
    go = in_go.get(practice)
    told = tr("left behind on the simulator {bad} and {good}", **leaked)
    told_go = "" if go is None else tr(", in Go {bad} and {good}", bad=go["bad"], good=go["good"])
    found = tr("{found}: {verdict}", found=f"{told}{told_go}", verdict=tr(judgement.verdict))
    sentence = tr("{id}: {says}; {found}.", id=statement.id, says=says, found=found)
    return StatementResult(statement.id, statement.says, judgement, leaked, go, sentence)


def _leaked(practice: str, *, bad: bool) -> int:
    demo = catalogue.load(practice).demo
    return len(launch(demo.main, demo.choose(bad=bad), runtime="simulator", seed=0).leaked)
