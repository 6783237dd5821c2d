"""A flag is looked at, then waited for; whoever sets it in between wakes nobody."""

from patterns import Channel, TaskGroup


async def bad():
    await program(Channel())  # a wake-up that nobody waits for is dropped


async def good():
    await program(Channel(1))  # it is kept


async def program(bell):
    ready = [False]

    async def waiter():
        if not ready[0]:
            await bell.receive()

    async def notifier():
        ready[0] = True
        bell.try_send("wake up")

    async with TaskGroup() as group:
        group.spawn(waiter)
        group.spawn(notifier)
