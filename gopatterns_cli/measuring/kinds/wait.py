"""Jobs that only wait: latency and nothing else."""

from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.kinds import Effect


def effect(cell: Cell, port: int) -> Effect:
    """Return a sleep."""
    del port
    return Effect(sleep_s=cell.sleep_s, expected=int)
