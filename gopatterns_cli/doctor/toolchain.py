"""Whether there is a Go to measure beside."""

from gopatterns_cli.doctor.finding import Finding, Level
from gopatterns_cli.measuring import golang

TOPIC = "Go"


def examine() -> Finding:
    """Look here; nothing is built."""
    try:
        return judged(golang.toolchain().version, "")
    except golang.NoGoError as error:
        return judged(None, str(error))


def judged(version: str | None, why: str) -> Finding:
    """Judge what was found; remark: without Go there is nothing to set its claims beside.

    Args:
        version: such as `go1.25.1`; None when there is none.
        why: what is wrong then.
    """
    figures = {"go": version}
    if version is None:
        return Finding(TOPIC, Level.REMARK, why, "tables have no figures for Go", figures)
    return Finding(TOPIC, Level.GOOD, version, "the arms of Go are measured in the same rounds", figures)
