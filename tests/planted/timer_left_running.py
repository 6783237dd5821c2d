"""The timer of a request that has ended goes on, and ends the next one."""

from patterns import CancelledError, Context, TaskGroup, after, receiving, select, sleep


async def bad():
    await program(stops=False)


async def good():
    await program(stops=True)


async def program(*, stops):
    current = [None]

    async def watch(over):
        fired = await select(receiving(after(2.0)), receiving(over))
        if fired.index == 0 and current[0] is not None:
            current[0].cancel()

    async def request(seconds, group):
        context = current[0] = Context.current().with_cancel()
        over = Context.current().with_cancel()
        group.spawn(watch, over.done)
        with context:
            await sleep(seconds)
        if stops:
            over.cancel()
        current[0] = None

    cancelled = []
    async with TaskGroup() as group:
        for seconds in (1.0, 1.0):
            try:
                await request(seconds, group)
            except CancelledError:
                cancelled.append(seconds)
        group.cancel()
    assert not cancelled, "it had half of its time left"
