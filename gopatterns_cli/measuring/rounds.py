"""Carrying out a plan: the calibration, then round after round, the session on disk after each."""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace

from gopatterns_cli import interrupts
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.estimating import SLOW_S, SLOW_VALUES, loops_of, values_of
from gopatterns_cli.measuring.plan import Plan
from gopatterns_cli.measuring.processes import HungError, Launcher, LostRunError, Order
from gopatterns_cli.measuring.suite import Run
from gopatterns_cli.session import COMPLETE, INTERRUPTED, RUNNING, Loss, Session, UnwrittenError, write

TIMEOUT_S = 60.0
MOST_S, QUICK_MOST_S = 2.0, 0.3
"""A run of an operation takes no longer: a slow arm gets so many items as take half of it, and a mark."""

ABOUT = 1.2
"""A run that takes only so much longer is left as it is."""

FEWEST = 2
"""One request has no rate."""

SOME, FEWEST_PACED = 50, 100
"""A fiftieth of the requests at a rate is tried first, where that is as many as this."""

PATIENCE, SLOW_PATIENCE = 20, 5
"""
A worker may take so many times as long as its jobs should, or as it was calibrated to, whichever is more.
"""

Settled = Callable[[Session], Collection[str]]
"""Says at a look which cells need no more rounds."""

Progress = Callable[[Session, int, str], None]
"""
Told before each worker, never while one runs: the session, workers done in this round or calibration,
the cell.
"""


def carry_out(session: Session, launcher: Launcher, progress: Progress, settled: Settled) -> Session:
    """Measure what is left of a session's plan and return it, complete and written.

    Args:
        session: where it stands.
        launcher: runs a worker.
        progress: is told how far it is.
        settled: is asked at every look but the last one.

    Raises:
        Failure: no cell could be measured at all; exit code 1.
        UnwrittenError: the session on disk has the rounds before; exit code 1.
        KeyboardInterrupt: the session is on disk with the rounds that were done, marked interrupted.
    """
    session = replace(session, status=RUNNING)
    try:
        write(session)
        if not session.plan.loops:
            session = _calibrated(session, launcher, progress)
            write(session)
        while session.rounds_done < session.plan.rounds and session.going:
            session = looked_at(_round(session, launcher, progress), settled)
            write(session)
    except KeyboardInterrupt:
        with interrupts.deferred(), suppress(UnwrittenError):  # then it is on disk as it was before the round
            write(replace(session, status=INTERRUPTED))
        raise
    session = replace(session, status=COMPLETE)
    with interrupts.deferred():
        write(session)
    return session


def _calibrated(session: Session, launcher: Launcher, progress: Progress) -> Session:
    """Settle once per cell how many runs make a value of 100 ms, and how many values a process measures."""
    plan = session.plan
    loops, values, counts, took, lost = {}, {}, {}, {}, []
    hung: dict[tuple[str | None, str], str] = {}  # by the user's function and the version, where it did
    for done, cell in enumerate(plan.cells):
        progress(session, done, cell.name)
        user_code = (cell.function, cell.version)
        if user_code in hung:
            lost.append(Loss(0, cell.name, f"not tried: {cell.function} hung in {hung[user_code]}"))
            continue
        order = Order(
            cell,
            loops=1,
            values=1,
            warmups=0 if session.quick else 1,
            hash_seed=plan.hash_seeds[0],
            timeout_s=TIMEOUT_S if cell.operation else TIMEOUT_S * 5,
            most_s=_most_s(cell, quick=session.quick),
        )
        try:
            run_s, count = _sized(launcher, order, quick=session.quick)
        except LostRunError as error:
            lost.append(Loss(0, cell.name, str(error)))
            if cell.function is not None and isinstance(error, HungError):
                hung[user_code] = cell.name
            continue
        took[cell.name] = run_s
        loops[cell.name] = loops_of(run_s, plan.value_s)
        values[cell.name] = values_of(run_s, quick=session.quick)
        if count < cell.count:
            counts[cell.name] = count
    if not loops:
        raise Failure(f"nothing could be measured: {lost[0].cell}: {lost[0].why}")
    plan = _alike(replace(plan, loops=loops, values=values, counts=counts, took=took))
    return replace(session, plan=_with_canary(plan), lost=tuple(lost))


def _with_canary(plan: Plan) -> Plan:
    """Make another cell the canary where the one of the plan was lost: the next that might have been it."""
    old = plan.canary
    if old is None or old.twin.name in plan.loops:
        return plan
    ran = [cell for cell in plan.cells if cell.name in plan.loops and cell.version == old.version]
    alike = [cell for cell in ran if not cell.is_go and cell.is_memory == old.is_memory]
    if not alike:
        return plan
    new = replace(alike[0], again=True)
    orders = tuple(tuple(new.name if name == old.name else name for name in order) for order in plan.orders)
    return replace(plan, canary=new, orders=orders)


def _tried_twice(launcher: Launcher, order: Order) -> Run:
    """Run a worker, and once more if it was lost: one crash must not cost a cell all its rounds."""
    try:
        return launcher(order)
    except HungError:
        raise
    except LostRunError:
        return launcher(order)


def _alike(plan: Plan) -> Plan:
    """Give all versions of a cell the loops, values and items of the first one that runs."""
    ran = [cell for cell in plan.cells if cell.version and cell.name in plan.loops]
    firsts = {replace(cell, version=""): cell.name for cell in reversed(ran)}
    as_first = {cell.name: firsts[replace(cell, version="")] for cell in ran}
    if not as_first:
        return plan
    return replace(
        plan,
        loops={name: plan.loops[first] for name, first in as_first.items()},
        values={name: plan.values[first] for name, first in as_first.items()},
        counts={name: plan.counts[first] for name, first in as_first.items() if first in plan.counts},
    )


def _most_s(cell: Cell, *, quick: bool) -> float:
    """How long a run may take; 0 when it may take its time. What is held to a rate takes what that says."""
    if cell.operation is None or cell.is_memory:
        return 0.0
    return max(QUICK_MOST_S if quick else MOST_S, cell.asked_s or 0.0)


def _sized(launcher: Launcher, order: Order, *, quick: bool) -> tuple[float, int]:
    """
    Run a cell, and return the time of a run and its items. What is held to a rate is not cut down while it
    runs: some of its items tell first whether it keeps anywhere near the rate, or would take minutes.
    """
    cell, some = order.cell, order.cell.count // SOME
    if order.most_s and cell.rate is not None and some >= FEWEST_PACED:
        item_s = _tried_twice(launcher, replace(order, cell=replace(cell, count=some))).values[0] / some
        if item_s * cell.count > order.most_s * ABOUT:
            return order.most_s / 2, max(int(order.most_s / 2 / item_s), FEWEST)
    return _fitting(cell, _tried_twice(launcher, order), quick=quick)


def _fitting(cell: Cell, run: Run, *, quick: bool) -> tuple[float, int]:
    """The time of a run and its items: of a slow arm, so many that it does not take longer than it may."""
    run_s, count = run.values[0], run.metadata.get("gopat_count", cell.count)
    most_s = _most_s(cell, quick=quick)
    if not most_s or run_s <= most_s * ABOUT:
        return run_s, count
    return most_s / 2, max(int(count * most_s / 2 / run_s), min(count, FEWEST))


def looked_at(session: Session, settled: Settled) -> Session:
    """Return the session with what its last round settles stopped, if a look follows that round."""
    *early, _ = session.plan.looks
    if session.rounds_done not in {look.rounds for look in early}:
        return session
    stops = dict.fromkeys(settled(session), session.rounds_done)
    return replace(session, stopped={**stops, **session.stopped})


def _round(session: Session, launcher: Launcher, progress: Progress) -> Session:
    plan, number = session.plan, session.rounds_done + 1
    runs, lost, going = [], [], session.going
    for position, name in enumerate(plan.orders[number - 1]):
        if name not in going:
            continue
        progress(session, position, name)
        try:
            run = launcher(_order(plan, number, name))
        except LostRunError as error:
            lost.append(Loss(number, name, str(error)))
        else:
            runs.append(_placed(run, {"gopat_round": number, "gopat_pos": position}))
    return session.with_round(runs, lost)


def _order(plan: Plan, number: int, name: str) -> Order:
    cell = plan.cell(name)
    values, loops = plan.values[cell.twin.name], plan.loops[cell.twin.name]
    slow = values == SLOW_VALUES
    run_s = max(SLOW_S, cell.duration_s * cell.count)
    patience_s = max(PATIENCE * run_s, SLOW_PATIENCE * plan.took.get(cell.twin.name, 0.0))
    timeout_s = TIMEOUT_S + patience_s * (values + 1)
    cell = replace(cell, count=plan.items(cell))
    return Order(cell, loops, values, 0 if slow else 1, plan.hash_seeds[number - 1], timeout_s)


def _placed(run: Run, place: Mapping[str, int]) -> Run:
    return replace(run, metadata={**run.metadata, **place})
