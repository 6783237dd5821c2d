"""Jobs that wait for a part of their time and compute for the rest."""

from functools import partial

from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.kinds import Effect
from gopatterns_cli.measuring.kinds.cpu import spin, spun


def effect(cell: Cell, port: int) -> Effect:
    """Return a sleep, then the loop."""
    del port
    computing = partial(spin, cell.operations), partial(spun, cell.operations)
    return Effect(sleep_s=cell.sleep_s, function=computing[0], expected=computing[1])
