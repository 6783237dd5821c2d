"""Images resized by processes under a rate limiter, by hand.

Processes share no limiter, so it stays with the one who hands out the work: an image is handed out when a
process is free and it is its turn. Were it handed out earlier, the turns would gather in the executor's
queue. Only paths and a line of text are pickled, the images never. A process that began cannot be cancelled:
after an error, the resizes under way are waited for. The processes are spawned, not forked: a fork of a
process with threads may stand still for ever.
"""

from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from queue import SimpleQueue
from time import monotonic, sleep

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


def image_batch(images: Iterable[Path], folder: Path, workers: int, rate: float) -> list[str]:
    """Write the images to the folder, smaller; what was done to each, in the order of their end."""
    limiter = Limiter(rate, burst=workers)
    ended: SimpleQueue[Future[str]] = SimpleQueue()
    results: list[str] = []
    under_way = 0
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as processes:
        for image in images:
            if under_way == workers:
                results.append(ended.get().result())
                under_way -= 1
            sleep(limiter.delay_s(monotonic()))
            processes.submit(resized, image, folder).add_done_callback(ended.put)
            under_way += 1
        results += [ended.get().result() for _ in range(under_way)]
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
