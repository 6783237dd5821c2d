"""A bucket is read, then written: two that read the same token both have it."""

from patterns import Channel, RateLimiter, TaskGroup


async def bad():
    tokens, log = [2], Channel(9)

    async def allow():
        left = tokens[0]
        if left == 0:
            return False
        await log.send("allowed")
        tokens[0] = left - 1
        return True

    await program(allow)


async def good():
    limiter, log = RateLimiter(0.001, burst=2), Channel(9)

    async def allow():
        allowed = limiter.allow()
        await log.send("asked")
        return allowed

    await program(allow)


async def program(allow):
    allowed = []

    async def ask():
        allowed.append(await allow())

    async with TaskGroup() as group:
        for _ in range(3):
            group.spawn(ask)
    assert sum(allowed) == 2
