"""The order of the examination: first what is only read, then the look, then what times itself."""

from pathlib import Path

from gopatterns_cli.doctor import (
    addresses,
    ceilings,
    clock,
    cores,
    folders,
    frequency,
    interpreter,
    load,
    memory,
    power,
    siblings,
    sleeping,
    toolchain,
    virtualisation,
)
from gopatterns_cli.doctor.finding import Examined, worst_first
from gopatterns_cli.doctor.look import look


def examine(results: Path) -> Examined:
    """Examine this machine, for about three seconds; `results` is where sessions would go."""
    before = [load.examine(), cores.examine(), siblings.examine()]
    watched = look().findings()
    return worst_first(
        [
            *watched,
            *before,
            frequency.examine(),
            power.examine(),
            virtualisation.examine(),
            clock.examine(),
            sleeping.examine(),
            interpreter.examine(),
            memory.examine(),
            ceilings.examine(),
            *folders.examine(results),
            toolchain.examine(),
            addresses.examine(),
        ]
    )
