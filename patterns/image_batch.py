"""Images resized by a worker pool, under a rate limiter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from patterns.demo import Demo, Job, Option
from patterns.ports.images import studio
from patterns.rate_limiter import RateLimiter
from patterns.traps import sleep
from patterns.worker_pool import worker_pool

if TYPE_CHECKING:
    from patterns.demo import Options


async def _demo(options: Options) -> list[str]:
    """Fetch each image when the limiter lets it through, then resize it; the pool does both."""
    limiter = RateLimiter(options.rate, burst=max(options.workers, 1))
    images = _files(options.input) if options.input else [""] * options.jobs
    resizing = studio()

    async def process(job: tuple[int, str]) -> str:
        number, image = job
        await limiter.wait()
        with Job(number):
            await sleep(options.latency)
            return await resizing.resize(image, number, options.output)

    async with worker_pool(enumerate(images, 1), process, workers=options.workers) as results:
        return [result async for result in results]


def _files(pattern: str) -> list[str]:
    """Return the files that a pattern such as `DIR/*.jpg` names, sorted."""
    path = Path(pattern)
    try:
        found = sorted(str(file) for file in path.parent.glob(path.name) if file.is_file())
    except ValueError:
        raise ValueError(f"input: found {pattern!r}, allowed files such as 'DIR/*.jpg'") from None
    if not found:
        raise ValueError(f"input: no file is called {pattern!r}")
    return found


demo = Demo(
    main=_demo,
    options=(
        Option("workers", 10, "images in work at once", least=1, tasks=True),
        Option("jobs", 40, "images, made here unless --input names some"),
        Option("latency", 0.02, "how long fetching one takes before it is resized"),
        Option("rate", 1500.0, "images per second that are let through", 1e-6, per_second=True),
        Option("input", "", "your own images, as 'DIR/*.jpg'"),
        Option("output", "", "where the smaller ones are written; else nowhere"),
    ),
    steps=lambda options: None if options.input else options.jobs,
    check=lambda options: _files(options.input) if options.input else None,
    needs=("PIL", "image"),
)
