"""From the keys and values of a file to a checked `Scenario`, or to everything that is wrong with them.

Shapes and types are examined first (`shapes.py`), then the rules between the fields (`rules.py`). A file in
which a shape is wrong goes on with a hole in that place, so that every problem is reported in one go.

This is the only way to pydantic; `files.py` comes here when a file is loaded, never before.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from patterns import catalogue, runtimes
from scenarios.model import Advice, Against, Arms, Claim, Job, Json, Scenario
from scenarios.problem import Problem
from scenarios.rules import findings
from scenarios.shapes import claim_labels, shape
from scenarios.wire import AT_CORES

BAND = 1.10
"""The band of a claim that names none (METHOD, point 5)."""


def examine(raw: Mapping[str, Any], file: str, name: str) -> tuple[Scenario | None, tuple[Problem, ...]]:
    """Check a file's content and build its scenario.

    Args:
        raw: what TOML gave.
        file: what messages call the file.
        name: the scenario's name.

    Returns:
        The scenario and no problem, or None and every problem: shapes first, then rules.
    """
    labels = claim_labels(raw)
    wire, misshapen = shape(raw, labels)
    patterns = {name: _takes_workers(name) for name in catalogue.names()}
    broken = findings(wire, labels, patterns, runtimes.names())
    problems = tuple(Problem(file, *finding) for finding in (*misshapen, *broken))
    return (None if problems else _scenario(wire.model_dump(exclude_none=True), file, name)), problems


def _takes_workers(pattern: str) -> bool:
    return any(option.name == "workers" for option in catalogue.load(pattern).demo.options)


def _scenario(values: Json, file: str, name: str) -> Scenario:
    arms = _arms(values["arms"], values["job"].get("duration", 0.0))
    named = tuple(values["pattern"])
    return Scenario(
        name=name,
        path=file,
        about=values["about"],
        pattern=named[0],
        job=_job(values["job"]),
        arms=arms,
        claims=tuple(_claim(claim, arms) for claim in values.get("claim", ())),
        skip=MappingProxyType(values.get("skip", {})),
        patterns=named if len(named) > 1 else (),
        against=_against(values.get("break_even", {})),
        sought="break_even" in values,
        marks=tuple((int(workers), speedup) for workers, speedup in values.get("marks", ())),
    )


def _against(values: Json) -> Against:
    known = {"what": values.get("against"), "within": values.get("within")}
    return Against(**{key: value for key, value in known.items() if value is not None})


def _job(values: Json) -> Job:
    return Job(
        kind=values["kind"],
        duration_s=values.get("duration", 0.0),
        count=values.get("count", 0),
        share=values.get("share", 0.0),
        function=values.get("function"),
        inputs=values.get("inputs"),
        operation=values.get("operation"),
    )


def _arms(values: Json, duration_s: float) -> Arms:
    return Arms(
        workers=tuple(values.get("workers", ())),
        runtimes=tuple(values["runtimes"]),
        home=values["home"],
        pool=tuple(values.get("pool", ("cold",))),
        buffer=values.get("buffer", 0),
        durations_s=tuple(values.get("durations", (duration_s,))),
        rates=tuple(values.get("rates", ())),
        best=tuple(values.get("best", ())),
        buffers=tuple(values.get("buffers", ())),
        stages=tuple(values.get("stages", ())),
    )


def _claim(values: Json, arms: Arms) -> Claim:
    gain, per_second = values.get("gain"), values.get("per_second")
    alone = len(arms.workers) == 1 and "rule" not in values
    only_workers = {"workers": arms.workers[0]} if alone else {}
    return Claim(
        id=values["id"],
        where=MappingProxyType({**only_workers, **values.get("where", {})}),
        speedup=values.get("speedup") if per_second is None else 1.0,
        gain=(gain[0], gain[1]) if gain else None,
        band=values.get("band", BAND),
        source=values["source"],
        says=values.get("says") or _says(values),
        serial_s=values.get("serial"),
        time_s=values.get("time"),
        complexity=values.get("complexity"),
        memory=values.get("memory"),
        needs_cores=values.get("needs", {}).get("cores"),
        job_kind=values.get("job"),
        arm=values.get("arm", "gopat"),
        per_second=per_second,
        rule=values.get("rule"),
        advised=_advice(values["advised"]) if "advised" in values else None,
    )


def _advice(values: Json) -> Advice:
    workers, stages = values.get("workers"), values.get("stages")
    return Advice(
        pattern=values["pattern"],
        workers=(workers[0], workers[1]) if workers and workers != AT_CORES else None,
        cores=workers == AT_CORES,
        stages=(stages[0], stages[1]) if stages else None,
    )


def _says(values: Json) -> str:
    if "gain" in values:
        return f"{values['gain'][0]:g}-{values['gain'][1]:g}x"
    if "rule" in values:
        return str(values["rule"]).replace("-", " ")
    return f"{values['per_second']:g}/s" if "per_second" in values else f"{values['speedup']:g}x"
