"""How long a sleep really lasts: the jobs that wait are made of them."""

import time
from collections.abc import Sequence
from statistics import median, quantiles

from gopatterns_cli.doctor.finding import Finding, Level
from gopatterns_cli.figures import percent, seconds
from gopatterns_cli.makespan import UNEQUAL_ABOVE
from gopatterns_cli.measuring import kernel
from scenarios.notation import write_duration

TOPIC = "sleep"

SHORT_S, LONG_S = 100e-6, 1e-3
"""The document's waiting jobs: a fan-out's and a pool's."""

TIMES = 200

ANOTHER_JOB = 2.0


def examine() -> Finding:
    """Sleep here for about a third of a second."""
    slack_ns = kernel.number("proc/self/timerslack_ns")
    return judged(slack_ns, [_slept(SHORT_S) for _ in range(TIMES)], [_slept(LONG_S) for _ in range(TIMES)])


def judged(slack_ns: int | None, short_s: Sequence[float], long_s: Sequence[float]) -> Finding:
    """Judge how long sleeps of 100 us and of 1 ms lasted.

    Decided by those of 1 ms; the short ones last longer by the slack on any Linux. bad: the median above
    twice what was asked: it is another job than the claim's. remark: above x1.10, from where two arms whose
    sleeps differ are marked `unequal jobs`.

    Args:
        slack_ns: how late the kernel may fire a timer of this thread; None where it does not tell.
        short_s: what sleeps of 100 us took, two or more.
        long_s: what sleeps of 1 ms took, two or more.

    Source: Linux, proc_pid_timerslack_ns(5); 50 us unless set.
    """
    found = "; ".join(_said(asked_s, took_s) for asked_s, took_s in ((SHORT_S, short_s), (LONG_S, long_s)))
    found += "" if slack_ns is None else f"; timer slack {seconds(slack_ns / 1e9)}"
    figures = {
        "timer_slack_s": None if slack_ns is None else slack_ns / 1e9,
        **_figures("sleep_100us", short_s),
        **_figures("sleep_1ms", long_s),
    }
    ratio = median(long_s) / LONG_S
    if ratio > ANOTHER_JOB:
        means = "jobs that wait are other jobs than the claims': ideal times are off by as much"
        return Finding(TOPIC, Level.BAD, found, means, figures)
    if ratio > UNEQUAL_ABOVE:
        means = (
            f"a job of 1 ms lasts {percent(ratio - 1)} longer: compare ratios, not times, with other machines"
        )
        return Finding(TOPIC, Level.REMARK, found, means, figures)
    return Finding(TOPIC, Level.GOOD, found, "jobs that wait last about what they say", figures)


def _slept(asked_s: float) -> float:
    start = time.perf_counter()
    time.sleep(asked_s)
    return time.perf_counter() - start


def _said(asked_s: float, took_s: Sequence[float]) -> str:
    low, _, high = quantiles(took_s, n=4)
    half = f"half of them {seconds(low)} to {seconds(high)}"
    return f"{write_duration(asked_s)} lasts {seconds(median(took_s))}, {half}"


def _figures(name: str, took_s: Sequence[float]) -> dict[str, float]:
    low, _, high = quantiles(took_s, n=4)
    return {f"{name}_median_s": median(took_s), f"{name}_quartile_1_s": low, f"{name}_quartile_3_s": high}
