"""What a reader of a tuning must know beside the figures, and what was left out, in sentences."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from gopatterns_cli import figures
from gopatterns_cli.measuring.drafting import ROUNDS
from gopatterns_cli.tuning.finals import Finals
from gopatterns_cli.tuning.found import Dropped, Search
from gopatterns_cli.tuning.grid import Bounds, Candidate, Lane
from gopatterns_cli.tuning.look import STUCK, Look


def left_out(look: Look, search: Search, finals: Finals) -> tuple[str, ...]:
    """Say what was not measured, and why."""
    return tuple(_left_out(look, search, finals))


def notes(look: Look, finals: Finals, bounds: Bounds) -> tuple[str, ...]:
    """Say what the figures rest on, and what is odd about the function."""
    return (*_about_the_function(look), *_about_the_figures(look, finals, bounds))


def _left_out(look: Look, search: Search, finals: Finals) -> Iterator[str]:
    if look.more:
        yield f"inputs after the first {look.read:,}{f': {look.cut}' * bool(look.cut)}"
    if search.count < look.count:
        yield f"runs over more than {search.count:,} of {look.count:,} inputs: there was no time for them"
    if look.stays:
        yield f"processes: {look.stays}"
    yield from (f"{runtime}: {why}" for runtime, why in look.not_on.items())
    yield from _grouped(search.not_measured)
    if search.dropped:
        yield figures.listed([f"{one.candidate.words}: {one.why}" for one in search.dropped])
    if finals.rounds < ROUNDS:
        why = "the plain loop was ahead of them all" if finals.hopeless else "there was no time for them"
        yield f"{ROUNDS - finals.rounds} of {ROUNDS} rounds of the finals: {why}"
    if look.not_looked_at:
        yield f"looking {', '.join(look.not_looked_at)}"


def _grouped(not_measured: Sequence[Dropped]) -> Iterator[str]:
    """One line per lane and reason."""
    groups: dict[tuple[Lane, str], list[Candidate]] = defaultdict(list)
    for one in not_measured:
        groups[one.candidate.lane, one.why].append(one.candidate)
    for (lane, why), candidates in groups.items():
        workers = ", ".join(f"{one.workers:,}" for one in sorted(candidates))
        yield f"{workers} workers on {lane.words}: {why}"


def _about_the_function(look: Look) -> Iterator[str]:
    for failing in look.failing:
        said = f": {failing.message}" if failing.message else ""
        how_many = f"{failing.jobs:,} of {look.looked_at:,}" if failing.jobs else "after the look, some"
        yield (
            f"{how_many} jobs failed with {failing.kind}{said}; "
            "a failure counts as an answer, and the code keeps it as a result"
        )
    if look.same_again is False:
        yield "two calls with the same input gave different answers: answers are counted, not compared"
    if look.leak_bytes:
        yield f"it leaves about {figures.taken(look.leak_bytes)} of memory behind with every job"
    if look.form == "loop":
        yield "a plain function that needs a running event loop: it is called there, and awaited"
    if look.one_loop:
        yield "it works in the first event loop of a process only: every run had a process of its own"
    if look.pair is not None and look.pair >= STUCK:
        yield f"two at once take {figures.times(look.pair)} the time of one: it blocks the event loop"


def _about_the_figures(look: Look, finals: Finals, bounds: Bounds) -> Iterator[str]:
    plan = finals.plan
    if look.known and look.known < plan.count:
        yield (
            f"answers were compared with the plain loop's on {look.known:,} of {plan.count:,} inputs, "
            "the others counted"
        )
    if plan.plain_count < plan.count:
        yield (
            f"the plain loop ran over {plan.plain_count:,} inputs, other ones in every round, the rest over "
            f"{plan.count:,}: ratios are of the time per job"
        )
    if bounds.rate is not None:
        yield "the standard library has no limiter: its code holds the rate, but was not measured in rounds"
    lost = [f"the plain loop: {why}" for why in finals.plain_lost[:1]]
    lost += [f"{one.candidate.words}: {one.lost[0]}" for one in finals.standings if one.lost]
    lost += [f"{one.candidate.words}, in every round: {one.why}" for one in finals.out]
    if lost:
        yield f"lost in the finals: {figures.listed(lost)}"
