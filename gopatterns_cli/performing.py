"""A demo performed: run, watched, and where that was asked for, slowed down, stepped through and recorded."""

import gc
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gopatterns_cli.demonstration import tasks_of
from gopatterns_cli.failure import Failure
from gopatterns_cli.interrupts import dumping, passed_on
from gopatterns_cli.live.keys import Keys
from gopatterns_cli.live.pacing import Pace
from gopatterns_cli.live.recording import Recording
from gopatterns_cli.live.sampling import Sampler
from gopatterns_cli.live.stepping import Step
from gopatterns_cli.live.watch import Watch
from gopatterns_cli.measuring import disk
from patterns.launch import launch

if TYPE_CHECKING:
    from patterns.demo import Demo, Options
    from patterns.runtimes._main import Outcome
    from patterns.runtimes.simulator import Costs

SIMULATOR = "simulator"

Observe = Callable[[int, Any, str, Any], None]


@dataclass(frozen=True)
class Stage:
    """Where and how a demo is performed.

    Args:
        runtime: by its name.
        seed: the simulator's.
        pin: keep the runtime threads on one core.
        costs: of the runtime that the simulator stands for.
        speed: virtual seconds in a real one; None: as fast as it goes.
        step: stop after each event.
        trace: the file that every event goes to.
    """

    runtime: str
    seed: int | None = None
    pin: bool = False
    costs: "Costs | None" = None
    speed: float | None = None
    step: bool = False
    trace: Path | None = None

    @property
    def simulated(self) -> bool:
        """Whether its time is virtual."""
        return self.runtime == SIMULATOR


def checked(runtime: str, *, speed: float | None, step: bool, trace: Path | None, shown: bool) -> None:
    """Refuse what cannot be, before anything is measured; `shown`: there is a view, and not JSON only.

    Raises:
        Failure: exit code 2.
    """
    for name, wanted in (("--speed", speed is not None), ("--step", step)):
        if wanted and runtime != SIMULATOR:
            raise Failure(f"{name}: found with {runtime}, allowed with --runtime simulator", 2)
    if step:
        if speed is not None:
            raise Failure("--step: found with --speed, allowed one of them", 2)
        if not shown or not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise Failure("--step: found no terminal to show each event on and read keys from", 2)
    if trace is not None:
        if trace.exists() and not trace.is_file():
            raise Failure(f"--trace: found {trace}, allowed a file", 2)
        if not trace.absolute().parent.is_dir():
            raise Failure(f"--trace: found {trace}, whose folder does not exist", 2)


def performed(
    watch: Watch, demo: "Demo", options: "Options", stage: Stage, title: str
) -> "tuple[Outcome, Recording | None]":
    """Run a demo in a view; without a title nothing is shown.

    Returns:
        How it ended, and what was recorded where that was asked for.
    """
    if stage.simulated:
        gc.set_threshold(200_000, 20, 100)  # a million tasks at once are no garbage
    recording = None if stage.trace is None else Recording()
    sampler = None if stage.simulated or recording is not None else Sampler(watch)
    pace = None if stage.speed is None else Pace(stage.speed, watch.observe)

    def now_ns() -> int:
        if watch.over or (stage.simulated and pace is None):
            return watch.now_ns
        return time.monotonic_ns() if pace is None else pace.now_ns

    view: Any = _view(watch, demo, options, title, now_ns, step=stage.step) if title else nullcontext()
    observers: list[Observe] = [] if recording is None else [recording.observe]
    observers.append((sampler or pace or watch).observe)
    observe: Observe = observers[0] if len(observers) == 1 else partial(_all, observers)
    if stage.step:
        observe = Step(observe, view.show).observe
    with passed_on(), view, dumping(getattr(view, "tell", None)):
        with sampler or nullcontext():
            outcome = launch(
                demo.main,
                options,
                runtime=stage.runtime,
                seed=stage.seed,
                observe=observe,
                workers=tasks_of(options) or 1,
                pin=stage.pin,
                costs=stage.costs,
            )
        if watch.sampled:
            watch.now_ns = now_ns()
        watch.over = True
    return outcome, recording


def keep(recording: Recording, file: Path, title: str, about: dict[str, Any]) -> None:
    """Write what was recorded to a file, in the Chrome trace-event format.

    Raises:
        OSError: it cannot be written.
    """
    from gopatterns_cli.render.chrome_trace import written  # noqa: PLC0415 - only when asked for

    disk.replace(file, written(recording, title, about))


def _all(observers: list[Observe], at_ns: int, task: Any, verb: str, subject: Any) -> None:
    for observe in observers:
        observe(at_ns, task, verb, subject)


def _view(
    watch: Watch, demo: "Demo", options: "Options", title: str, now_ns: Callable[[], int], *, step: bool
) -> Any:
    """Return what to run the demo in; one that stops after each event has a `show`."""
    from rich.console import Console  # noqa: PLC0415 - keeps --json light

    from gopatterns_cli.render import demo as views  # noqa: PLC0415 - the same
    from gopatterns_cli.render.picture import Picture  # noqa: PLC0415 - the same
    from gopatterns_cli.render.redrawn import Screen  # noqa: PLC0415 - the same

    console = Console(highlight=False)
    steps = None if demo.steps is None else demo.steps(options)
    if not views.is_moving(console):
        return views.Lines(watch, title, steps)
    total_ns = 0 if demo.ideal_ns is None else demo.ideal_ns(options)
    screen = Screen(Picture(watch, title, steps, total_ns), console, now_ns)
    return views.Stepped(screen, Keys()) if step else views.Moving(screen, watch)
