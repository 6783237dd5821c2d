"""`gopat run`: a pattern's demo, watched while it runs."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from gopatterns_cli import completing
from gopatterns_cli.options import count, factor, one_of, pattern, runtime, simulated_runtime

GROUPS = {
    "what": ("pattern_name", "wanted_runtime", "seed", "pin"),
    "time": ("speed", "step", "costs", "stands_for", "cores"),
    "show": ("trace", "as_json"),
}
"""The options of its help, by what they are for."""


def run(  # noqa: PLR0913 - one parameter per option
    pattern_name: Annotated[
        str,
        typer.Argument(
            metavar="PATTERN",
            parser=pattern,
            autocompletion=completing.patterns,
            help="A name of `gopat list`; --help adds its options.",
        ),
    ],
    *,
    wanted_runtime: Annotated[
        str | None,
        typer.Option(
            "--runtime",
            metavar="NAME",
            parser=runtime,
            autocompletion=completing.runtimes,
            help="As `gopat list` has them.",
            show_default="asyncio",
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", parser=count(0), help="The simulator's seed.")
    ] = None,
    pin: Annotated[bool, typer.Option("--pin", help="The runtime threads on one core.")] = False,
    costs: Annotated[
        str | None,
        typer.Option(
            metavar="measured",
            parser=one_of("measured"),
            autocompletion=completing.one_of("measured"),
            help="Simulate what operations cost here, too.",
        ),
    ] = None,
    stands_for: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="NAME",
            parser=simulated_runtime,
            autocompletion=completing.runtimes,
            help="With --costs: of which runtime; asyncio.",
        ),
    ] = None,
    cores: Annotated[
        int | None,
        typer.Option(metavar="N", parser=count(1, 10_000), help="With --costs: on so many cores."),
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(metavar="X", parser=factor(0.1, 100), help="Virtual seconds in a real one: 0.1 to 100."),
    ] = None,
    step: Annotated[bool, typer.Option("--step", help="Stop the simulator after each event.")] = False,
    trace: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Every event, for Perfetto or chrome://tracing."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing while it runs.")] = False,
    **wanted: Any,
) -> None:
    r"""Run a pattern's demo and show what each task is doing.

    Without options it is the document's example. Ctrl-\ says what tasks wait for.

    gopat run worker-pool --workers 10

    gopat run pipeline --runtime simulator --latency 1s --speed 5
    """
    import json  # noqa: PLC0415 - only when asked for
    from dataclasses import asdict  # noqa: PLC0415 - keeps --help light

    from gopatterns_cli.demonstration import (  # noqa: PLC0415 - keeps --help light
        choose,
        figures,
        sharing,
        tasks_of,
    )
    from gopatterns_cli.failure import Failure  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.live.watch import Watch  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.performing import Stage, checked, keep, performed  # noqa: PLC0415 - the same
    from gopatterns_cli.render.listing import width  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.summary import summary, title  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.simulation import most_at_once, simulation  # noqa: PLC0415 - keeps --help light
    from patterns import catalogue  # noqa: PLC0415 - keeps --help light
    from patterns.pinning import pin_problem  # noqa: PLC0415 - keeps --help light

    runtime_name = wanted_runtime or "asyncio"
    if pin and (problem := pin_problem(runtime_name)):
        raise Failure(f"--{problem}", 2)
    demo = catalogue.load(pattern_name).demo
    given = {name: None if value is False else value for name, value in wanted.items()}
    options = choose(pattern_name, demo, runtime_name, given)
    checked(runtime_name, speed=speed, step=step, trace=trace, shown=not as_json)
    simulated_costs = simulation(runtime_name, costs, stands_for, cores, _say)
    if simulated_costs is not None and simulated_costs.note:
        _say(f"note: {simulated_costs.note}")
    stage = Stage(
        runtime_name,
        seed,
        pin=pin,
        costs=None if simulated_costs is None else simulated_costs.costs,
        speed=speed,
        step=step,
        trace=trace,
    )
    label = None if simulated_costs is None else simulated_costs.label
    chosen = {option.name: vars(options)[option.name] for option in demo.options}
    watch = Watch(line_per_job=not as_json)
    heading = title(pattern_name, runtime_name, demo.options, chosen)
    outcome, recording = performed(watch, demo, options, stage, "" if as_json else heading)
    if recording is not None and trace is not None:
        keep(recording, trace, heading, {"pattern": pattern_name, "runtime": runtime_name, **chosen})
        left_out = f", the first; {recording.missed:,} are left out" if recording.missed else ""
        _say(f"note: {trace}: {len(recording):,} events{left_out}")
    if outcome.error is not None:
        raise outcome.error
    at_once = most_at_once(runtime_name, simulated_costs)
    peak = watch.peak if at_once is None else min(watch.peak, at_once)
    taken = figures(demo, options, outcome, peak, sampled=watch.sampled)
    if at_once is not None and (tasks_of(options) or 0) > at_once:
        there = "there" if simulated_costs else "here"
        _say(f"note: at most {at_once} worker processes {there}, 4 for each core")
    if as_json:
        names = {
            "pattern": pattern_name,
            "runtime": runtime_name,
            "seed": (seed or 0) if stage.simulated else None,
        }
        trace_hash = None if outcome.trace is None else outcome.trace.hash
        print(
            json.dumps(
                {
                    **names,
                    **chosen,
                    "results": len(outcome.value),
                    "trace": trace_hash,
                    "simulation": label,
                    **asdict(taken),
                },
                indent=2,
            )
        )
        return
    note = f"{label or 'virtual time'}, seed {seed or 0}" if stage.simulated else ""
    for line in summary(taken, sharing(options), outcome, width(), note=note, serial=demo.serial):
        print(line)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def with_demo_options(arguments: Sequence[str] | None) -> Callable[..., None]:
    """Return `run` with the options of the demo that arguments name, or of all demos."""
    from gopatterns_cli import demo_options  # noqa: PLC0415 - keeps `gopat --help` light

    return demo_options.added(run, arguments)
