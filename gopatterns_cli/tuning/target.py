"""What is to be tuned, by names that every process can import: worker processes import no file by its path.

FILE.py:NAME becomes NAME of the module of that name; `files` says where every process has to look for it
before it looks anywhere else.
"""

import os
from collections.abc import Sequence
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
        files: absolute paths of those that the user named, for `functions.files_first`.
    """

    function: str
    inputs: str
    given_function: str
    given_inputs: str
    files: tuple[str, ...] = ()


def resolved(function: str, inputs: str) -> Target:
    """Return the names as modules.

    Raises:
        Failure: exit code 2: a name has no such form, a file cannot be imported by its name, or the names
            are of two modules of one name.
    """
    if ":" not in function or function.startswith(":") or function.endswith(":"):
        allowed = "MODULE:FUNCTION or FILE.py:FUNCTION, such as work:fetch"
        raise Failure(f'{FUNCTION}: found "{function}", allowed {allowed}', 2)
    is_iterable = named.form_of(inputs) == named.ITERABLE
    given = [(FUNCTION, function), *([(INPUTS, inputs)] * is_iterable)]
    names = [_module(what, name) for what, name in given]
    _check_one_of_a_name([name for _, name in given])
    files = dict.fromkeys(_file(name) for _, name in given if _is_of_a_file(name))
    return Target(names[0], names[1] if is_iterable else inputs, function, inputs, tuple(files))


def _module(what: str, name: str) -> str:
    if not _is_of_a_file(name):
        return name
    place, _, attribute = name.rpartition(":")
    path = Path(place)
    if not path.is_file():
        raise Failure(f"{what}: {place}: there is no such file", 2)
    if not path.stem.isidentifier():
        raise Failure(f"{what}: found {place}, allowed a file whose name can be imported, such as work.py", 2)
    return f"{path.stem}:{attribute}"


def _check_one_of_a_name(names: Sequence[str]) -> None:
    """A process imports one module of a name. Without a file, that of the working directory is meant."""
    files = [_file(name) if _is_of_a_file(name) else _here(name) for name in names]
    stems, places = {Path(file).stem for file in files}, {os.path.realpath(file) for file in files}
    if len(stems) < len(places):
        raise Failure(
            f"{INPUTS}: found {names[1]} beside {names[0]}, allowed the same file, or one of another name", 2
        )


def _here(name: str) -> str:
    return os.path.abspath(f"{name.partition(':')[0].partition('.')[0]}.py")  # noqa: PTH100 - as in `_file`


def _is_of_a_file(name: str) -> bool:
    return name.rpartition(":")[0].endswith(".py")


def _file(name: str) -> str:
    """Return the absolute path; links are not followed: a module is called as the link is."""
    return os.path.abspath(name.rpartition(":")[0])  # noqa: PTH100 - Path has nothing that only normalizes
