"""Two tasks need both of two things, and a select takes whichever is free first."""

from patterns import Channel, TaskGroup, receiving, select


async def bad():
    async def take(first, second):
        return (await select(receiving(first), receiving(second))).index

    await program(take)


async def good():
    async def take(first, second):
        await first.receive()  # always this one first
        return 0

    await program(take)


async def program(take):
    left, right = things = Channel(1), Channel(1)
    left.try_send("left")
    right.try_send("right")

    async def use():
        one = await take(left, right)
        await things[1 - one].receive()
        await things[1 - one].send("back")
        await things[one].send("back")

    async with TaskGroup() as group:
        group.spawn(use)
        group.spawn(use)
