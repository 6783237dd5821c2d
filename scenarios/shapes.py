"""Which keys of a file are unknown, missing or of the wrong type, in words; and the rest of the file.

pydantic finds the errors; here they get the key trail, what was found, what is allowed and the near match.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from scenarios.near import did_you_mean, near
from scenarios.problem import bare, shown
from scenarios.rules import Finding
from scenarios.wire import (
    ID,
    Table,
    WireAdvised,
    WireArms,
    WireBreakEven,
    WireClaim,
    WireJob,
    WireNeeds,
    WireScenario,
    WireWhere,
)

_Place = tuple[int | str, ...]

_TABLES: Mapping[str, type[Table]] = {
    "job": WireJob,
    "arms": WireArms,
    "claim": WireClaim,
    "where": WireWhere,
    "needs": WireNeeds,
    "advised": WireAdvised,
    "break_even": WireBreakEven,
}


def shape(raw: Mapping[str, Any], labels: Sequence[str]) -> tuple[WireScenario, list[Finding]]:
    """Fit a file into its tables.

    Args:
        raw: what TOML gave.
        labels: what a trail calls each claim.

    Returns:
        The file, None in each place that does not fit, and (trail, found, allowed) for each such place.
    """
    errors = _errors(raw)
    meant = {(*error["loc"][:-1], _meant(error)) for error in errors if _unknown(error)}
    told = [error for error in errors if error["type"] != "missing" or error["loc"] not in meant]
    findings = [(_trail(error["loc"], labels), *_found_and_allowed(error)) for error in told]
    return WireScenario.model_validate(_with_holes(raw, errors)), findings


def claim_labels(raw: Mapping[str, Any]) -> list[str]:
    """Call each claim by its id where it has one of its own, else by its number: `claim[#2]`, the second."""
    claims = raw.get("claim")
    labels: list[str] = []
    for number, claim in enumerate(claims if isinstance(claims, list) else (), start=1):
        claim_id = claim.get("id") if isinstance(claim, dict) else None
        usable = isinstance(claim_id, str) and re.fullmatch(ID, claim_id)
        label = f"claim[{claim_id}]" if usable else f"claim[#{number}]"
        labels.append(f"claim[#{number}]" if label in labels else label)
    return labels


def _errors(raw: Mapping[str, Any]) -> list[ErrorDetails]:
    try:
        WireScenario.model_validate(raw)
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


def _unknown(error: ErrorDetails) -> bool:
    return error["type"] == "extra_forbidden"


def _meant(error: ErrorDetails) -> str | None:
    """The key that an unknown one was probably meant to be."""
    return near(str(error["loc"][-1]), _table(error["loc"][:-1]).model_fields)


def _trail(place: _Place, labels: Sequence[str]) -> str:
    keys = [bare(key) for key in place if isinstance(key, str)]
    if len(place) > 1 and isinstance(place[1], int) and place[0] == "claim":
        keys[0] = labels[place[1]]
    return ".".join(keys)


def _found_and_allowed(error: ErrorDetails) -> tuple[str, str]:
    place = error["loc"]
    if _unknown(error):
        keys = _table(place[:-1]).model_fields
        return "an unknown key", ", ".join(keys) + did_you_mean(str(place[-1]), keys)
    found = "nothing" if error["type"] == "missing" else shown(error["input"])
    return found, _description(place) + _near_value(error)


def _near_value(error: ErrorDetails) -> str:
    words = re.findall(r"'([^']+)'", str(error.get("ctx", {}).get("expected", "")))
    misspelt = isinstance(error["input"], str) and len(words) > 1
    return did_you_mean(error["input"], words) if misspelt else ""


def _table(place: _Place) -> type[Table]:
    """The class of the table in that place."""
    keys = [key for key in place if isinstance(key, str)]
    return _TABLES[keys[-1]] if keys else WireScenario


def _description(place: _Place) -> str:
    """What the field in that place, or the one that holds it, says is allowed."""
    table: type[Table] = WireScenario
    description = None
    for key in _fields(place):
        description = table.model_fields[key].description
        table = _TABLES.get(key, table)
    return description or "something else"


def _fields(place: _Place) -> Iterator[str]:
    """The keys on the way that are fields of ours: below `skip` stand the user's own."""
    for key in place:
        if isinstance(key, str):
            yield key
        if key == "skip":
            return


def _with_holes(raw: Mapping[str, Any], errors: Sequence[ErrorDetails]) -> dict[str, Any]:
    """Copy the file with None for each value that does not fit, and without its unknown keys."""
    values = deepcopy(dict(raw))
    for error in errors:
        place = _hole(error["loc"])
        table: Any = values
        for key in place[:-1]:
            table = table[key]
        if not _unknown(error):
            table[place[-1]] = None
        else:
            del table[place[-1]]
            table.setdefault(_meant(error), None)
            table.pop(None, None)
    return values


def _hole(place: _Place) -> _Place:
    """The place of the whole value: one bad element makes a list bad, except the list of claims."""
    depth = 2 if place[0] == "claim" else 0
    tail = place[depth:]
    indexes = [number for number, key in enumerate(tail) if isinstance(key, int)]
    return (*place[:depth], *(tail[: indexes[0]] if indexes else tail))
