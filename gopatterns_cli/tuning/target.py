"""What is to be tuned, by names that every process can import: worker processes import no file by its path.

FILE.py:NAME becomes NAME of the module of that name, with the file's folder among the places to look in.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from gopatterns_cli import inputs as named
from gopatterns_cli.failure import Failure
from gopatterns_cli.tuning.sample import FUNCTION, INPUTS


@dataclass(frozen=True, slots=True)
class Target:
    """What is tuned.

    Args:
        function: as MODULE:FUNCTION.
        inputs: as MODULE:ITERABLE, a file or a glob.
        given_function, given_inputs: as the user wrote them, FILE.py:NAME perhaps.
    """

    function: str
    inputs: str
    given_function: str
    given_inputs: str


def resolved(function: str, inputs: str) -> Target:
    """Return the names as modules, and see that other processes find those.

    Raises:
        Failure: exit code 2: a name has no such form, or a file cannot be imported by its name.
    """
    if ":" not in function or function.startswith(":") or function.endswith(":"):
        allowed = "MODULE:FUNCTION or FILE.py:FUNCTION, such as work:fetch"
        raise Failure(f'{FUNCTION}: found "{function}", allowed {allowed}', 2)
    is_iterable = named.form_of(inputs) == named.ITERABLE
    named_inputs = _module(INPUTS, inputs) if is_iterable else inputs
    return Target(_module(FUNCTION, function), named_inputs, function, inputs)


def _module(what: str, name: str) -> str:
    place, _, attribute = name.rpartition(":")
    if not place.endswith(".py"):
        return name
    path = Path(place)
    if not path.is_file():
        raise Failure(f"{what}: {place}: there is no such file", 2)
    if not path.stem.isidentifier():
        raise Failure(f"{what}: found {place}, allowed a file whose name can be imported, such as work.py", 2)
    folder = str(path.resolve().parent)
    places = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if folder not in places:
        os.environ["PYTHONPATH"] = os.pathsep.join([folder, *(place for place in places if place)])
    return f"{path.stem}:{attribute}"
