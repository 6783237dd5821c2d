"""Two tasks find nothing in the cache, and both load it."""

from patterns import Semaphore, TaskGroup, call


async def bad():
    await program(None)


async def good():
    await program(Semaphore(1))


async def program(lock):
    cache, loads = {}, []

    def load():
        loads.append("loaded")
        return "value"

    async def get():
        if "key" not in cache:
            cache["key"] = await call(load)
        return cache["key"]

    async def user():
        if lock is None:
            await get()
        else:
            async with lock:
                await get()

    async with TaskGroup() as group:
        group.spawn(user)
        group.spawn(user)
    assert len(loads) == 1
