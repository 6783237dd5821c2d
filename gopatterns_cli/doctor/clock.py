"""The clock that times are read from: how fine it is and what reading it costs."""

import time
from itertools import pairwise

from gopatterns_cli.doctor.finding import Finding, Level
from gopatterns_cli.figures import seconds
from gopatterns_cli.measuring import kernel

TOPIC = "clock"

READINGS = 20_000

VALUE_S = 0.1
"""What pyperf makes a value last at least (METHOD, point 2)."""

SHORTEST_JOB_S = 100e-6
"""The shortest job of the document's claims; each job's begin and end are read from the clock."""

SHARE = 0.01


def examine() -> Finding:
    """Read it here, many times."""
    start = time.perf_counter()
    readings = [time.perf_counter() for _ in range(READINGS)]
    call_s = (readings[-1] - start) / READINGS
    steps = [later - earlier for earlier, later in pairwise(readings) if later > earlier]
    step_s = min(steps, default=time.get_clock_info("perf_counter").resolution)
    source = kernel.text("sys/devices/system/clocksource/clocksource0/current_clocksource")
    return judged(step_s, call_s, source)


def judged(step_s: float, call_s: float, source: str | None) -> Finding:
    """Judge a clock.

    bad: a step above 1 % of the shortest value that is measured. remark: a step or a call above 1 % of the
    document's shortest job: what is noted of single jobs is coarse.

    Args:
        step_s: the smallest difference of two readings that was seen.
        call_s: what a reading costs.
        source: what the kernel reads, such as `tsc`; None where it does not tell.
    """
    found = f"steps of {seconds(step_s)}, {seconds(call_s)} a reading"
    found += "" if source is None else f", from {source}"
    figures = {"clock_step_s": step_s, "clock_call_s": call_s, "clock_source": source}
    if step_s > SHARE * VALUE_S:
        means = f"a value of {seconds(VALUE_S)} is off by more than 1% from the clock alone"
        return Finding(TOPIC, Level.BAD, found, means, figures)
    if max(step_s, call_s) > SHARE * SHORTEST_JOB_S:
        means = f"more than 1% of a job of {seconds(SHORTEST_JOB_S)}: what is noted of short jobs is coarse"
        return Finding(TOPIC, Level.REMARK, found, means, figures)
    return Finding(TOPIC, Level.GOOD, found, "fine enough for the shortest job", figures)
