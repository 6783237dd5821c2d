"""`gopat list`: what there is to run and to measure."""

from typing import Annotated, Any

import typer

GROUPS = {
    "what": ("conformance",),
    "show": ("as_json",),
}
"""The options of its help, by what they are for."""


def list_(
    conformance: Annotated[
        bool, typer.Option("--conformance", help="Go's behaviours, and which runtime has which.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show patterns, runtimes and scenarios.

    A runtime that cannot exist here is listed with what is missing and how to install it.

    gopat list

    gopat list --conformance
    """
    import json  # noqa: PLC0415 - only when asked for

    if conformance:
        _print_conformance(as_json=as_json)
        return

    from gopatterns_cli.render.listing import text, width  # noqa: PLC0415 - keeps --help light

    listing = {"patterns": _patterns(), "runtimes": _runtimes(), "scenarios": _scenarios()}
    print(json.dumps(listing, indent=2) if as_json else text(listing, width()))


def _print_conformance(*, as_json: bool) -> None:
    import json  # noqa: PLC0415 - only when asked for
    from dataclasses import asdict  # noqa: PLC0415 - keeps --help light

    from gopatterns_cli.conformance import rows  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.conformance import text  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.listing import width  # noqa: PLC0415 - keeps --help light
    from patterns import runtimes  # noqa: PLC0415 - keeps --help light

    names = runtimes.names()
    if as_json:
        entries = [{**asdict(row), "outcomes": {name: row.outcome(name) for name in names}} for row in rows()]
        print(json.dumps(entries, indent=2))
        return
    print(text(rows(), names, width()))


def _patterns() -> list[dict[str, Any]]:
    from patterns import catalogue  # noqa: PLC0415 - keeps --help light

    return [{"name": name, "about": _first_line(catalogue.load(name).__doc__)} for name in catalogue.names()]


def _runtimes() -> list[dict[str, Any]]:
    from patterns import runtimes  # noqa: PLC0415 - keeps --help light

    rows = []
    for name in runtimes.names():
        missing = runtimes.unavailable(name)
        about = None if missing else _first_line(runtimes.load(name).__doc__)
        rows.append({"name": name, "about": about, "available": missing is None, "missing": missing})
    return rows


def _scenarios() -> list[dict[str, Any]]:
    from scenarios import load, shipped  # noqa: PLC0415 - keeps --help light

    return [
        {
            "name": scenario.name,
            "about": scenario.about,
            "pattern": ", ".join(scenario.patterns or (scenario.pattern,)),
            "claims": [claim.id for claim in scenario.claims],
        }
        for scenario in map(load, shipped())
    ]


def _first_line(docstring: str | None) -> str:
    return (docstring or "").strip().partition("\n")[0]
