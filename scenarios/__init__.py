"""What is measured: scenario files, the types they load into, and the document's claims.

Files are data; loading one never imports a user's code. Of `patterns` only names are used. What is named here
is imported when it is asked for: a worker process reads a cell's name and pays for nothing else.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios.files import check, load, names, shipped
    from scenarios.model import Arms, Claim, Job, Scenario, from_json, narrow, to_json
    from scenarios.problem import ScenarioError
    from scenarios.targets import Selection, find

__all__ = [
    "Arms",
    "Claim",
    "Job",
    "Scenario",
    "ScenarioError",
    "Selection",
    "check",
    "find",
    "from_json",
    "load",
    "names",
    "narrow",
    "shipped",
    "to_json",
]

_HOMES = {
    "files": ("check", "load", "names", "shipped"),
    "model": ("Arms", "Claim", "Job", "Scenario", "from_json", "narrow", "to_json"),
    "problem": ("ScenarioError",),
    "targets": ("Selection", "find"),
}


def __getattr__(name: str) -> Any:
    for home, named in _HOMES.items():
        if name in named:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
