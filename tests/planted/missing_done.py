"""A job that finds nothing to do returns without saying that it is done."""

from patterns import Channel, TaskGroup, WaitGroup


async def bad():
    async def job(jobs, group):
        found = jobs.try_receive()
        if found is None:
            return
        await sleep_over(found)
        group.done()

    await program(job)


async def good():
    async def job(jobs, group):
        try:
            found = jobs.try_receive()
            if found is not None:
                await sleep_over(found)
        finally:
            group.done()

    await program(job)


async def sleep_over(found):
    await Channel(1).send(found)


async def program(job):
    jobs, waited = Channel(2), WaitGroup()

    async def source():
        await jobs.send("one")
        await jobs.send("two")

    async with TaskGroup() as group:
        waited.add(2)
        group.spawn(source)
        await jobs.receive()
        group.spawn(job, jobs, waited)
        jobs.try_send("three")
        group.spawn(job, jobs, waited)
        await waited.wait()
