"""Jobs of the user's own: a function, plain or async, over inputs, both named in the scenario.

The module is imported, and so run. What is right is found out by calling the function once for each input.
"""

import inspect
import pickle
from typing import Any

from gopatterns_cli import inputs as named
from gopatterns_cli.answers import alike
from gopatterns_cli.failure import Failure
from gopatterns_cli.functions import MOST_ITEMS, function_named
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.kinds import Effect

FUNCTION, INPUTS = "job.function", "job.inputs"


def effect(cell: Cell, port: int) -> Effect:
    """Return the function and its inputs.

    Raises:
        Failure: there is no such function, there are no inputs, or they cannot go to another process where
            they would have to.
    """
    del port
    function = function_named(FUNCTION, cell.function or "")
    awaits = inspect.iscoroutinefunction(function)
    arguments = named.items(INPUTS, cell.inputs or "", cell.count)
    if len(arguments) < cell.count:
        raise Failure(f"{INPUTS}: found {len(arguments):,} in {cell.inputs}, there were {cell.count:,}")
    if cell.runtime == "processes":
        _check_travels(FUNCTION, cell.function, function)
        _check_travels(INPUTS, cell.inputs, arguments)
    return Effect(function=function, awaits=awaits, arguments=arguments, is_number=False, same=alike)


def counted(function: str, inputs: str, most: int) -> int:
    """Return how many inputs there are, at the most `most` unless that is 0; the function is there, too.

    Raises:
        Failure: exit code 2: there is no such function, or there are no inputs; 1: a module fails.
    """
    function_named(FUNCTION, function)
    found = len(named.items(INPUTS, inputs, most or MOST_ITEMS))
    if not most and found == MOST_ITEMS:
        raise Failure(
            f"{INPUTS}: found {MOST_ITEMS:,} or more in {inputs}; job.count says how many to take", 2
        )
    return found


def _check_travels(what: str, name: str | None, found: Any) -> None:
    if (name or "").rpartition(":")[0].endswith(".py"):
        raise Failure(
            f"{what}: found {name}, allowed a module on processes: another one cannot import a file"
        )
    try:
        pickle.dumps(found)
    except Exception as error:  # noqa: BLE001 - whatever the user's objects do
        raise Failure(f"{what}: {name} cannot go to another process: {error}") from None
