"""A sum is read, something is waited for, and the old sum plus one is written."""

from patterns import Channel, TaskGroup


async def bad():
    await program(late=False)


async def good():
    await program(late=True)


async def program(*, late):
    total, log = [0], Channel(9)

    async def add():
        before = total[0]
        await log.send("adding")
        total[0] = (total[0] if late else before) + 1

    async with TaskGroup() as group:
        for _ in range(3):
            group.spawn(add)
    assert total[0] == 3
