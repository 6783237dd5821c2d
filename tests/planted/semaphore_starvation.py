"""A semaphore that lets in whoever fits: the one that needs much waits while others come and go."""

from patterns import Semaphore, TaskGroup, sleep


class Unfair:
    def __init__(self, size):
        self.free = size
        self._waiters = []

    async def acquire(self, n=1):
        self._waiters.append(n)
        while self.free < n:
            await sleep(0)
        self._waiters.remove(n)
        self.free -= n

    def release(self, n=1):
        self.free += n


async def bad():
    await program(Unfair(2))


async def good():
    await program(Semaphore(2))  # first come, first served


async def program(semaphore):
    passed = []

    def big_waits():
        return any(getattr(waiter, "value", waiter) == 2 for waiter in semaphore._waiters)

    async def small():
        for _ in range(6):
            before = big_waits()
            await semaphore.acquire()
            passed.append(before and big_waits())
            await sleep(0)
            semaphore.release()

    async def big():
        await sleep(0)
        await semaphore.acquire(2)
        semaphore.release(2)

    async with TaskGroup() as group:
        group.spawn(big)
        group.spawn(small)
        group.spawn(small)
    assert sum(passed) == 0, "it was passed over again and again"
