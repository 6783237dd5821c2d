"""Three that take the fork on their left, then the one on their right: each may hold one for ever."""

from patterns import Semaphore, TaskGroup


async def bad():
    await program(lambda seat: (seat, (seat + 1) % 3))


async def good():
    await program(lambda seat: tuple(sorted((seat, (seat + 1) % 3))))  # the lower number first


async def program(order):
    forks = [Semaphore(1) for _ in range(3)]

    async def dine(seat):
        first, second = order(seat)
        async with forks[first], forks[second]:
            pass

    async with TaskGroup() as group:
        for seat in range(3):
            group.spawn(dine, seat)
