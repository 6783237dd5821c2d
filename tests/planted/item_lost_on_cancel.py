"""A worker that has taken an item is cancelled before it has passed it on."""

from patterns import CancelledError, Channel, Context, TaskGroup


async def bad():
    await program(lambda context: context)


async def good():
    await program(lambda context: context.without_cancel())  # what is taken is passed on


async def program(guarded):
    jobs, results = Channel(3), Channel(3)
    for job in range(3):
        jobs.try_send(job)
    context = Context.current().with_cancel()

    async def worker():
        with context:
            while True:
                job = await jobs.receive()
                with guarded(Context.current()):
                    await results.send(job)

    async def quiet_worker():
        try:
            await worker()
        except CancelledError:
            return

    async with TaskGroup() as group:
        group.spawn(quiet_worker)
        await results.receive()
        context.cancel()
    assert len(jobs) + len(results) == 2
