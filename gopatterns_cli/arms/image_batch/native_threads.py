"""Images resized by threads under a rate limiter, by hand.

Pillow lets go of the GIL while it decodes and resizes, so threads are at work on several cores at once. The
limiter is one number under a lock, which is held to take a turn and never to wait for it. A thread cannot be
cancelled: one that waits for its turn waits on an Event with a time-out, and is woken by the first error; the
resizes under way are waited for.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Event, Lock
from time import monotonic

SMALLER = 4


class Limiter:
    """Lets through `rate` a second, and after a rest `burst` at once."""

    def __init__(self, rate: float, burst: int) -> None:
        self._interval_s = 1 / rate
        self._rest_s = (burst - 1) / rate
        self._next_s = float("-inf")
        self._taking = Lock()

    def delay_s(self, now_s: float) -> float:
        """Take the next turn, and return how long it is until then."""
        with self._taking:
            turn_s = max(self._next_s, now_s - self._rest_s)
            self._next_s = turn_s + self._interval_s
        return max(0.0, turn_s - now_s)


def image_batch(images: Iterable[Path], folder: Path, workers: int, rate: float) -> list[str]:
    """Write the images to the folder, smaller; what was done to each, in the order of their end."""
    limiter, failed = Limiter(rate, burst=workers), Event()

    def process(image: Path) -> str:
        if failed.wait(limiter.delay_s(monotonic())):
            return f"{image.name}: left as it was"
        return resized(image, folder)

    with ThreadPoolExecutor(workers) as threads:
        try:
            batch = [threads.submit(process, image) for image in images]
            return [image.result() for image in as_completed(batch)]
        except BaseException:
            failed.set()
            threads.shutdown(wait=False, cancel_futures=True)
            raise


def resized(image: Path, folder: Path) -> str:
    """Write one image to the folder, a quarter as wide and as high. Blocks."""
    from PIL import Image  # noqa: PLC0415 - Pillow is needed by whoever resizes only

    with Image.open(image) as original:
        width, height = original.size
        whole = original.convert("RGB")
    smaller = whole.resize((max(width // SMALLER, 1), max(height // SMALLER, 1)))
    smaller.save(folder / f"{image.stem}.jpg")
    return f"{image.name}: {width}x{height} to {smaller.width}x{smaller.height}"
