"""The trials that are missing, one after another, each in the log when it is done."""

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from gopatterns_cli import interrupts
from gopatterns_cli.figures import seconds
from gopatterns_cli.measuring.processes import launch
from gopatterns_cli.trials.busy import busy
from gopatterns_cli.trials.live import Launch, Load, tried
from gopatterns_cli.trials.log import Log, append
from gopatterns_cli.trials.trial import Trial
from gopatterns_cli.trials.twins import Twins, twins
from gopatterns_cli.trials.wanted import Trials, missing, standing

Say = Callable[[str], None]


def carried_out(
    wanted: Trials,
    log: Log,
    say: Say,
    made: Callable[[Say], AbstractContextManager[Twins]] = twins,
    run: Launch = launch,
    load: Load = busy,
) -> Log:
    """Carry out what is missing and return the log with it; at once where nothing is.

    Args:
        wanted: how many there are to be.
        log: what there is.
        say: tells the user what is being done, a line at a time.
        made: makes the versions that are compared.
        run: runs a worker.
        load: keeps so many cores busy inside its block.

    Raises:
        Failure: a trial cannot be carried out, or written; those before are in the log.
        KeyboardInterrupt: likewise; the user is told the way on.
    """
    left = list(missing(wanted, log.trials))
    if not left:
        return log
    with _told(lambda: log, wanted, say), interrupts.heard(), made(say) as both:
        for number, kind in enumerate(left, 1):
            trial = tried(kind, both, run, load)
            with interrupts.deferred():
                log = append(log, trial)
            say(f"{number} of {len(left)}: {kind.name}: {_found(trial)}")
    return log


@contextmanager
def _told(log: Callable[[], Log], wanted: Trials, say: Say) -> Iterator[None]:
    """Tell whoever interrupts the block what is kept, and the way on."""
    try:
        yield
    except KeyboardInterrupt:
        kept = log()
        way_on = shlex.join(["gopat", *sys.argv[1:]])
        say(f"interrupted: {kept.path} has {standing(wanted, kept.trials)}: {way_on}")
        raise


def _found(trial: Trial) -> str:
    alarm = ", the canary alarms" if trial.alarm else ""
    return f"{trial.verdict} after {trial.rounds} rounds, {seconds(trial.seconds)}{alarm}"
