"""What a step of GitHub's Actions leaves behind besides its output: a summary, and values for later steps.

Both are files that the runner names. A file that cannot be written to is a warning and no failure: the gate
gates without it. Elsewhere nothing is written.

Source: Workflow commands for GitHub Actions, GitHub's documentation, on environment files, job summaries and
output parameters.
"""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from gopatterns_cli.entries import Entry, Found, Status, entries
from gopatterns_cli.outcome import UNDECIDED
from gopatterns_cli.render.forms import FORMS
from gopatterns_cli.render.marking import shortened
from gopatterns_cli.render.screen import Screen
from gopatterns_cli.verdicts import Change, Verdict
from gopatterns_cli.versus import Versus

SUMMARY, OUTPUT = "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"

OURS = 64 * 1024
"""Bytes of a summary that we take at most."""

ALL = 1024 * 1024
"""Bytes that the summary of a step may have; above it none of it is shown."""

UNTRUSTWORTHY = "untrustworthy"

WORST_FIRST = (
    Change.REGRESSION,
    Verdict.REFUTED,
    Change.INCONCLUSIVE,
    Change.IMPROVED,
    Verdict.EXCEEDED,
    Change.SAME,
    Verdict.REPRODUCED,
    Verdict.OUT_OF_REACH,
    Verdict.NOT_MEASURED,
)


def leave(found: Found) -> None:
    """Write the summary and the output values of a step; nothing unless it runs in GitHub's Actions."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    if os.environ.get(SUMMARY):
        _append(SUMMARY, shortened(FORMS["markdown"](found, Screen(0)), OURS), ALL)
    if os.environ.get(OUTPUT):
        _append(OUTPUT, "".join(f"{name}={value}\n" for name, value in outputs(found).items()))


def outputs(found: Found) -> dict[str, str]:
    """Return what later steps may ask for, each a text of one line.

    `verdict` is the worst one, of what changed where there are versions or a baseline, else on the claims;
    `untrustworthy` where the canary alarms and something seemed worse. `regressions` counts proved ones,
    `worst-ratio` is the largest new over old, empty where nothing was compared; `exit-code` is ours.
    """
    listed = list(_compared(found))
    noisy = found.canary is not None and not found.canary.is_quiet
    doubted = noisy and found.outcome.code == UNDECIDED
    verdicts = {entry.verdict for entry in listed}
    worst = next((str(verdict) for verdict in WORST_FIRST if verdict in verdicts), "")
    ratios = [entry.ratio.estimate for entry in listed if entry.ratio is not None and _is_change(found)]
    failed = [entry for entry in listed if entry.status is Status.FAILED]
    return {
        "verdict": UNTRUSTWORTHY if doubted else worst,
        "regressions": str(sum(entry.verdict == Change.REGRESSION for entry in failed)),
        "worst-ratio": repr(max(ratios)) if ratios else "",
        "exit-code": str(found.outcome.code),
    }


def _is_change(found: Found) -> bool:
    return isinstance(found, Versus) or found.baseline is not None


def _compared(found: Found) -> Iterator[Entry]:
    """What decides: the changes where there are some, with the claims that broke; else the claims."""
    claims = set() if isinstance(found, Versus) else {line.result.claim.id for line in found.claims}
    for entry in entries(found):
        if not _is_change(found) or entry.name not in claims or entry.status is Status.FAILED:
            yield entry


def _append(variable: str, text: str, most: int | None = None) -> None:
    path = Path(os.environ[variable])
    data = text.encode("utf-8", "replace")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        with os.fdopen(descriptor, "wb") as file:
            status = os.fstat(descriptor)
            if most is not None and stat.S_ISREG(status.st_mode) and status.st_size + len(data) > most:
                _warn(f"{variable}: left out, as the summary of a step has at most {most:,} bytes")
                return
            file.write(data)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        _warn(f"{variable}: cannot write to {path}: {why}")


def _warn(what: str) -> None:
    print(f"warning: {' '.join(what.splitlines())}", file=sys.stderr)
