"""Every pattern written by hand, as `gopat show` has it, does what ours does, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from itertools import count
from multiprocessing import active_children
from queue import Empty, SimpleQueue
from threading import Barrier, Event, Lock, Thread
from threading import enumerate as enumerate_threads

import pytest

from gopatterns_cli.arms.buffered_results import native_asyncio as buffered_results_asyncio
from gopatterns_cli.arms.buffered_results import native_threads as buffered_results_threads
from gopatterns_cli.arms.cancellable_pipeline import native_asyncio as cancellable_pipeline_asyncio
from gopatterns_cli.arms.cancellable_pipeline import native_threads as cancellable_pipeline_threads
from gopatterns_cli.arms.cascade import native_asyncio as cascade_asyncio
from gopatterns_cli.arms.cascade import native_threads as cascade_threads
from gopatterns_cli.arms.clean_up import native_asyncio as clean_up_asyncio
from gopatterns_cli.arms.clean_up import native_threads as clean_up_threads
from gopatterns_cli.arms.errgroup import native_asyncio as errgroup_asyncio
from gopatterns_cli.arms.errgroup import native_threads as errgroup_threads
from gopatterns_cli.arms.error_collection import native_asyncio as error_collection_asyncio
from gopatterns_cli.arms.error_collection import native_processes as error_collection_processes
from gopatterns_cli.arms.error_collection import native_threads as error_collection_threads
from gopatterns_cli.arms.handle_cancel import native_asyncio as handle_cancel_asyncio
from gopatterns_cli.arms.handle_cancel import native_threads as handle_cancel_threads
from gopatterns_cli.arms.image_batch import native_asyncio as image_batch_asyncio
from gopatterns_cli.arms.image_batch import native_processes as image_batch_processes
from gopatterns_cli.arms.image_batch import native_threads as image_batch_threads
from gopatterns_cli.arms.managed_worker_pool import native_asyncio as managed_worker_pool_asyncio
from gopatterns_cli.arms.managed_worker_pool import native_threads as managed_worker_pool_threads
from gopatterns_cli.arms.semaphore import native_asyncio as semaphore_asyncio
from gopatterns_cli.arms.semaphore import native_threads as semaphore_threads
from gopatterns_cli.arms.timeout import native_asyncio as timeout_asyncio
from gopatterns_cli.arms.timeout import native_threads as timeout_threads

PATIENCE_S = 30.0
"""How long a test waits for what must come; a wait that is over is a failure."""

SHORT_S = 0.02
"""A time-out that is meant to strike."""


class Gauge:
    """How many are at work, and how many were at the most."""

    def __init__(self):
        self.now = self.most = self.entered = 0
        self._lock = Lock()

    def __enter__(self):
        with self._lock:
            self.entered += 1
            self.now += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *failure):
        with self._lock:
            self.now -= 1


async def turns():
    """Let every task go as far as it comes."""
    for _ in range(50):  # sleep(0) is a turn, not a time
        await asyncio.sleep(0)


def waited(event):
    """Wait for what must come."""
    assert event.wait(PATIENCE_S)


@contextmanager
def beside(function, *args):
    """Call a blocking function in a thread of its own while the block runs."""
    with ThreadPoolExecutor(1) as threads:
        yield threads.submit(function, *args)


def errors_of(group):
    """The errors in a group of groups, flat."""
    return [
        leaf
        for error in group.exceptions
        for leaf in (errors_of(error) if isinstance(error, BaseExceptionGroup) else [error])
    ]


# managed worker pool


def test_asyncio_pool_gives_every_job_a_result_with_its_id():
    async def work(data):
        return int(data)

    async def main():
        async with managed_worker_pool_asyncio.managed_worker_pool(work, 1) as pool:
            for job_id, data in enumerate(["1", "x"]):
                await pool.submit(job_id, data)
            await pool.stop()
            results = [result async for result in pool]
            assert [result async for result in pool] == []
            return results

    good, bad = asyncio.run(main())
    assert (good.job_id, good.value, good.error) == (0, 1, None)
    assert (bad.job_id, bad.value) == (1, None)
    assert isinstance(bad.error, ValueError)


def test_asyncio_pool_has_room_for_two_jobs_and_two_results_of_each_worker():
    began = []

    async def work(data):
        began.append(data)

    async def submit_all(pool):
        for data in range(7):
            await pool.submit(data, data)

    async def main():
        async with (
            managed_worker_pool_asyncio.managed_worker_pool(work, 1) as pool,
            asyncio.TaskGroup() as group,
        ):
            submitting = group.create_task(submit_all(pool))
            await turns()
            assert began == [0, 1, 2]  # two results lie there, the worker waits with the third
            assert not submitting.done()  # two jobs wait for it, two more for room
            results = aiter(pool)
            assert (await anext(results)).job_id == 0
            await turns()
            assert began == [0, 1, 2, 3]
            for data in range(1, 7):
                assert (await anext(results)).job_id == data
            await results.aclose()

    asyncio.run(main())
    assert began == list(range(7))


def test_asyncio_pool_keeps_all_results_after_stop():
    async def work(data):
        return data

    async def main():
        async with managed_worker_pool_asyncio.managed_worker_pool(work, 2) as pool:
            for data in range(9):
                await pool.submit(data, data)
            await pool.stop()
            await pool.stop()
            return sorted([result.value async for result in pool])

    assert asyncio.run(main()) == list(range(9))


@pytest.mark.parametrize("end", ["stop", "cancel"])
def test_asyncio_pool_tells_every_submitter_that_waits_for_room_of_its_end(end):
    gate = asyncio.Event()

    async def work(_):
        await gate.wait()

    async def main():
        async with managed_worker_pool_asyncio.managed_worker_pool(work, 1) as pool:
            for data in range(3):
                await pool.submit(data, data)
                await turns()
            parked = [asyncio.create_task(pool.submit(data, data)) for data in "abc"]
            await turns()
            assert not any(task.done() for task in parked)
            getattr(pool, "close" if end == "stop" else "cancel")()
            told = await asyncio.gather(*parked, return_exceptions=True)
            assert [type(error) for error in told] == [RuntimeError] * 3
            with pytest.raises(RuntimeError, match="stopped or cancelled"):
                await pool.submit("late", 0)
            gate.set()

    asyncio.run(main())


def test_asyncio_pool_cancels_what_is_under_way_and_names_what_it_dropped():
    async def work(_):
        await asyncio.Event().wait()

    async def main():
        async with managed_worker_pool_asyncio.managed_worker_pool(work, 2) as pool:
            for data in range(2):
                await pool.submit(data, data)
            await turns()
            for data in range(2, 5):
                await pool.submit(data, data)
            dropped = pool.cancel()
            results = [result async for result in pool]
            return dropped, sorted(result.job_id for result in results), {type(r.error) for r in results}

    assert asyncio.run(main()) == ([2, 3, 4], [0, 1], {asyncio.CancelledError})


def test_asyncio_pool_that_is_cancelled_before_its_workers_began_has_ended():
    async def main():
        async with managed_worker_pool_asyncio.managed_worker_pool(asyncio.sleep, 2) as pool:
            assert pool.cancel() == []
            return [result async for result in pool]

    assert asyncio.run(main()) == []


def test_asyncio_pool_goes_on_after_a_job_that_was_cancelled_from_elsewhere():
    async def work(data):
        if data == 0:
            raise asyncio.CancelledError
        return data

    async def main():
        async with managed_worker_pool_asyncio.managed_worker_pool(work, 1) as pool:
            for data in range(2):
                await pool.submit(data, data)
            await pool.stop()
            return [(result.value, type(result.error)) async for result in pool]

    assert asyncio.run(main()) == [(None, asyncio.CancelledError), (1, type(None))]


def test_asyncio_pool_is_cancelled_by_an_error_of_its_block():
    ended = []

    async def work(data):
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(data)

    async def main():
        async with managed_worker_pool_asyncio.managed_worker_pool(work, 1) as pool:
            await pool.submit(0, 0)
            await pool.submit(1, 1)
            await turns()
            raise LookupError

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(main())
    assert [type(error) for error in caught.value.exceptions] == [LookupError]
    assert ended == [0]


def test_asyncio_pool_is_cancelled_with_the_task_that_is_in_its_block():
    async def work(_):
        await asyncio.Event().wait()

    async def main():
        async def pool_of_one():
            async with managed_worker_pool_asyncio.managed_worker_pool(work, 1) as pool:
                await pool.submit(0, 0)
                await asyncio.Event().wait()

        task = asyncio.create_task(pool_of_one())
        await turns()
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_threaded_pool_gives_every_job_a_result_with_its_id():
    with managed_worker_pool_threads.ManagedWorkerPool(lambda data, _: int(data), 1) as pool:
        for job_id, data in enumerate(["1", "x"]):
            pool.submit(job_id, data)
        pool.stop()
        good, bad = pool
    assert (good.job_id, good.value, good.error) == (0, 1, None)
    assert (bad.job_id, bad.value) == (1, None)
    assert isinstance(bad.error, ValueError)


def test_threaded_pool_has_room_for_two_jobs_of_each_worker():
    began, gate = Event(), Event()

    def work(data, _):
        began.set()
        waited(gate)
        return data

    with managed_worker_pool_threads.ManagedWorkerPool(work, 1) as pool:
        pool.submit(0, 0)
        waited(began)
        pool.submit(1, 1)
        pool.submit(2, 2)
        assert not pool._room_for_jobs.acquire(blocking=False)
        with beside(pool.submit, 3, 3) as submitting:
            assert not submitting.done()
            gate.set()
        pool.stop()
        assert [result.value for result in pool] == [0, 1, 2, 3]


def test_threaded_pool_waits_with_results_for_a_reader_and_keeps_all_after_stop():
    began = SimpleQueue()

    def work(data, _):
        began.put(data)
        return data

    with managed_worker_pool_threads.ManagedWorkerPool(work, 1) as pool:
        for data in range(5):
            pool.submit(data, data)
        assert [began.get(timeout=PATIENCE_S) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(Empty):  # the worker waits with its third result
            began.get(timeout=SHORT_S)
        pool.stop()
        pool.stop()
        assert [result.value for result in pool] == list(range(5))
        assert list(pool) == []


@pytest.mark.parametrize("end", ["stop", "cancel"])
def test_threaded_pool_tells_every_submitter_that_waits_for_room_of_its_end(end):
    began, gate = Event(), Event()

    def work(data, _):
        began.set()
        waited(gate)

    with managed_worker_pool_threads.ManagedWorkerPool(work, 1) as pool, ThreadPoolExecutor(3) as threads:
        pool.submit(0, 0)
        waited(began)
        pool.submit(1, 1)
        pool.submit(2, 2)
        late = [threads.submit(pool.submit, data, data) for data in "abc"]
        pool._close(drop=end == "cancel")
        assert [type(submit.exception(PATIENCE_S)) for submit in late] == [RuntimeError] * 3
        gate.set()


def test_threaded_pool_tells_what_is_under_way_of_its_cancel_and_names_what_it_dropped():
    began = Barrier(3)

    def work(data, cancelled):
        began.wait(PATIENCE_S)
        waited(cancelled)
        return "told"

    with managed_worker_pool_threads.ManagedWorkerPool(work, 2) as pool:
        for data in range(2):
            pool.submit(data, data)
        began.wait(PATIENCE_S)
        for data in range(2, 5):
            pool.submit(data, data)
        assert pool.cancel() == pool.cancel() == [2, 3, 4]
        pool.stop()
        assert sorted((result.job_id, result.value) for result in pool) == [(0, "told"), (1, "told")]


def test_threaded_pool_is_cancelled_by_an_error_of_its_block():
    def fail():
        with managed_worker_pool_threads.ManagedWorkerPool(lambda _, cancelled: waited(cancelled), 1) as pool:
            pool.submit(0, 0)
            pool.submit(1, 1)
            raise LookupError

    with pytest.raises(LookupError):
        fail()


# cancellable pipeline


async def same(number):
    return number


async def squared(number):
    return number * number


@pytest.mark.parametrize("buffer", [0, 3])
def test_asyncio_pipeline_takes_all_numbers_through_in_order(buffer):
    pipeline = cancellable_pipeline_asyncio.cancellable_pipeline
    assert asyncio.run(pipeline(range(1, 6), same, squared, PATIENCE_S, buffer)) == ([1, 4, 9, 16, 25], False)


def test_asyncio_pipeline_stops_every_stage_at_the_time_and_keeps_what_came_before():
    gauge = Gauge()

    async def generate(number):
        with gauge:
            await asyncio.sleep(0)
            return number

    async def stuck(number):
        with gauge:
            if number == 3:
                await asyncio.Event().wait()
            return number * number

    async def main():
        results = await cancellable_pipeline_asyncio.cancellable_pipeline(count(1), generate, stuck, SHORT_S)
        return *results, asyncio.all_tasks() == {asyncio.current_task()}

    results, timed_out, alone = asyncio.run(main())
    assert results == [1, 4][: len(results)]
    assert timed_out
    assert alone
    assert gauge.now == 0


def test_asyncio_pipeline_is_cancelled_by_the_first_error_and_knows_it_from_its_time_out():
    async def failing(number):
        raise TimeoutError(f"of the stage, at {number}")

    pipeline = cancellable_pipeline_asyncio.cancellable_pipeline
    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(pipeline(count(1), same, failing, PATIENCE_S))
    assert [str(error) for error in caught.value.exceptions] == ["of the stage, at 1"]


@pytest.mark.parametrize("buffer", [0, 3])
def test_threaded_pipeline_takes_all_numbers_through_in_order(buffer):
    results = cancellable_pipeline_threads.cancellable_pipeline(
        range(1, 6), lambda number, _: number, lambda number, _: number * number, PATIENCE_S, buffer
    )
    assert results == ([1, 4, 9, 16, 25], False)


def test_threaded_pipeline_stops_every_stage_at_the_time_and_keeps_what_came_before():
    def stuck(number, cancelled):
        if number == 3:
            waited(cancelled)
        return number * number

    results, timed_out = cancellable_pipeline_threads.cancellable_pipeline(
        count(1), lambda number, _: number, stuck, SHORT_S
    )
    assert timed_out
    assert results == [1, 4][: len(results)]


def test_threaded_pipeline_is_stopped_by_the_first_error_and_knows_it_from_its_time_out():
    def failing(number, _):
        raise TimeoutError(f"of the stage, at {number}")

    with pytest.raises(TimeoutError, match="of the stage, at 1"):
        cancellable_pipeline_threads.cancellable_pipeline(
            count(1), lambda number, _: number, failing, PATIENCE_S
        )


# timeout

RACES = ["timeout", "timeout_by_timer"]


@pytest.mark.parametrize("race", RACES)
def test_asyncio_work_in_time_gives_its_value_or_its_error(race):
    async def failing():
        raise LookupError

    run = getattr(timeout_asyncio, race)
    assert asyncio.run(run(partial(same, 7), PATIENCE_S)) == 7
    assert asyncio.run(run(partial(same, 7), 0)) == 7
    with pytest.raises(LookupError):
        asyncio.run(run(failing, PATIENCE_S))


@pytest.mark.parametrize("race", RACES)
def test_asyncio_work_that_is_late_has_ended_when_the_error_arrives(race):
    ended = []

    async def late():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # it has something to put in order
            ended.append("late")

    async def main():
        with pytest.raises(TimeoutError):
            await getattr(timeout_asyncio, race)(late, SHORT_S)
        return list(ended), asyncio.all_tasks() == {asyncio.current_task()}

    assert asyncio.run(main()) == (["late"], True)


@pytest.mark.parametrize("race", RACES)
def test_asyncio_work_ends_with_whoever_waits_for_it(race):
    async def main():
        task = asyncio.create_task(getattr(timeout_asyncio, race)(asyncio.Event().wait, PATIENCE_S))
        await turns()
        task.cancel()
        await asyncio.wait({task})
        return task.cancelled(), asyncio.all_tasks() == {asyncio.current_task()}

    assert asyncio.run(main()) == (True, True)


@pytest.mark.parametrize("race", RACES)
def test_threaded_work_in_time_gives_its_value_or_its_error(race):
    def failing(_):
        raise LookupError

    run = getattr(timeout_threads, race)
    assert run(lambda _: 7, PATIENCE_S) == 7
    with pytest.raises(LookupError):
        run(failing, PATIENCE_S)


@pytest.mark.parametrize("race", RACES)
def test_threaded_work_that_is_late_is_told_and_has_ended_when_the_error_arrives(race):
    ended = []

    def late(cancelled):
        waited(cancelled)
        ended.append("late")

    with pytest.raises(TimeoutError):
        getattr(timeout_threads, race)(late, SHORT_S)
    assert ended == ["late"]


# cascade


def test_asyncio_cascade_ends_every_worker_by_one_cancel():
    all_polled = asyncio.Event()
    polled = dict.fromkeys(range(1, 6), 0)

    async def poll(number):
        polled[number] += 1
        if polled[number] == 3:
            if all(polls == 3 for polls in polled.values()):
                all_polled.set()
            await asyncio.Event().wait()

    async def main():
        polls = await cascade_asyncio.cascade(poll, 5, all_polled.wait())
        return polls, asyncio.all_tasks() == {asyncio.current_task()}

    assert asyncio.run(main()) == (dict.fromkeys(range(1, 6), 2), True)


def test_asyncio_cascade_ends_by_an_error_of_one_worker():
    async def poll(number):
        if number == 2:
            raise LookupError
        await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(cascade_asyncio.cascade(poll, 5, asyncio.sleep(PATIENCE_S)))
    assert [type(error) for error in errors_of(caught.value)] == [LookupError]


def test_threaded_cascade_ends_every_worker_by_one_cancel():
    all_polled = Barrier(6)
    polled = dict.fromkeys(range(1, 6), 0)
    root = cascade_threads.Scope()

    def poll(number, cancelled):
        polled[number] += 1
        if polled[number] < 3:
            return cancelled.is_set()
        all_polled.wait(PATIENCE_S)
        return cancelled.wait(PATIENCE_S)

    with beside(cascade_threads.cascade, poll, 5, root) as running:
        all_polled.wait(PATIENCE_S)
        root.cancel()
        assert running.result(PATIENCE_S) == dict.fromkeys(range(1, 6), 2)


def test_threaded_cascade_ends_by_an_error_of_one_worker():
    def poll(number, cancelled):
        if number == 2:
            raise LookupError
        return cancelled.wait(PATIENCE_S)

    with pytest.raises(LookupError):
        cascade_threads.cascade(poll, 5, cascade_threads.Scope())


def test_a_scope_cancels_what_is_below_it_and_nothing_above():
    root = cascade_threads.Scope()
    left, right = root.branch(), root.branch()
    leaf = left.branch()
    left.cancel()
    assert [scope.cancelled.is_set() for scope in (root, left, leaf, right)] == [False, True, True, False]
    assert left.branch().cancelled.is_set()
    root.cancel()
    assert right.cancelled.is_set()


# errgroup


class Site(ThreadingHTTPServer):
    """Pages on loopback: `/ok`, `/fail` and `/parked`, which answers nobody and waits for the hang-up."""

    def __init__(self, parked):
        self.parked = parked
        self.gauge = Gauge()
        self.asked = SimpleQueue()
        self.hung_up = SimpleQueue()
        self.together = None
        super().__init__(("127.0.0.1", 0), Pages)
        self.daemon_threads = False  # closing the site joins who answers

    def handle_error(self, request, client_address):
        """A client that hangs up is what is tested."""


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        site = self.server
        site.asked.put(self.path)
        with site.gauge:
            if site.together is not None:
                site.together.wait(PATIENCE_S)
            if self.path == "/parked":
                site.parked.release_one()
                site.hung_up.put(self.rfile.read(1))
                return
            if self.path == "/fail":
                site.parked.wait_for_all()
        self.send_response(500 if self.path == "/fail" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """Print nothing."""


class Parked:
    """How many requests are parked before the page `/fail` answers."""

    def __init__(self, expected):
        self._barrier = [Event() for _ in range(expected)]
        self._lock = Lock()
        self._free = iter(self._barrier)

    def release_one(self):
        with self._lock:
            next(self._free).set()

    def wait_for_all(self):
        for event in self._barrier:
            waited(event)


@contextmanager
def site(parked=0):
    server = Site(Parked(parked))
    serving = Thread(target=server.serve_forever, args=(0.01,))
    serving.start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


def errgroup_on(runtime):
    if runtime == "asyncio":
        return lambda urls, limit: asyncio.run(errgroup_asyncio.errgroup(urls, limit))
    return errgroup_threads.errgroup


RUNTIMES = pytest.mark.parametrize("runtime", ["asyncio", "threads"])


@RUNTIMES
def test_errgroup_fetches_in_order_and_holds_its_limit(runtime):
    with site() as (server, root):
        server.together = Barrier(8)  # more than `asyncio.to_thread` could run on 2 cores
        assert errgroup_on(runtime)([f"{root}/ok?{number}" for number in range(16)], 8) == [200] * 16
        assert server.gauge.most == 8
        assert errgroup_on(runtime)([], 8) == []


@RUNTIMES
def test_errgroup_raises_the_first_error_and_hangs_up_on_the_rest(runtime):
    with site(parked=3) as (server, root):
        urls = [f"{root}/{page}" for page in ["parked", "parked", "fail", "parked", "ok", "ok"]]
        with pytest.raises(Exception, match="HTTP 500 for http"):
            errgroup_on(runtime)(urls, 4)
        assert [server.hung_up.get(timeout=PATIENCE_S) for _ in range(3)] == [b""] * 3
        asked = [server.asked.get() for _ in range(server.asked.qsize())]
        assert sorted(asked[:4]) == ["/fail", "/parked", "/parked", "/parked"]


def test_asyncio_errgroup_that_is_cancelled_hangs_up_on_all():
    async def main():
        task = asyncio.create_task(errgroup_asyncio.errgroup([f"{root}/parked"] * 2, 2))
        await asyncio.to_thread(server.parked.wait_for_all)
        task.cancel()
        await asyncio.wait({task})
        return task.cancelled()

    with site(parked=2) as (server, root):
        assert asyncio.run(main())
        assert [server.hung_up.get(timeout=PATIENCE_S) for _ in range(2)] == [b""] * 2


@pytest.mark.parametrize("arm", [errgroup_asyncio, errgroup_threads])
def test_a_line_that_was_hung_up_before_it_began_asks_for_nothing(arm):
    with site() as (server, root):
        line = arm.Line(f"{root}/ok")
        line.hang_up()
        with pytest.raises(ConnectionAbortedError):
            line.fetch()
        assert server.asked.empty()


# error collection


def test_asyncio_collection_keeps_the_order_of_the_items_and_the_errors():
    last_ended = asyncio.Event()

    async def work(number):
        if number == 0:
            await last_ended.wait()
        if number == 3:
            last_ended.set()
        if number % 2:
            raise ValueError(number)
        return number

    results = asyncio.run(error_collection_asyncio.error_collection(range(4), work, 2))
    assert [result.value for result in results] == [0, None, 2, None]
    assert [str(result.error) for result in results if result.error] == ["1", "3"]


def test_asyncio_collection_works_on_so_many_at_once():
    gauge, together = Gauge(), asyncio.Barrier(3)

    async def work(number):
        with gauge:
            await together.wait()

    asyncio.run(error_collection_asyncio.error_collection(range(9), work, 3))
    assert gauge.most == 3


def test_asyncio_collection_tells_a_cancel_of_an_item_from_its_own():
    began = []

    async def work(number):
        began.append(number)
        if number == 0:
            raise asyncio.CancelledError
        if number >= 2:
            await asyncio.Event().wait()
        return number

    async def main():
        collect = error_collection_asyncio.error_collection
        results = await collect(range(2), work, 1)
        task = asyncio.create_task(collect(range(2, 9), work, 2))
        await turns()
        task.cancel()
        await asyncio.wait({task})
        return *results, task.cancelled(), asyncio.all_tasks() == {asyncio.current_task()}

    bad, good, cancelled, alone = asyncio.run(main())
    assert isinstance(bad.error, asyncio.CancelledError)
    assert good.value == 1
    assert cancelled
    assert alone
    assert began == [0, 1, 2, 3]


def test_threaded_collection_keeps_the_order_of_the_items_and_the_errors():
    last_ended = Event()

    def work(number):
        if number == 0:
            waited(last_ended)
        if number == 3:
            last_ended.set()
        if number % 2:
            raise ValueError(number)
        return number

    results = error_collection_threads.error_collection(range(4), work, 2)
    assert [result.value for result in results] == [0, None, 2, None]
    assert [str(result.error) for result in results if result.error] == ["1", "3"]


def test_threaded_collection_works_on_so_many_at_once():
    gauge, together = Gauge(), Barrier(3)

    def work(number):
        with gauge:
            together.wait(PATIENCE_S)

    assert all(r.error is None for r in error_collection_threads.error_collection(range(9), work, 3))
    assert gauge.most == 3


def test_processes_keep_the_order_of_the_items_and_the_errors():
    one, bad, three = error_collection_processes.error_collection(["1", "x", "3"], int, 2)
    assert (one.value, three.value) == (1, 3)
    assert isinstance(bad.error, ValueError)


def test_a_process_that_dies_is_an_error_of_every_item_without_a_result():
    def codes():
        yield 3
        for process in active_children():
            process.join(PATIENCE_S)
        for thread in enumerate_threads():
            if type(thread).__name__ == "_ExecutorManagerThread":  # which has noticed it when it ends
                thread.join(PATIENCE_S)
        yield 3

    for items in ([3] * 4, codes()):
        results = error_collection_processes.error_collection(items, os._exit, 1)
        assert {type(result.error) for result in results} == {BrokenProcessPool}


@pytest.mark.parametrize("arm", [error_collection_threads, error_collection_processes])
def test_what_is_no_exception_is_not_collected(arm):
    with pytest.raises(SystemExit):
        arm.error_collection([3], sys.exit, 1)


# semaphore


def test_asyncio_semaphore_lets_so_many_at_work_in_the_order_they_came():
    gauge, together = Gauge(), asyncio.Barrier(3)
    began = []

    async def work(number):
        began.append(number)
        with gauge:
            await together.wait()
        return number

    results = asyncio.run(semaphore_asyncio.semaphore(range(9), work, 3))
    assert sorted(results) == began == list(range(9))
    assert gauge.most == 3


def test_asyncio_semaphore_an_error_cancels_those_that_wait():
    began = []

    async def work(number):
        began.append(number)
        await turns()
        raise LookupError

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(semaphore_asyncio.semaphore(range(5), work, 1))
    assert [type(error) for error in caught.value.exceptions] == [LookupError]
    assert len(began) < 5


def test_threaded_semaphore_lets_so_many_at_work():
    gauge, together, crowded = Gauge(), Barrier(3), Event()

    def work(number):
        with gauge:
            if gauge.now > 3:
                crowded.set()
            together.wait(PATIENCE_S)
            assert not crowded.wait(SHORT_S)
        return number

    assert sorted(semaphore_threads.semaphore(range(9), work, 3)) == list(range(9))
    assert gauge.most == 3
    assert semaphore_threads.semaphore([], work, 3) == []


def test_threaded_semaphore_after_an_error_those_that_wait_do_nothing():
    gauge = Gauge()

    def work(number):
        with gauge:
            raise LookupError

    with pytest.raises(LookupError):
        semaphore_threads.semaphore(range(5), work, 1)
    assert gauge.entered == 1


# clean up


def test_asyncio_tasks_have_ended_when_the_block_is_left():
    gauge = Gauge()

    async def poll(number):
        with gauge:
            await asyncio.Event().wait()

    async def main():
        async with clean_up_asyncio.clean_up(poll, 5):
            await turns()
            assert gauge.now == 5
        return gauge.now, asyncio.all_tasks() == {asyncio.current_task()}

    assert asyncio.run(main()) == (0, True)


@pytest.mark.parametrize("failing", ["block", "poll"])
def test_asyncio_tasks_have_ended_after_an_error(failing):
    gauge = Gauge()

    async def poll(number):
        with gauge:
            await turns()
            if failing == "poll":
                raise LookupError
            await asyncio.Event().wait()

    async def main():
        async with clean_up_asyncio.clean_up(poll, 1):
            await turns()
            if failing == "block":
                raise LookupError
            await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(main())
    assert [type(error) for error in caught.value.exceptions] == [LookupError]
    assert gauge.now == 0


def test_threads_have_ended_when_the_block_is_left():
    gauge, all_polling = Gauge(), Barrier(6)

    def poll(number, leaving):
        with gauge:
            all_polling.wait(PATIENCE_S)
            waited(leaving)

    with clean_up_threads.clean_up(poll, 5):
        all_polling.wait(PATIENCE_S)
        assert gauge.now == 5
    assert gauge.now == 0
    assert gauge.entered == 5


@pytest.mark.parametrize("failing", ["block", "poll"])
def test_threads_have_ended_after_an_error(failing):
    began = Event()

    def poll(number, leaving):
        began.set()
        if failing == "poll":
            raise LookupError
        waited(leaving)

    def leave():
        with clean_up_threads.clean_up(poll, 2):
            waited(began)
            if failing == "block":
                raise LookupError

    with pytest.raises(LookupError):
        leave()


# buffered results


def test_asyncio_answers_have_room_when_only_the_first_is_taken():
    went_on, ended = asyncio.Event(), []

    async def ask(number):
        if number != 2:
            await went_on.wait()
        ended.append(number)
        return number

    async def go_on(first):
        assert ended == [2]
        went_on.set()

    assert asyncio.run(buffered_results_asyncio.buffered_results(ask, 5, go_on)) == 2
    assert sorted(ended) == [1, 2, 3, 4, 5]


def test_asyncio_an_error_of_one_who_is_asked_cancels_the_others():
    async def ask(number):
        if number == 2:
            raise LookupError
        await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(buffered_results_asyncio.buffered_results(ask, 5, same))
    assert [type(error) for error in caught.value.exceptions] == [LookupError]


def test_threaded_answers_have_room_when_only_the_first_is_taken(caplog):
    went_on, ended = Event(), []

    def ask(number):
        if number != 2:
            waited(went_on)
        ended.append(number)
        return number

    def go_on(first):
        assert ended == [2]
        went_on.set()

    assert buffered_results_threads.buffered_results(ask, 5, go_on) == 2
    assert sorted(ended) == [1, 2, 3, 4, 5]
    assert not caplog.records  # an executor only logs what its callbacks raise, such as a queue that is full


def test_threaded_an_error_is_an_answer_too():
    def ask(number):
        raise LookupError

    with pytest.raises(LookupError):
        buffered_results_threads.buffered_results(ask, 5, print)


# handle cancel


def test_asyncio_listeners_hear_of_the_cancel():
    async def main():
        answers = [asyncio.Queue() for _ in range(3)]
        answers[1].put_nowait(7)
        ended = await handle_cancel_asyncio.handle_cancel(answers, turns())
        return ended, asyncio.all_tasks() == {asyncio.current_task()}

    said = ["worker 2 received 7", "worker 1 was cancelled", "worker 3 was cancelled"]
    assert asyncio.run(main()) == (said, True)


def test_threaded_listeners_hear_of_the_cancel():
    answers = [SimpleQueue() for _ in range(3)]
    answers[1].put(7)
    ended = handle_cancel_threads.handle_cancel(answers, lambda: None)
    assert sorted(ended) == ["worker 1 was cancelled", "worker 2 received 7", "worker 3 was cancelled"]
    assert handle_cancel_threads.handle_cancel([], lambda: None) == []


def test_threaded_listeners_hear_of_the_cancel_when_whoever_cancels_fails():
    def fail():
        raise LookupError

    with pytest.raises(LookupError):
        handle_cancel_threads.handle_cancel([SimpleQueue()], fail)


# image batch

IMAGE_ARMS = pytest.mark.parametrize("arm", [image_batch_asyncio, image_batch_threads, image_batch_processes])


def batch(arm, *args):
    made = arm.image_batch(*args)
    return asyncio.run(made) if asyncio.iscoroutine(made) else made


def images(folder, number):
    pillow = import_module("PIL.Image")
    paths = [folder / f"{at}.png" for at in range(number)]
    for path in paths:
        pillow.new("RGBA", (64, 48)).save(path)
    return paths


@IMAGE_ARMS
def test_images_are_resized(arm, tmp_path):
    smaller = tmp_path / "smaller"
    smaller.mkdir()
    results = batch(arm, images(tmp_path, 5), smaller, 2, 1e6)
    assert sorted(results) == [f"{at}.png: 64x48 to 16x12" for at in range(5)]
    sizes = []
    for path in sorted(smaller.iterdir()):
        with import_module("PIL.Image").open(path) as image:
            sizes.append((path.name, image.size))
    assert sizes == [(f"{at}.jpg", (16, 12)) for at in range(5)]


@IMAGE_ARMS
def test_a_broken_image_ends_the_batch_also_where_others_wait_for_their_turn(arm, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no image")
    with pytest.raises((OSError, ExceptionGroup)) as caught:
        batch(arm, [broken, *images(tmp_path, 3)], tmp_path, 1, 1e-6)  # a turn every eleven days
    error = caught.value
    assert "cannot identify image file" in str(error.exceptions[0] if hasattr(error, "exceptions") else error)
    assert not list(tmp_path.glob("*.jpg"))


@IMAGE_ARMS
def test_the_limiter_lets_a_burst_through_and_then_one_for_each_interval(arm):
    limiter = arm.Limiter(rate=4, burst=2)
    assert [limiter.delay_s(100.0) for _ in range(4)] == [0.0, 0.0, 0.25, 0.5]
    assert limiter.delay_s(100.75) == 0.0
    assert limiter.delay_s(100.75) == 0.25
    assert [limiter.delay_s(200.0) for _ in range(3)] == [0.0, 0.0, 0.25]
