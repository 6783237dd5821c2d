"""After the search: others beside its best, and the best of all again. Pure, as `searching` is."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from statistics import median

from gopatterns_cli.measuring.estimating import VALUE_S
from gopatterns_cli.measuring.processes import LostRunError
from gopatterns_cli.tuning.cost import Cost
from gopatterns_cli.tuning.found import Dropped, Search
from gopatterns_cli.tuning.grid import Candidate
from gopatterns_cli.tuning.searching import LATE, Measure, ranking

CONTENDERS, CONFIRMATIONS = 5, 2
"""So many of the best are measured again, so often."""


def confirmed(
    found: Search,
    others: Iterable[Candidate],
    cost: Cost,
    left_s: Callable[[], float],
    measure: Measure,
) -> Search:
    """
    Measure others beside the best over the same inputs, then the best of all again, as often as there is
    time and at most twice: one measurement each is little to choose finalists by. Who failed before is not
    tried again; whom there was no time for is among those not measured.
    """
    count, values, dropped = found.count, list(found.values), list(found.dropped)
    times = {one: found.each_s(one) for one in found.ranking}
    failed = {one.candidate for one in dropped}
    todo = wanted = [one for one in dict.fromkeys(others) if one not in times and one not in failed]
    for _ in range(1 + CONFIRMATIONS):
        for one in todo:
            expected_s = cost.start_s + max(times.get(one, 0.0) * count, cost.run_s(one, count), VALUE_S)
            if expected_s > left_s():
                continue
            try:
                values.append(measure(one, count, cost.most_s(count)))
            except LostRunError as error:
                dropped.append(Dropped(one, str(error)))
                continue
            times[one] = median(
                value.each_s for value in values if (value.candidate, value.count) == (one, count)
            )
        todo = ranking(times)[:CONTENDERS]
    tried = {*times, *(one.candidate for one in dropped)}
    late = [Dropped(one, LATE) for one in wanted]
    reasons = {one.candidate: one for one in (*late, *found.not_measured) if one.candidate not in tried}
    return replace(
        found,
        ranking=tuple(ranking(times)),
        values=tuple(values),
        dropped=tuple(dropped),
        not_measured=tuple(reasons.values()),
    )
