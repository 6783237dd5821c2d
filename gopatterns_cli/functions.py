"""A user's function by its name, MODULE:FUNCTION or FILE.py:FUNCTION; the module is imported, and so run."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import inspect
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gopatterns_cli.failure import Failure
from gopatterns_cli.near import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = "GOPAT_FOLDER"
"""The environment variable of a worker that measures another version of a project: the folder that stands for
the current one there."""

MOST_ITEMS = 1_000_000
"""An iterable need not end."""


def function_named(what: str, name: str, *, is_async: bool = False) -> Any:
    """
    Return the function `name`, an `async def` if `is_async`; `what` names the argument in errors. A function
    under a decorator that keeps it, as `explore` does, is taken without it if only so it is `async def`.

    Raises:
        Failure: exit code 2: there is no such module, file or function. Exit code 1: the module fails.
    """
    place, _, function_name = name.rpartition(":")
    module = module_named(what, place)
    function = getattr(module, function_name, None)
    fits: Callable[[Any], bool] = inspect.iscoroutinefunction if is_async else callable
    if callable(function) and not fits(function):
        function = inspect.unwrap(function)
    if not fits(function):
        known = [key for key, value in vars(module).items() if fits(value)]
        kind = "no async def" if is_async else "no function"
        problem = f"which is {kind}" if function is not None else "which is not there"
        near = did_you_mean(function_name, known)
        raise Failure(f'{what}: found "{function_name}" of {place}, {problem}{near}', 2)
    return function


def iterable_named(what: str, name: str) -> Iterator[Any]:
    """
    Give the items of the iterable `name`, MODULE:ITERABLE, or of what a function of that name gives, one by
    one. A file that a function was taken from is not run again.

    Raises:
        Failure: as `function_named`; exit code 2, too, when it is nothing to iterate over; 1, when iterating
            over it fails.
    """
    place, _, attribute = name.rpartition(":")
    module = module_named(what, place, again=False)
    found = getattr(module, attribute, None)
    if found is None:
        near = did_you_mean(attribute, vars(module))
        raise Failure(f'{what}: found "{attribute}" of {place}, which is not there{near}', 2)
    if not isinstance(found, Iterable) and not callable(found):
        raise Failure(f"{what}: found {name}, allowed something to iterate over, or a function of one", 2)
    return _iterated(what, name, found)


def _iterated(what: str, name: str, found: Any) -> Iterator[Any]:
    try:
        yield from found if isinstance(found, Iterable) else found()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's code does
        raise Failure(f"{what}: {name} fails: {type(error).__name__}: {error}") from None


def module_named(what: str, place: str, *, again: bool = True) -> Any:
    """
    Import a module by its name or its file. The working directory, and the folder of a file, are among the
    places to look in. A file that was imported before is run `again`. In a worker that measures another
    version, that version's folder stands for the working directory, and its packages go first.

    Raises:
        Failure: as `function_named`.
    """
    version = os.environ.get(FOLDER)
    here = Path(version) if version else Path.cwd()
    _look_in(here)
    if version and place.endswith(".py") and Path(place).is_absolute():
        raise Failure(f"{what}: found {place}, allowed a relative path where versions are compared", 2)
    try:
        if not place.endswith(".py"):
            return importlib.import_module(place)
        path = (here / place).resolve()
        _look_in(path.parent)
        name = f"gopat_user_{path.stem}"  # not one that something else is imported by
        if not again and getattr(sys.modules.get(name), "__file__", None) == str(path):
            return sys.modules[name]
        loader = importlib.machinery.SourceFileLoader(name, str(path))
        module = ModuleType(name)
        module.__file__ = str(path)
        sys.modules[name] = module
        loader.exec_module(module)
    except FileNotFoundError:
        raise Failure(f"{what}: {place}: there is no such file", 2) from None
    except ModuleNotFoundError as error:
        raise Failure(f"{what}: {place} cannot be imported: {error}", 2) from None
    except (ImportError, SyntaxError, ValueError, TypeError, IsADirectoryError) as error:
        raise Failure(f"{what}: {place} cannot be imported: {type(error).__name__}: {error}", 2) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the module does when it is imported
        raise Failure(f"{what}: {place} fails when it is imported: {type(error).__name__}: {error}") from None
    return module


def files_first(what: str, files: Sequence[str]) -> None:
    """Have modules found in the folders of their files first; nothing is imported.

    Args:
        what: names the argument in errors.
        files: absolute paths; the folder of the first is looked in before that of the next.

    Raises:
        Failure: exit code 2: a file would not be found by its name all the same.
    """
    _look_in(Path.cwd())
    folders = list(dict.fromkeys(str(Path(file).parent) for file in files))
    sys.path[:] = [*folders, *(place for place in sys.path if place not in folders)]
    for file in files:
        name = Path(file).stem
        found = _origin(name)
        if found is None or not Path(found).is_file() or not Path(found).samefile(file):
            taken = "" if found is None else f", which is {found}"
            raise Failure(
                f'{what}: found {file}, allowed a file of another name: "{name}" is another module{taken}', 2
            )


def _origin(name: str) -> str | None:
    """Return where a module is from, or would be; None where it is from no file."""
    if name in sys.modules:
        return getattr(sys.modules[name], "__file__", None)
    spec = importlib.util.find_spec(name)
    return None if spec is None else spec.origin


def _look_in(folder: Path) -> None:
    if str(folder) not in sys.path:
        first = os.environ.get("PYTHONPATH", "").split(os.pathsep) if FOLDER in os.environ else ()
        sys.path.insert(sum(path in first for path in sys.path), str(folder))
