"""Whoever is the last to look closes the channel, and two may be."""

from patterns import Channel, TaskGroup, WaitGroup


async def bad():
    output, log = Channel(2), Channel(2)

    async def producer(value):
        await output.send(value)
        if not output.closed:
            await log.send("closing")
            output.close()

    async with TaskGroup() as group:
        group.spawn(producer, 1)
        group.spawn(producer, 2)


async def good():
    output, log, producers = Channel(2), Channel(2), WaitGroup()

    async def producer(value):
        await output.send(value)
        await log.send("sent")

    producers.go(producer, 1)
    producers.go(producer, 2)
    await producers.wait()
    output.close()
    assert sorted([value async for value in output]) == [1, 2]
