"""`gopat check`: scenario files examined, nothing run."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

GROUPS = {
    "what": ("files",),
    "show": ("as_json",),
}
"""The options of its help, by what they are for."""


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="Scenario files. [all that come with gopat]"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Examine scenario files and report every problem.

    Nothing is measured, and no code that a file names is imported. The exit code is 0 when all files are
    sound, 2 when one is not.

    gopat check

    gopat check mine.toml --json
    """
    import json  # noqa: PLC0415 - only when asked for

    from scenarios import ScenarioError, shipped  # noqa: PLC0415 - keeps --help light

    reports = [_report(path) for path in files or shipped()]
    lines = [json.dumps({"files": reports}, indent=2)] if as_json else _sound(reports)
    for line in lines:
        print(line)
    problems = [problem for report in reports for problem in report["problems"]]
    if problems:
        raise ScenarioError(problems)


def _report(path: Path) -> dict[str, Any]:
    from gopatterns_cli import arms  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.overhead.choosing import unknown_peers  # noqa: PLC0415 - keeps --help light
    from scenarios import ScenarioError, load  # noqa: PLC0415 - keeps --help light

    try:
        scenario = load(path)
    except ScenarioError as error:
        return {"file": str(path), "scenario": None, "claims": [], "problems": list(error.problems)}
    claims = [claim.id for claim in scenario.claims]
    named = () if scenario.is_footprint else scenario.patterns or (scenario.pattern,)
    problems = [
        f"{scenario.path}: pattern: found {pattern}, allowed a pattern that has arms"
        for pattern in named
        if not arms.is_measured(pattern)
    ]
    if "simulator" in scenario.arms.runtimes:
        problems.append(f"{scenario.path}: arms.runtimes: found simulator, which has no real time to measure")
    problems += unknown_peers(scenario)
    return {"file": scenario.path, "scenario": scenario.name, "claims": claims, "problems": problems}


def _sound(reports: Iterable[dict[str, Any]]) -> list[str]:
    sound = (report for report in reports if not report["problems"])
    return [f"{report['file']}: sound, claims: {len(report['claims'])}" for report in sound]
