"""Images resized by asyncio tasks under a rate limiter, by hand.

Decoding and resizing block, so the tasks only pace them, and threads do the work: Pillow lets go of the GIL
while it does. The pool is one of its own, because `asyncio.to_thread` has only four threads more than cores,
whatever the number of workers. The limiter is one number and needs no lock between tasks. A thread cannot be
cancelled: after an error or a cancel, the resizes under way are waited for.
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SMALLER = 4


class Limiter:
    """Lets through `rate` a second, and after a rest `burst` at once."""

    def __init__(self, rate: float, burst: int) -> None:
        self._interval_s = 1 / rate
        self._rest_s = (burst - 1) / rate
        self._next_s = float("-inf")

    def delay_s(self, now_s: float) -> float:
        """Take the next turn, and return how long it is until then."""
        turn_s = max(self._next_s, now_s - self._rest_s)
        self._next_s = turn_s + self._interval_s
        return max(0.0, turn_s - now_s)


async def image_batch(images: Iterable[Path], folder: Path, workers: int, rate: float) -> list[str]:
    """Write the images to the folder, smaller; what was done to each, in the order of their end."""
    loop = asyncio.get_running_loop()
    limiter = Limiter(rate, burst=workers)
    todo, results = iter(images), []

    async def worker() -> None:
        for image in todo:
            await asyncio.sleep(limiter.delay_s(loop.time()))
            results.append(await loop.run_in_executor(threads, resized, image, folder))

    with ThreadPoolExecutor(workers) as threads:
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(worker())
    return results


def resized(image: Path, folder: Path) -> str:
    """Write one image to the folder, a quarter as wide and as high. Blocks."""
    from PIL import Image  # noqa: PLC0415 - Pillow is needed by whoever resizes only

    with Image.open(image) as original:
        width, height = original.size
        whole = original.convert("RGB")
    smaller = whole.resize((max(width // SMALLER, 1), max(height // SMALLER, 1)))
    smaller.save(folder / f"{image.stem}.jpg")
    return f"{image.name}: {width}x{height} to {smaller.width}x{smaller.height}"
