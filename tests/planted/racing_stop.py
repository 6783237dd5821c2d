"""A pool is asked whether it is open, and closed before the job is sent."""

from patterns import Channel, PoolClosedError, TaskGroup, WorkerPool


async def bad():
    jobs, stopped = Channel(1), [False]

    async def submit(job):
        if not stopped[0]:
            await jobs.send(job)

    async def stop():
        stopped[0] = True
        jobs.close()

    async def work():
        async for _ in jobs:
            pass

    async with TaskGroup() as group:
        group.spawn(work)
        group.spawn(submit, 1)
        group.spawn(stop)


async def good():
    refused, done = [], []

    async def work(data):
        return data

    async with WorkerPool(work, workers=1) as pool, TaskGroup() as group:

        async def submit(job):
            try:
                await pool.submit(job, job)
            except PoolClosedError:
                refused.append(job)

        async def collect():
            async for result in pool.results:
                done.append(result.value)

        group.spawn(collect)
        group.spawn(submit, 1)
        group.spawn(pool.stop)
    assert refused + done == [1]
