"""Pipelines against the Go blog and the public suites: the rows PL-xx of the conformance list."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import factorial

import pytest

from patterns import (
    DROP,
    CancelledError,
    Channel,
    Context,
    DeadlineExceededError,
    TaskGroup,
    collect_errors,
    fan_in,
    fan_out,
    pipeline,
    sleep,
    traps,
    worker_pool,
)

from seams import AVAILABLE, explored, parked


class BrokenError(Exception):
    pass


async def square(number):
    return number * number


async def pass_on(item):
    return item


async def quiet():
    """Return when every other task waits for something."""
    me = traps.running()
    while any(not (task.waiting or task.shielded) for task in me.driver.live if task is not me):
        await sleep(0)


def a_list():
    return [1, 2, 3]


def a_generator():
    yield from [1, 2, 3]


async def an_async_generator():
    for number in (1, 2, 3):
        yield number


# PL-01: stages close what they write to


@pytest.mark.parametrize("source", [a_list, a_generator, an_async_generator])
@pytest.mark.parametrize("buffer", [0, 1, 5])
def test_pl_01_squares_of_squares_come_in_order(go, source, buffer):
    async def main():
        async with pipeline(source(), square, square, buffer=buffer) as output:
            return [value async for value in output]

    assert go(main) == [1, 16, 81]


@pytest.mark.parametrize("stages", range(4))
def test_pl_01_an_empty_source_closes_the_output_at_once(go, stages):
    async def main():
        async with pipeline([], *[square] * stages) as output:
            return await output.receive_ok()

    assert go(main) == (None, False)


async def ends_normally(output):
    return [value async for value in output]


async def leaves_early(output):
    return await output.receive()


async def breaks(output):
    await output.receive()
    raise BrokenError("block")


async def is_cancelled(output):
    await output.receive()
    Context.current().cancel()
    await sleep(0)


def pipeline_of(source, work):
    return pipeline(source, pass_on, work)


def pool_of(source, work):
    return worker_pool(source, work, workers=2)


def ordered_pool_of(source, work):
    return worker_pool(source, work, workers=2, ordered=True)


@pytest.mark.parametrize("leave", [ends_normally, leaves_early, breaks, is_cancelled])
@pytest.mark.parametrize("make", [pipeline_of, pool_of, ordered_pool_of])
@pytest.mark.parametrize("fails", [False, True])
def test_pl_01_the_output_is_closed_for_readers_outside_on_every_path(go, leave, make, fails):
    async def work(item):
        if fails and item == 3:
            raise BrokenError("stage")
        return item

    async def read_outside(output, gate):
        await gate.receive_ok()
        async for _ in output:
            pass
        return await output.receive_ok()

    async def main():
        gate, ends = Channel(), []
        async with TaskGroup() as group:

            async def outside(output):
                ends.append(await read_outside(output, gate))

            try:
                async with make(range(1, 6), work) as output:
                    group.spawn(outside, output)
                    await leave(output)
            except (BrokenError, CancelledError):
                pass
            gate.close()
        return ends

    assert go(main) == [(None, False)]


@pytest.mark.parametrize("fails", [False, True])
def test_pl_01_every_stage_receives_until_its_input_ends(go, fails):
    async def main():
        received = [[], []]

        async def first(item):
            received[0].append(item)
            return DROP if item % 2 else item

        async def second(item):
            received[1].append(item)
            return item

        async with pipeline(range(10), first, second) as output:
            values = [value async for value in output]
        return received, values

    assert go(main) == ([list(range(10)), [0, 2, 4, 6, 8]], [0, 2, 4, 6, 8])


# PL-02: the consumer stops early


async def take(k, stages, buffer, source):
    async with pipeline(source(), *[pass_on] * stages, buffer=buffer) as output:
        taken = [await output.receive() for _ in range(k)]
    return taken, await all_gone(output)


async def all_gone(output):
    """Return how many tasks and waiters are left after the block, beside the main task's."""
    channel = output._channel
    return len(traps.running().driver.live) - 1 + len(channel._senders) + len(channel._receivers)


def ten():
    return range(10)


def endless():
    return itertools.count()


async def endless_async():
    for number in itertools.count():
        yield number


@pytest.mark.parametrize("stages", [1, 2, 3, 4])
@pytest.mark.parametrize("buffer", [0, 1, 3])
@pytest.mark.parametrize("source", [ten, endless, endless_async])
def test_pl_02_every_stage_ends_however_many_items_were_taken(go, stages, buffer, source):
    async def main():
        for k in range(11):
            assert await take(k, stages, buffer, source) == (list(range(k)), 0)

    go(main)


@pytest.mark.parametrize("k", [0, 1, 3])
@pytest.mark.parametrize("source", [endless, endless_async])
def test_pl_02_no_schedule_leaves_a_stage_of_two_parked(k, source):
    for outcome in explored(take, k, 2, 0, source, seeds=100):
        assert outcome == (list(range(k)), 0)


@pytest.mark.parametrize("stuck_in", [0, 1, 2])
def test_pl_02_a_stage_that_is_stuck_in_its_function_ends_too(go, stuck_in):
    async def main():
        forever, ended = Channel(), []

        def stage(number):
            async def work(item):
                if number == stuck_in and item == 1:
                    try:
                        await forever.receive()
                    finally:
                        ended.append(number)
                return item

            return work

        async with pipeline(range(100), *[stage(number) for number in range(3)]) as output:
            await output.receive()
            await parked(forever._receivers, 1)
        return ended, len(forever._receivers)

    assert go(main) == ([stuck_in], 0)


async def drop_all_of_an_endless_source(begun):
    async def drop(item):
        begun.append(item)
        return DROP

    async with pipeline(itertools.count(), drop) as output:
        await output.receive()


async def collect_from_an_endless_source(begun):
    async def note(item):
        begun.append(item)

    await collect_errors(itertools.count(), note, workers=1)


@pytest.mark.parametrize("way", [drop_all_of_an_endless_source, collect_from_an_endless_source])
def test_pl_02_even_a_stage_that_never_suspends_can_be_stopped(go, way):
    async def main():
        begun = []
        async with TaskGroup() as group:
            group.spawn(way, begun)
            while not begun:
                await sleep(0)
            group.cancel()
        return "stopped"

    assert go(main) == "stopped"


@pytest.mark.parametrize("runtime", [name for name in AVAILABLE if name != "simulator"], indirect=True)
def test_pl_02_a_time_limit_reaches_a_stage_that_never_suspends(go):
    async def main():
        with Context.current().with_timeout(0.001):
            await drop_all_of_an_endless_source([])

    with pytest.raises(DeadlineExceededError):
        go(main)


# PL-04: the source's error


def failing_after_three():
    yield from (1, 2, 3)
    raise BrokenError("source")


async def failing_after_three_async():
    for number in (1, 2, 3):
        yield number
    raise BrokenError("source")


async def consume_until_it_fails(source, stages):
    """Return what was received; the error comes once, out of the block, bare."""
    seen = []
    with pytest.raises(BrokenError, match="source") as caught:
        async with pipeline(source(), *[pass_on] * stages) as output:
            async for value in output:
                seen.append(value)
            pytest.fail("a source that failed looked like one that ended")
    assert not hasattr(caught.value, "__notes__")
    return seen


FAILING = [failing_after_three, failing_after_three_async]


def test_pl_04_results_before_the_error_are_kept_and_it_comes_once(go):
    assert go(consume_until_it_fails, failing_after_three, 1) == [1, 2, 3]


@pytest.mark.parametrize("source", FAILING)
@pytest.mark.parametrize("stages", [1, 2, 3])
def test_pl_04_what_is_seen_before_the_error_is_the_beginning_whatever_the_schedule(source, stages):
    for seen in explored(consume_until_it_fails, source, stages, seeds=100):
        assert seen == [1, 2, 3][: len(seen)]


@pytest.mark.parametrize("source", FAILING)
@pytest.mark.parametrize("taken", [0, 1, 2])
def test_pl_04_a_source_whose_error_nobody_asks_for_is_not_parked(go, source, taken):
    async def main():
        try:
            async with pipeline(source(), pass_on, pass_on) as output:
                for _ in range(taken):
                    await output.receive()
        except BrokenError:
            pass  # it had failed by then
        return await all_gone(output)

    assert go(main) == 0


@pytest.mark.parametrize("stages", [1, 2])
def test_pl_04_a_source_that_raises_a_cancellation_of_its_own_does_not_hang(go, stages):
    def source():
        yield 1
        raise CancelledError("of its own")

    async def async_source():
        yield 1
        raise CancelledError("of its own")

    async def main(items):
        async with pipeline(items, *[pass_on] * stages) as output:
            async for _ in output:
                pass

    for items in (source(), async_source()):
        with pytest.raises(CancelledError, match="of its own"):
            go(main, items)


@pytest.mark.parametrize("failing_stage", [0, 1, 2])
def test_pl_04_a_stage_that_raises_a_cancellation_of_its_own_does_not_hang(go, failing_stage):
    async def work(item):
        if item == 2:
            with Context.current().with_cancel() as own:
                own.cancel()
                await sleep(0)
        return item

    async def main():
        stages = [pass_on] * 3
        stages[failing_stage] = work
        async with pipeline(range(10), *stages) as output:
            async for _ in output:
                pass

    with pytest.raises(CancelledError):
        go(main)


# PL-05: done and the output at once


@pytest.mark.parametrize("source", [endless, endless_async])
@pytest.mark.parametrize("buffer", [0, 2])
def test_pl_05_after_the_consumer_has_left_a_stage_begins_at_most_what_it_was_handed(go, source, buffer):
    async def main():
        begun = []

        async def note(item):
            begun.append(item)
            return item

        async with pipeline(source(), note, pass_on, buffer=buffer) as output:
            for _ in range(5):
                await output.receive()
            before = len(begun)
        return before, len(begun)

    before, after = go(main)
    assert before <= after <= before + 1
    assert after <= 5 + 2 + 2 * buffer


# PL-06: back-pressure


async def count_of_a_stalled_sink(stages, buffer, asynchronous):
    """Take one item and stall; return how many the source has made when all is quiet."""
    made = []

    def source():
        for number in itertools.count():
            made.append(number)
            yield number

    async def async_source():
        for number in source():
            yield number

    items = async_source() if asynchronous else source()
    async with pipeline(items, *[pass_on] * stages, buffer=buffer) as output:
        await output.receive()
        await quiet()
        return len(made)


@pytest.mark.parametrize("stages", [1, 2, 3, 5])
@pytest.mark.parametrize("buffer", [0, 1, 4])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_pl_06_a_stalled_sink_stops_the_source_after_one_item_per_stage_and_place(
    go, stages, buffer, asynchronous
):
    made = go(count_of_a_stalled_sink, stages, buffer, asynchronous)
    assert made == 1 + stages + buffer * stages + asynchronous  # an async source has a task, which holds one


@pytest.mark.parametrize("asynchronous", [False, True])
def test_pl_06_the_count_is_the_same_under_every_schedule(asynchronous):
    assert set(explored(count_of_a_stalled_sink, 2, 1, asynchronous, seeds=100)) == {5 + asynchronous}


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("buffer", [0, 2])
def test_pl_06_a_stalled_sink_stops_the_source_of_a_pool(go, workers, buffer):
    async def main():
        made = []

        def source():
            for number in itertools.count():
                made.append(number)
                yield number

        async with worker_pool(source(), pass_on, workers=workers, buffer=buffer) as results:
            await results.receive()
            await quiet()
            return len(made)

    assert go(main) == 1 + workers + buffer


# PL-08: built under a dead context


def never(*args):
    pytest.fail("a user function ran under a dead context")


async def never_async(*args):
    never()


def never_iterated():
    never()
    yield


async def never_iterated_async():
    never()
    yield


async def through_pipeline(source, work):
    async with pipeline(source, work, work) as output:
        return await output.receive_ok()


async def through_pool(source, work):
    async with worker_pool(source, work) as results:
        return await results.receive_ok()


async def through_ordered_pool(source, work):
    async with worker_pool(source, work, ordered=True) as results:
        return await results.receive_ok()


async def through_fan_out(source, work):
    async with fan_out(source, work) as channels, fan_in(*channels) as merged:
        return await merged.receive_ok()


@pytest.mark.parametrize("way", [through_pipeline, through_pool, through_ordered_pool, through_fan_out])
@pytest.mark.parametrize("source", [lambda: [1, 2], never_iterated, never_iterated_async])
@pytest.mark.parametrize("work", [never, never_async])
@pytest.mark.parametrize("error", [CancelledError, DeadlineExceededError])
def test_pl_08_under_a_dead_context_no_user_function_runs(go, way, source, work, error):
    async def main():
        context = Context.current().with_timeout(0 if error is DeadlineExceededError else 1000)
        context.cancel()
        with context:
            await way(source(), work)

    with pytest.raises(error):
        go(main)


@pytest.mark.parametrize("source", [lambda: [1, 2], never_iterated, never_iterated_async])
def test_pl_08_under_a_dead_context_no_error_is_collected(go, source):
    async def main():
        context = Context.current().with_cancel()
        context.cancel()
        with context:
            await collect_errors(source(), never_async)

    with pytest.raises(CancelledError):
        go(main)


# PL-09: whole programs


async def first_primes(count):
    """Return the first primes: a chain of filters that grows by one for every prime."""
    primes = []

    async def generate(numbers):
        for number in itertools.count(2):
            await numbers.send(number)

    async def keep_from(numbers, prime, kept):
        async for number in numbers:
            if number % prime:
                await kept.send(number)

    async with TaskGroup() as group:
        numbers = Channel()
        group.spawn(generate, numbers)
        for _ in range(count):
            prime = await numbers.receive()
            primes.append(prime)
            kept = Channel()
            group.spawn(keep_from, numbers, prime, kept)
            numbers = kept
        group.cancel()
    return primes


PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97]


def test_pl_09_a_sieve_of_channels_gives_the_first_25_primes(go):
    assert go(first_primes, 25) == PRIMES


def test_pl_09_a_sieve_of_stages_gives_the_first_25_primes(go):
    def keep_from(prime):
        async def stage(number):
            return number if number == prime or number % prime else DROP

        return stage

    async def main():
        async with pipeline(itertools.count(2), *map(keep_from, PRIMES)) as output:
            return [await output.receive() for _ in range(25)]

    assert go(main) == PRIMES


def test_pl_09_a_daisy_chain_passes_a_value_and_is_torn_down(go, runtime):
    links = 300 if runtime == "threads" else 10_000

    async def one_more(number):
        return number + 1

    async def main():
        async with pipeline([0], *[one_more] * links) as output:
            value = await output.receive()
        return value, await all_gone(output)

    assert go(main) == (links, 0)


class Series:
    """Power series as streams of their coefficients, each made by a task when it is asked for."""

    def __init__(self, group):
        self._group = group

    def of(self, terms):
        """Return the stream of what an iterator gives."""

        async def produce(output):
            for term in terms:
                await output.send(term)

        return self._made_by(produce)

    def multiply(self, left, right):
        """Return the stream of the product."""

        async def produce(output):
            lefts, rights = [], []
            while True:
                lefts.append(await left.receive())
                rights.append(await right.receive())
                terms = zip(lefts, reversed(rights), strict=True)
                await output.send(sum(one * other for one, other in terms))

        return self._made_by(produce)

    def derive(self, series):
        """Return the stream of the derivative."""

        async def produce(output):
            await series.receive()
            for power in itertools.count(1):
                await output.send(power * await series.receive())

        return self._made_by(produce)

    def integrate(self, series, constant):
        """Return the stream of the integral."""

        async def produce(output):
            await output.send(constant)
            for power in itertools.count(1):
                await output.send(await series.receive() / power)

        return self._made_by(produce)

    def split(self, series):
        """Return two streams of the same."""

        async def produce(one, other):
            async for term in series:
                await one.send(term)
                await other.send(term)

        one, other = Channel(), Channel(1000)
        self._group.spawn(produce, one, other)
        return one, other

    def exponential(self):
        """Return the stream of e to the x: the series that is its own integral, fed back into itself."""
        back = Channel(1000)
        one, other = self.split(self.integrate(back, Fraction(1)))

        async def feed():
            async for term in other:
                await back.send(term)

        self._group.spawn(feed)
        return one

    def _made_by(self, produce):
        output = Channel()
        self._group.spawn(produce, output)
        return output


EXPONENTIAL = [Fraction(1, factorial(power)) for power in range(8)]


@pytest.mark.parametrize(
    ("make", "coefficients"),
    [
        (lambda series: series.of(itertools.repeat(1)), [1] * 8),
        (
            lambda series: series.multiply(series.of(itertools.repeat(1)), series.of(itertools.repeat(1))),
            list(range(1, 9)),
        ),
        (lambda series: series.derive(series.of(itertools.repeat(1))), list(range(1, 9))),
        (
            lambda series: series.integrate(series.of(itertools.repeat(Fraction(1))), 0),
            [0, *(Fraction(1, power) for power in range(1, 8))],
        ),
        (lambda series: series.exponential(), EXPONENTIAL),
        (lambda series: series.derive(series.exponential()), EXPONENTIAL),
        (
            lambda series: series.multiply(series.exponential(), series.exponential()),
            [2**power * term for power, term in enumerate(EXPONENTIAL)],
        ),
    ],
    ids=["ones", "product", "derivative", "integral", "exp", "exp'", "exp squared"],
)
def test_pl_09_streams_of_power_series_have_the_known_coefficients(go, make, coefficients):
    async def main():
        async with TaskGroup() as group:
            series = make(Series(group))
            terms = [await series.receive() for _ in coefficients]
            group.cancel()
        return terms

    assert go(main) == coefficients
