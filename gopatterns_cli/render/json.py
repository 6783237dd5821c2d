"""A comparison as JSON: everything that is in it, under the names that it has there.

The form of the whole has a number, `schema`, which rises when a key is renamed, removed or means something
else. Times are seconds, ratios are plain numbers, and what cannot be told is null. An end of an interval that
lies beyond what was measured is null as well. `schemas/compare-<schema>.json` has every key, as JSON Schema;
of versions that are compared `schemas/versions-<schema>.json`. Which of the two it is says `kind`.
"""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import singledispatch
from json import dumps
from pathlib import Path
from typing import Any

from gopatterns_cli.claims import ClaimResult
from gopatterns_cli.curves import Point
from gopatterns_cli.entries import Found
from gopatterns_cli.footprints import FootprintRow, FootprintTable
from gopatterns_cli.matrices import MatrixRow
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.ruling import Ruling
from gopatterns_cli.session import Session
from gopatterns_cli.tables import Configuration, Row, SummaryRow
from gopatterns_cli.versus import Versus

SCHEMA = 1

SESSION, VERSIONS = "session", "versions"
"""The kinds of comparison: a session beside the document, and versions beside each other."""


def render(found: Found) -> str:
    """Write a comparison of either kind as JSON that ends with a line break."""
    written = plain(found)
    if isinstance(found, Versus):
        plan = found.session.plan
        versions = [version.to_json() for version in plan.versions]
        head = {"kind": VERSIONS, "versions": plain(versions), "tolerance": plan.tolerance}
    else:
        written["claims"] += written.pop("statements")  # so that every id of the document stands in one list
        head = {"kind": SESSION}
    return dumps({"schema": SCHEMA, **head, **written}, indent=2, allow_nan=False) + "\n"


FLATTENED = frozenset({"result", "point", "curve", "claim", "measured", "cell", "judgement"})
"""
Fields whose own fields, where they have any, are written in their place, so that `claims[0].verdict` is no
deeper than that.
"""


@singledispatch
def plain(value: Any) -> Any:
    """Turn a value into what JSON knows: dataclasses and mappings, sequences, figures, text."""
    if is_dataclass(value):
        return _fields(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value


@plain.register
def _(value: float) -> float | None:
    return value if math.isfinite(value) else None


@plain.register(Enum)
@plain.register(Path)
def _(value: Enum | Path) -> str:
    return str(value)


@plain.register
def _(value: Session) -> dict[str, Any]:
    """Its conditions; the raw values stay in its file."""
    names = [field.name for field in fields(value) if field.name not in {"plan", "runs"}]
    plan = {"rounds_planned": value.plan.rounds, "seed": value.plan.seed, "looks": plain(value.plan.looks)}
    return {**{name: plain(getattr(value, name)) for name in names}, **plan}


@plain.register
def _(value: Cell) -> dict[str, Any]:
    return {"name": value.name, **_fields(value)}


@plain.register
def _(value: Configuration) -> dict[str, Any]:
    """Its claims by their ids: they stand in full under `claims`."""
    return {
        "pattern": value.cell.pattern,
        "workers": value.cell.workers,
        "stages": value.cell.stages,
        "buffer": value.cell.buffer,
        "duration_s": value.cell.duration_s,
        "claims": [result.claim.id for result in value.claims],
        "rate": value.cell.rate,
        "serial": plain(value.serial),
        "go_serial": plain(value.go_serial),
        "rows": plain(value.rows),
    }


@plain.register
def _(value: ClaimResult) -> dict[str, Any]:
    """Its cells by their names: they stand in full under `tables`."""
    names = {
        "cells": [found.cell.name for found in value.cells],
        "elsewhere": [found.cell.name for found in value.elsewhere],
        "go": [found.cell.name for found in value.go],
        "go_judgement": plain(value.go_judgement),
    }
    return {**_fields(value), **names}


@plain.register
def _(value: SummaryRow) -> dict[str, Any]:
    """Its cells by their names: they stand in full under `tables`."""
    names = {key: [found.cell.name for found in getattr(value, key)] for key in ("cells", "elsewhere", "go")}
    return {**_fields(value), **names}


@plain.register
def _(value: Ruling) -> dict[str, Any]:
    """Its cells by their names."""
    lead, judgement = plain(value.lead), plain(value.judgement)
    names = {"where": value.where, "cell": value.cell.name, "best": value.best.name}
    return {**names, "lead": lead, **judgement}


@plain.register
def _(value: Point) -> dict[str, Any]:
    """Its cell by its name."""
    names = [field.name for field in fields(value) if field.name != "cell"]
    return {**{name: plain(getattr(value, name)) for name in names}, "cell": value.cell.name}


@plain.register
def _(value: MatrixRow) -> dict[str, Any]:
    """Its cells by their names: they stand in full under `tables`."""
    return {"axis": str(value.axis), "cells": [found.cell.name for found in value.cells.values()]}


@plain.register
def _(value: FootprintTable) -> dict[str, Any]:
    """With what is found of the document's mark; null when it has none."""
    return {**_fields(value), "judgement": plain(value.judgement)}


@plain.register(Row)
@plain.register(FootprintRow)
def _(value: Row | FootprintRow) -> dict[str, Any]:
    """Its verdict is null when no claim speaks about it."""
    return {"verdict": None, "reason": "", "rounds_needed": None, **_fields(value)}


def _fields(value: Any) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for field in fields(value):
        item = plain(getattr(value, field.name))
        flat = field.name in FLATTENED and (item is None or isinstance(item, Mapping))
        written.update((item or {}) if flat else {field.name: item})
    return written
