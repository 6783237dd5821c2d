"""Jobs of the user's own: a function, plain or async, over inputs, both named in the scenario.

The module is imported, and so run. What is right is found out by calling the function once for each input.
"""

import asyncio
import inspect
from collections.abc import Sequence
from typing import Any

from gopatterns_cli.functions import function_named, items_named
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.jobs import Effect


def effect(cell: Cell, port: int) -> Effect:
    """Return the function and its inputs."""
    del port
    function = function_named("job.function", cell.function or "")
    awaits = inspect.iscoroutinefunction(function)
    return Effect(
        function=function,
        awaits=awaits,
        arguments=inputs(cell.inputs or "")[: cell.count],
        is_number=False,
    )


def inputs(name: str) -> Sequence[Any]:
    """Return what MODULE:ITERABLE names, as a list.

    Raises:
        Failure: there is no such module or iterable, or it is empty.
    """
    return items_named("job.inputs", name)


def answer(effect_: Effect, argument: Any) -> Any:
    """Call the function once."""
    if effect_.function is None:
        raise AssertionError("a python job without a function")
    return asyncio.run(effect_.function(argument)) if effect_.awaits else effect_.function(argument)
