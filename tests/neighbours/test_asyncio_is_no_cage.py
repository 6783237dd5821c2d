"""The patterns beside real asyncio libraries: in their loops, in their handlers, with their awaitables."""

from __future__ import annotations

import asyncio

import aiohttp
import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient as AioClient
from aiohttp.test_utils import TestServer as AioServer
from fastapi import FastAPI

import patterns
from patterns import (
    CancelledError,
    Channel,
    Context,
    DeadlineExceededError,
    ErrGroup,
    Semaphore,
    TaskGroup,
    WaitGroup,
    fan_in,
    fan_out,
    pipeline,
    race_timeout,
    receiving,
    select,
    worker_pool,
)

pytestmark = pytest.mark.stress


async def double(number):
    await asyncio.sleep(0)
    return 2 * number


async def every_pattern():
    """All of them once, on whatever loop runs."""
    async with worker_pool(range(5), double, workers=2, ordered=True) as results:
        pooled = [result async for result in results]
    async with pipeline(range(5), double, double) as output:
        piped = [result async for result in output]
    async with fan_out(range(5), double, workers=2) as channels, fan_in(*channels) as merged:
        fanned = sorted([result async for result in merged])
    return pooled, piped, fanned


EVERYTHING = ([0, 2, 4, 6, 8], [0, 4, 8, 12, 16], [0, 2, 4, 6, 8])


def test_in_a_plain_asyncio_run():
    assert asyncio.run(every_pattern()) == EVERYTHING


@pytest.mark.asyncio
async def test_in_a_test_of_pytest_asyncio():
    assert await every_pattern() == EVERYTHING


@pytest.fixture
def channel():
    return Channel(1)


@pytest.mark.asyncio
async def test_an_object_made_by_a_fixture_binds_at_its_first_use(channel):
    await channel.send(1)
    assert await channel.receive() == 1


@pytest.mark.asyncio
async def test_in_a_handler_of_fastapi():
    app = FastAPI()

    @app.get("/")
    async def handle():
        return await every_pattern()

    @app.get("/late")
    async def late():
        try:
            await race_timeout(asyncio.sleep, 3_600, seconds=0.01)
        except DeadlineExceededError:
            return "late"

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        assert (await client.get("/")).json() == [list(part) for part in EVERYTHING]
        assert (await client.get("/late")).json() == "late"


async def numbers(request):
    return web.json_response({"number": int(request.match_info["number"])})


async def never(request):
    await asyncio.sleep(3_600)


async def pooled(request):
    return web.json_response(await every_pattern())


def site():
    app = web.Application()
    app.router.add_get("/number/{number}", numbers)
    app.router.add_get("/never", never)
    app.router.add_get("/pool", pooled)
    return AioClient(AioServer(app))


@pytest.mark.asyncio
async def test_in_a_handler_of_aiohttp():
    async with site() as client, client.get("/pool") as response:
        assert await response.json() == [list(part) for part in EVERYTHING]


@pytest.mark.asyncio
async def test_aiohttp_is_awaited_by_the_workers_of_a_pool():
    async with site() as client:

        async def fetch(number):
            async with client.get(f"/number/{number}") as response:
                return (await response.json())["number"]

        async with worker_pool(range(20), fetch, workers=5) as results:
            assert sorted([result async for result in results]) == list(range(20))


def test_aiohttp_is_awaited_under_our_own_run():
    async def main():
        async with site() as client, client.get("/number/7") as response:
            return (await response.json())["number"]

    assert patterns.run(main) == 7


@pytest.mark.asyncio
async def test_our_deadline_ends_a_request_of_aiohttp():
    async with site() as client:

        async def fetch():
            async with client.get("/never") as response:
                return await response.text()

        with pytest.raises(DeadlineExceededError):
            await race_timeout(fetch, seconds=0.05)
        async with client.get("/number/1") as response:
            assert response.status == 200


@pytest.mark.asyncio
async def test_the_first_error_of_a_group_ends_requests_of_aiohttp():
    async with site() as client:

        async def fail():
            await asyncio.sleep(0.01)
            raise aiohttp.ClientError("on purpose")

        async def fetch():
            async with client.get("/never") as response:
                return await response.text()

        group = ErrGroup()
        await group.go(fetch)
        await group.go(fail)
        with pytest.raises(aiohttp.ClientError, match="on purpose"):
            await group.wait()


@pytest.mark.asyncio
async def test_asyncio_timeout_ends_our_waits_and_takes_nothing_away():
    channel = Channel()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await channel.receive()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await select(receiving(channel), receiving(Channel()))
    assert len(channel._receivers) == 0
    semaphore = Semaphore(1)
    async with semaphore:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await semaphore.acquire()
    assert semaphore.try_acquire()


@pytest.mark.asyncio
async def test_asyncio_timeout_inside_the_work_of_a_pool_is_the_works_own_error():
    async def work(number):
        async with asyncio.timeout(0.01 if number == 3 else None):
            await asyncio.sleep(60 if number == 3 else 0)
        return number

    with pytest.raises(TimeoutError):
        async with worker_pool(range(10), work, workers=2) as results:
            async for _ in results:
                pass


@pytest.mark.asyncio
@pytest.mark.parametrize("waits", ["receive", "select", "sleep", "pool", "wait group", "foreign"])
async def test_an_outside_cancel_is_honoured_and_never_swallowed(waits):
    started = asyncio.Event()
    ended = []

    async def hang(number):
        started.set()
        try:
            await asyncio.sleep(3_600)
        finally:
            ended.append(number)

    async def main():
        match waits:
            case "receive":
                started.set()
                await Channel().receive()
            case "select":
                started.set()
                await select(receiving(Channel()))
            case "sleep":
                started.set()
                await patterns.sleep(3_600)
            case "pool":
                async with worker_pool([1, 2], hang, workers=2) as results:
                    await results.receive()
            case "wait group":
                tasks = WaitGroup()
                tasks.go(hang, 1)
                try:
                    await tasks.wait()
                finally:
                    await asyncio.sleep(0)
            case "foreign":
                with Context.current().with_cancel():
                    await hang(1)

    task = asyncio.create_task(main())
    await started.wait()
    await asyncio.sleep(0)
    task.cancel("from outside")
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()
    if waits == "pool":
        assert sorted(ended) == [1, 2]


@pytest.mark.asyncio
async def test_our_cancel_inside_a_foreign_task_group_is_no_outside_cancel():
    context = Context.background().with_cancel()

    async def listen():
        with context:
            await Channel().receive()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(expects(CancelledError, listen))
        await asyncio.sleep(0)
        context.cancel()
    assert task.result()


async def expects(error, fn):
    with pytest.raises(error):
        await fn()
    return True


@pytest.mark.asyncio
async def test_gather_and_create_task_share_our_objects():
    channel = Channel(2)

    async def produce(number):
        await channel.send(number)

    async def consume():
        return [await channel.receive() for _ in range(10)]

    *_, received = await asyncio.gather(*(produce(number) for number in range(10)), consume())
    assert sorted(received) == list(range(10))


@pytest.mark.asyncio
async def test_a_group_inside_a_foreign_task_ends_with_it():
    async def child():
        await asyncio.sleep(3_600)

    async def host():
        async with TaskGroup() as group:
            group.spawn(child)
            await asyncio.sleep(3_600)

    task = asyncio.create_task(host())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.asyncio
async def test_nothing_of_a_loop_that_is_not_ours_is_patched():
    loop = asyncio.get_running_loop()
    before = (type(loop), type(loop._selector), loop.get_exception_handler(), loop.get_task_factory())
    await every_pattern()
    assert before == (type(loop), type(loop._selector), loop.get_exception_handler(), loop.get_task_factory())
