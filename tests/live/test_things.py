"""How full channels, semaphores and buckets are, and who waits."""

from __future__ import annotations

from gopatterns_cli.live.things import MOST, NOTED, Things
from patterns import Channel, RateLimiter, Semaphore, TaskGroup, fan_in, fan_out, now, sleep
from patterns.launch import launch

from watched import a_task


def levels_after(main, things=None):
    """Return what `main(look)` looked at, run on the simulator."""
    things, seen = things or Things(), []
    verbs = {"bind": things.bind, "hold": things.hold, "let go": things.let_go}

    def observe(at_ns, task, verb, subject):
        things.look(at_ns)
        if verb == "end":
            things.forget(at_ns, task)
        if verb in verbs:
            verbs[verb](at_ns, task, subject)
        elif verb in ("send", "receive"):
            things.used(subject, task, verb)

    outcome = launch(
        main, lambda: seen.extend(things.levels(round(now() * 1e9))), runtime="simulator", observe=observe
    )
    if outcome.error is not None:
        raise outcome.error
    return seen


def test_a_channel_tells_its_fill_and_who_waits_to_send():
    async def main(look):
        channel = Channel(2)

        async def produce(number):
            await channel.send(number)

        async with TaskGroup() as group:
            for number in range(4):
                group.spawn(produce, number, name=f"worker {number}")
            await sleep(1.0)
            look()
            for _ in range(4):
                await channel.receive()
            look()
            channel.close()
            look()

    full, empty, closed = levels_after(main)
    assert (full.value, full.most, full.holds, full.note) == (2, 2, "values", "2 senders wait")
    assert full.name == "2 workers"
    assert (empty.value, empty.note) == (0, "")
    assert closed.note == "closed"


def test_a_channel_is_named_by_who_stands_at_its_ends():
    async def main(look):
        channel = Channel()

        async def sink():
            async for _ in channel:
                await sleep(1.0)

        async with TaskGroup() as group:
            group.spawn(sink, name="sink")
            await sleep(0.1)  # it waits already
            await channel.send(1)
            await channel.send(2)
            look()
            channel.close()

    (level,) = levels_after(main)
    assert (level.name, level.most) == ("main -> sink", 0)


def test_a_semaphore_tells_its_holders_by_name_while_they_are_few():
    from patterns.launch import note

    async def main(look):
        semaphore = Semaphore(2)

        async def hold():
            async with semaphore:
                note("hold", semaphore)
                await sleep(1.0)
                note("let go", semaphore)

        async with TaskGroup() as group:
            for number in range(1, 4):
                group.spawn(hold, name=f"worker {number}")
            await sleep(0.5)
            look()
            await sleep(1.0)
            look()

    first, second = levels_after(main)
    assert (first.value, first.most, first.holds) == (2, 2, "permits held")
    names = {f"worker {number}" for number in range(1, 4)}
    held = set(first.note.removeprefix("held by ").removesuffix(", 1 task waits").split(", "))
    assert len(held) == 2
    assert held < names
    assert second.note == f"held by {(names - held).pop()}"


def test_a_bucket_tells_its_tokens_at_a_time_and_is_not_changed_by_that():
    async def main(look):
        limiter = RateLimiter(rate=2, burst=4)
        limiter.allow(4)
        look()
        await sleep(1.0)
        look()
        look()
        limiter.reserve(4)
        look()

    values = [level.value for level in levels_after(main)]
    assert values == [0.0, 2.0, 2.0, 0.0]


def test_what_a_run_has_dropped_is_gone():
    things = Things()
    channel = Channel()
    things.bind(0, a_task(1), channel)
    assert len(things.levels(0)) == 1
    del channel
    assert things.levels(0) == []


def test_what_has_no_level_and_what_are_too_many_are_left_out():
    things = Things()
    things.bind(0, a_task(1), object())
    channels = [Channel() for _ in range(MOST + 5)]
    for channel in channels:
        things.bind(0, a_task(1), channel)
    assert len(things.levels(0)) == MOST


def test_a_task_that_is_over_holds_nothing():
    things = Things()
    semaphore = Semaphore(1)
    task = a_task(1)
    things.bind(0, task, semaphore)
    things.hold(0, task, semaphore)
    things.forget(0, task)
    assert things.levels(0)[0].note == ""


def last_levels_after(main, *, sampled=False):
    """Return what is told of the things that `main()` used, when it is over and they are gone."""
    things = Things()
    levels_after(lambda _: main(), things)
    return things.last_levels(2 * 10**9, sampled=sampled)


async def two_and_three():
    """Put two values into one channel, three into another, take some out, and drop both."""
    first, second = Channel(4), Channel(4)
    for channel, values in ((first, 2), (second, 3)):
        for value in range(values):
            await channel.send(value)

    async def close():
        first.close()

    async with TaskGroup() as group:
        group.spawn(close)
    await first.receive()
    await first.receive()  # and that is the last that it does


def test_when_all_is_over_the_most_that_things_held_is_told_though_they_are_gone():
    levels = last_levels_after(two_and_three)
    told = [(level.value, level.most, level.peak, level.peak_is, level.note) for level in levels]
    assert told == [(0, 4, 2, "most", "closed"), (3, 4, 3, "most", "")]


def test_of_what_was_only_sampled_the_peak_is_what_was_seen():
    assert {level.peak_is for level in last_levels_after(two_and_three, sampled=True)} == {"most seen"}


def test_a_semaphore_tells_at_the_end_how_many_permits_were_held_at_once():
    async def main():
        semaphore = Semaphore(3)
        await semaphore.acquire(2)
        await sleep(1.0)
        semaphore.release(2)
        await sleep(1.0)

    (level,) = last_levels_after(main)
    assert (level.value, level.most, level.peak) == (0, 3, 2)


def test_a_bucket_tells_at_the_end_how_few_tokens_were_left():
    async def main():
        limiter = RateLimiter(rate=1, burst=4)
        await limiter.wait(3)
        await sleep(1.0)

    (level,) = last_levels_after(main)
    assert (level.value, level.peak, level.peak_is, level.note) == (2.0, 1.0, "fewest", "1/s")


def test_only_the_first_are_remembered():
    async def main():
        for _ in range(NOTED + 2):
            await Channel(1).send(1)

    assert len(last_levels_after(main)) == NOTED


def test_a_channel_that_no_task_waits_at_is_named_by_the_text_that_makes_it():
    async def main(look):
        merged: Channel[int] = Channel(1)
        outputs = [Channel(1) for _ in range(2)]
        kept = []
        for _ in range(2):
            answer = Channel(1)
            kept.append(answer)
        for channel in (*outputs, merged, *kept):
            await channel.send(1)
        look()

    names = [level.name for level in levels_after(main)]
    assert names[2:] == ["merged", "answer", "answer 2"]
    assert len(set(names[:2])) == 2
    assert all(name.startswith("output (channel ") for name in names[:2])


def test_the_channels_of_a_fan_out_are_named_by_what_they_carry():
    async def main(look):
        async def work(number):
            await sleep(1.0)
            return number

        async with fan_out(range(4), work, workers=2) as channels, fan_in(*channels) as merged:
            await merged.receive()
            look()

    names = [level.name for level in levels_after(main)]
    assert [name.partition(" (")[0] for name in names] == ["output", "output", "merged -> main"]
