"""The texts of which the code to paste is made: `$each` is called for an input, by `$workers` at once.

The standard library's do what the arms by hand do (`arms/worker_pool`), and give the results in the order of
the inputs, which costs nothing where all of them are waited for.
"""

from string import Template

POOL = Template(
    """\
async def pool(inputs):
    async with patterns.worker_pool(inputs, $each, workers=$workers$ordered) as results:
        return [result async for result in results]
"""
)

FAN_OUT = Template(
    """\
async def pool(inputs):
    async with patterns.fan_out(inputs, $each, workers=$workers) as channels:
        async with patterns.fan_in(*channels) as merged:
            return [result async for result in merged]
"""
)

RUN = Template(
    """\
def main(inputs):
    return patterns.run(pool, inputs, runtime="$runtime")
"""
)

LIMITED = Template(
    """\
limiter = patterns.RateLimiter($rate, burst=1)


async def limited(item):
    await limiter.wait()
    return await $call
"""
)

THREADS = Template(
    """\
def main(inputs):
    todo, results = SimpleQueue(), {}
    for entry in [*enumerate(inputs), *[None] * $workers]:
        todo.put(entry)

    def worker():
        for number, item in iter(todo.get, None):
            results[number] = $each(item)

    with ThreadPoolExecutor($workers) as threads:
        for ended in [threads.submit(worker) for _ in range($workers)]:
            ended.result()
    return [results[number] for number in sorted(results)]
"""
)

PROCESSES = Template(
    """\
def main(inputs):
    with ProcessPoolExecutor($workers) as processes:
        return list(processes.map($each, inputs))
"""
)

TASKS = Template(
    """\
async def pool(inputs):
    todo, results = enumerate(inputs), {}

    async def worker():
        for number, item in todo:
            results[number] = await $each(item)

    async with asyncio.TaskGroup() as group:
        for _ in range($workers):
            group.create_task(worker())
    return [results[number] for number in sorted(results)]


def main(inputs):
    return asyncio.run(pool(inputs))
"""
)

LIMITED_EXECUTOR = Template(
    """\
def main(inputs):
    free, at, futures = Semaphore($workers), 0.0, []
    with $executor($workers) as executor:
        for item in inputs:  # each begins when it is submitted: a worker is free
            free.acquire()
            time.sleep(max(at - time.monotonic(), 0))
            at = max(at, time.monotonic()) + 1 / $rate
            futures.append(executor.submit($each, item))
            futures[-1].add_done_callback(lambda _: free.release())
        return [future.result() for future in futures]
"""
)

LIMITED_TASKS = Template(
    """\
async def pool(inputs):
    todo, results, at = enumerate(inputs), {}, 0.0

    async def worker():
        nonlocal at
        for number, item in todo:
            now = time.monotonic()
            begin = max(at, now)
            at = begin + 1 / $rate
            await asyncio.sleep(begin - now)
            results[number] = await $each(item)

    async with asyncio.TaskGroup() as group:
        for _ in range($workers):
            group.create_task(worker())
    return [results[number] for number in sorted(results)]


def main(inputs):
    return asyncio.run(pool(inputs))
"""
)

KEEPING = Template(
    """\
${define} attempt(item):
    try:
        return $call
    except Exception as error:  # some inputs fail: $kinds
        return error
"""
)

IN_A_LOOP = Template(
    """\
async def in_a_loop(item):
    result = $work(item)
    return await result if inspect.isawaitable(result) else result
"""
)

ITERABLE = Template(
    """\
if __name__ == "__main__":
    from $module import $name

    for result in main($call):
        print(result)
"""
)

PATHS = Template(
    """\
if __name__ == "__main__":
    for result in main(sorted(path for path in glob($name, recursive=True) if Path(path).is_file())):
        print(result)
"""
)

LINES = Template(
    """\
if __name__ == "__main__":
    with Path($name).open(encoding="utf-8") as file:
        lines = [line.rstrip("\\r\\n") for line in file if line.strip()]
    for result in main(lines):
        print(result)
"""
)
