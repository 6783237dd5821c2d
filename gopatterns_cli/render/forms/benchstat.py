"""Go's text format of benchmarks, which `benchstat` and many others read: a line per round.

An operation is one run of the workload; memory is in bytes per item. With versions each has its block, and
`benchstat -col version FILE` sets them side by side.

Source: Proposal: Go Benchmark Data Format, design/14313-benchmark-format in golang.org/design.
"""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

from gopatterns_cli.entries import Found
from gopatterns_cli.measuring.cells import BUFFER, PATTERN, Cell
from gopatterns_cli.render.screen import Screen
from gopatterns_cli.render.times import times
from gopatterns_cli.session import Session
from scenarios.notation import write_duration

PACKAGE = "gopat"

ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64", "i686": "386"}
"""Go's names by those of the kernel."""

WORDS = re.compile(r"[^0-9A-Za-z]+")

YES = "yes"


def render(found: Found, _: Screen) -> str:
    """Write what was measured in Go's format."""
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: Found) -> Iterator[str]:
    session = found.session
    stems = dict.fromkeys(cell.scenario for cell in session.plan.cells)
    alike = Counter(map(_camel, stems))
    cores = session.machine.get("cores")
    yield from _configuration(session)
    for version in [one.label for one in session.plan.versions] or [""]:
        if version:
            yield f"version: {_one_line(version)}"
        for one in times(found, version):
            name = f"{_name(one.cell, alike)}{'' if cores is None else f'-{cores}'}"
            unit, scale = ("B/op", 1.0) if one.cell.is_memory else ("ns/op", 1e9)
            for seconds in one.seconds:
                yield f"{name} {one.runs} {seconds * scale!r} {unit}"


def _configuration(session: Session) -> Iterator[str]:
    system = str(session.machine.get("kernel", "")).partition(" ")[0].lower()
    platforms = (str(run.metadata.get("platform", "")) for run in session.runs)
    machines = (part for platform in platforms for part in platform.split("-"))
    architecture = next((ARCHITECTURES[part] for part in machines if part in ARCHITECTURES), "")
    cpu = session.machine.get("cpu_model", "")
    for key, value in {"goos": system, "goarch": architecture, "pkg": PACKAGE, "cpu": cpu}.items():
        if value:
            yield f"{key}: {_one_line(str(value))}"


def _name(cell: Cell, alike: Counter[str]) -> str:
    """Every axis that sets the cell apart, as it stands in its own name: `BenchmarkPipeline/arm=gopat`."""
    name = _camel(cell.scenario)
    axes = {
        "scenario": cell.scenario if alike[name] > 1 else None,
        "arm": cell.arm,
        "runtime": cell.runtime,
        "pool": cell.pool,
        "pattern": cell.pattern if PATTERN in cell.varied and not cell.is_serial else None,
        "stages": cell.stages,
        "buffer": cell.buffer if BUFFER in cell.varied and not cell.is_serial else None,
        "workers": cell.workers,
        "rate": None if cell.rate is None else f"{cell.rate:g}",
        "pinned": YES if cell.pin else None,
        "ordered": YES if cell.ordered else None,
        "duration": write_duration(cell.duration_s) if cell.ladder else None,
    }
    told = (f"/{axis}={quote(str(value), safe='')}" for axis, value in axes.items() if value is not None)
    return f"Benchmark{name}{''.join(told)}"


def _camel(stem: str) -> str:
    """A name that begins with a capital letter, as the format asks."""
    words = "".join(word[0].upper() + word[1:] for word in WORDS.split(stem) if word)
    return words if words[:1].isalpha() else f"Scenario{words}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
