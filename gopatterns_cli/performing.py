"""A demo performed: run, watched, and where that was asked for, slowed down, stepped through and recorded."""

import gc
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gopatterns_cli.demonstration import tasks_of
from gopatterns_cli.failure import Failure
from gopatterns_cli.live.pacing import Pace
from gopatterns_cli.live.recording import Recording
from gopatterns_cli.live.sampling import Sampler
from gopatterns_cli.live.stepping import STOP, Step
from gopatterns_cli.live.watch import Watch
from gopatterns_cli.measuring import disk
from patterns.launch import launch

if TYPE_CHECKING:
    from patterns.demo import Demo, Options
    from patterns.runtimes._main import Outcome
    from patterns.runtimes.simulator import Costs

SIMULATOR = "simulator"


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
    """Run a demo in a view, which shows nothing when there is no title; leave the last picture on a terminal.

    Returns:
        How it ended, and what was recorded where that was asked for.
    """
    if stage.simulated:
        gc.set_threshold(200_000, 20, 100)  # a million tasks at once are no garbage
    recording = None if stage.trace is None else Recording()
    observe: Callable[[int, Any, str, Any], None] = watch.observe
    sampler: AbstractContextManager[object] = nullcontext()
    if recording is not None:
        observe = partial(_both, recording.observe, watch.observe)
    elif not stage.simulated:
        sampler = sampled = Sampler(watch)
        observe = sampled.observe
    pace = None if stage.speed is None else Pace(stage.speed, observe)
    if pace is not None:
        observe = pace.observe

    def now_ns() -> int:
        if pace is not None:
            return pace.now_ns
        return watch.now_ns if stage.simulated else time.monotonic_ns()

    around: AbstractContextManager[object] = nullcontext()
    show = leave = None
    if title:
        around, show, leave = _shown(watch, demo, options, title, now_ns, step=stage.step)
    if stage.step and show is not None:
        observe = Step(observe, show).observe
    with around, sampler:
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
    if leave is not None:
        leave()
    return outcome, recording


def keep(recording: Recording, file: Path, title: str, about: dict[str, Any]) -> None:
    """Write what was recorded to a file, in the Chrome trace-event format.

    Raises:
        OSError: it cannot be written.
    """
    from gopatterns_cli.render.chrome_trace import written  # noqa: PLC0415 - only when asked for

    disk.replace(file, written(recording, title, about))


def _both(
    first: Callable[[int, Any, str, Any], None],
    second: Callable[[int, Any, str, Any], None],
    at_ns: int,
    task: Any,
    verb: str,
    subject: Any,
) -> None:
    first(at_ns, task, verb, subject)
    second(at_ns, task, verb, subject)


def _shown(
    watch: Watch, demo: "Demo", options: "Options", title: str, now_ns: Callable[[], int], *, step: bool
) -> tuple[AbstractContextManager[object], Callable[[str], str] | None, Callable[[], object] | None]:
    """Return what to run the demo in, what shows it after an event, and what leaves the last picture."""
    from rich.console import Console  # noqa: PLC0415 - keeps --json light

    from gopatterns_cli.render.demo import Picture, Stepped, is_moving, view  # noqa: PLC0415 - the same

    console = Console(highlight=False)
    jobs = None if demo.steps is None else demo.steps(options)
    total_ns = 0 if demo.ideal_ns is None else demo.ideal_ns(options)
    picture = Picture(watch, title, jobs, total_ns)
    leave = partial(_leave, picture, console, watch) if is_moving(console) else None
    if step:
        stepped = Stepped(picture, console, now_ns, _key)
        return stepped, stepped.show, leave
    return view(picture, watch, console, title, jobs, now_ns), None, leave


def _leave(picture: Any, console: Any, watch: Watch) -> None:
    columns, lines = console.size
    console.print(picture.drawn(columns, lines, watch.now_ns, over=True))


def _key() -> str:
    """Wait for a key; Ctrl-C and the end of the input are `STOP`."""
    import typer  # noqa: PLC0415 - only when asked for

    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return typer.getchar()
    except (KeyboardInterrupt, EOFError):
        return STOP
    finally:
        signal.signal(signal.SIGINT, handler)
