"""The document's statements that no timed arm decides: counted here, or said where the answer comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

from gopatterns_cli.verdicts import Judgement, Verdict
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
    says = f"{statement.id}: the document says {statement.says};"
    if statement.source != LEAKS:
        reason = f"its answer comes with `gopat bench {statement.source}`"
        judgement = Judgement(Verdict.NOT_MEASURED, reason)
        sentence = f"{says} {judgement.verdict} ({reason})."
        return StatementResult(statement.id, statement.says, judgement, None, None, sentence)
    practice = statement.id.rpartition("/")[2]
    leaked = {"good": _leaked(practice, bad=False), "bad": _leaked(practice, bad=True)}
    holds = leaked["good"] == 0 < leaked["bad"]
    judgement = Judgement(Verdict.REPRODUCED if holds else Verdict.REFUTED)
    go = in_go.get(practice)
    told = f"left behind on the simulator {leaked['bad']} and {leaked['good']}"
    told_go = "" if go is None else f", in Go {go['bad']} and {go['good']}"
    sentence = f"{says} {told}{told_go}: {judgement.verdict}."
    return StatementResult(statement.id, statement.says, judgement, leaked, go, sentence)


def _leaked(practice: str, *, bad: bool) -> int:
    demo = catalogue.load(practice).demo
    return len(launch(demo.main, demo.choose(bad=bad), runtime="simulator", seed=0).leaked)
