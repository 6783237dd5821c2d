"""How full channels, semaphores and buckets are, and who waits."""

from __future__ import annotations

from gopatterns_cli.live.things import MOST, Things
from patterns import Channel, RateLimiter, Semaphore, TaskGroup, now, sleep
from patterns.launch import launch

from watched import a_task


def levels_after(main):
    """Return what `main(things, look)` looked at, run on the simulator."""
    things, seen = Things(), []
    verbs = {"bind": things.bind, "hold": things.hold, "let go": things.let_go}

    def observe(at_ns, task, verb, subject):
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
    things.forget(task)
    assert things.levels(0)[0].note == ""
