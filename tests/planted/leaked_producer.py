"""The first answer wins; whoever has a second one hands it to nobody for ever."""

from patterns import Channel, TaskGroup


async def bad():
    await program(Channel())


async def good():
    await program(Channel(2))  # room for every answer


async def program(answers):
    over = [False]

    async def producer(value):
        if not over[0]:
            await answers.send(value)

    async with TaskGroup() as group:
        group.spawn(producer, 1)
        group.spawn(producer, 2)
        await answers.receive()
        over[0] = True
