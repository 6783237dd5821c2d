"""Jobs that fetch an image, which is a wait, and make it smaller: decode, resize bilinearly, encode.

Without the wait in front no number of workers could gain more than the machine has cores. The images are
made here: red grows from left to right, green from top to bottom. So the mean colour of the small one is
known, and it is checked, as its size is; in Go, whose filter and encoder are others, the same.
"""

from functools import cache
from importlib import import_module
from io import BytesIO
from typing import Any

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.kinds import SEEDS, Effect

SIZE = (320, 240)
SMALLER = 4
NEAR = 4.0
"""Colours, from 0 to 255, may lie so far apart: JPEG loses a little."""

SHADE = 30

Answer = tuple[tuple[int, int], tuple[float, ...]]


def effect(cell: Cell, port: int) -> Effect:
    """Return a sleep, then the resizing.

    Raises:
        Failure: Pillow is missing.
    """
    del port
    if missing():
        raise Failure(missing(), 2)
    for number in range(SEEDS):
        picture(number)
    return Effect(
        sleep_s=cell.sleep_s, function=resized, expected=expected, is_number=False, same=looks_the_same
    )


def missing() -> str:
    """Say that Pillow is missing, if it is."""
    try:
        import_module("PIL.Image")
    except ImportError:
        return "jobs of the kind image take Pillow: pip install 'gopat[image]'"
    return ""


@cache
def picture(number: int) -> bytes:
    """Make the JPEG of a number."""
    pillow: Any = import_module("PIL.Image")
    width, height = SIZE
    reds = bytes(x * 255 // (width - 1) for x in range(width)) * height
    greens = b"".join(bytes([y * 255 // (height - 1)]) * width for y in range(height))
    planes = [pillow.frombytes("L", SIZE, plane) for plane in (reds, greens)]
    blue = pillow.new("L", SIZE, number * SHADE)
    made = BytesIO()
    pillow.merge("RGB", [*planes, blue]).save(made, "JPEG", quality=75)
    return made.getvalue()


def resized(item: int) -> bytes:
    """Return the small JPEG."""
    pillow: Any = import_module("PIL.Image")
    with pillow.open(BytesIO(picture(item % SEEDS))) as whole:
        small = whole.resize((whole.width // SMALLER, whole.height // SMALLER), pillow.Resampling.BILINEAR)
    made = BytesIO()
    small.save(made, "JPEG", quality=75)
    return made.getvalue()


def expected(item: int) -> Answer:
    """Return the size and the mean colour of a small image."""
    return (SIZE[0] // SMALLER, SIZE[1] // SMALLER), (127.5, 127.5, item % SEEDS * SHADE)


def looks_the_same(found: Any, right: Answer) -> bool:
    """Whether a JPEG has that size and mean colour."""
    pillow: Any = import_module("PIL.Image")
    statistics: Any = import_module("PIL.ImageStat")
    try:
        with pillow.open(BytesIO(found)) as image:
            size, means = image.size, statistics.Stat(image.convert("RGB")).mean
    except OSError:  # it is no image
        return False
    near = all(abs(mean - wanted) <= NEAR for mean, wanted in zip(means, right[1], strict=True))
    return size == right[0] and near
