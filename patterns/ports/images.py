"""Images, made or read, resized and written: by Pillow, and by its double in virtual time."""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from patterns.ports import is_scripted
from patterns.runtimes.simulator import simulated_cost
from patterns.traps import call

SIZE = (640, 480)
"""Pixels of an image that is made here."""

SMALLER = 4
COST_S = 0.01
"""What resizing one costs in virtual time: 100 a second, as the document has it."""


class Studio(Protocol):
    """Resizes images."""

    async def resize(self, image: str, number: int, output: str) -> str:
        """Return what was done to one, as `1: 640x480 to 160x120`; `output` is a folder, or empty."""


def studio() -> Studio:
    """Return the one that works with Pillow, or its double on the simulator."""
    return ScriptedStudio() if is_scripted() else PillowStudio()


class PillowStudio:
    """Works through `call`, because decoding and resizing block."""

    async def resize(self, image: str, number: int, output: str) -> str:
        """Decode, resize and encode, as `Studio.resize`."""
        return await call(resized, image, number, output)


class ScriptedStudio:
    """Takes the virtual time that the document gives."""

    async def resize(self, image: str, number: int, output: str) -> str:
        """Say what would be done, as `Studio.resize`."""
        del image, output
        return await call(_said, number, SIZE, (SIZE[0] // SMALLER, SIZE[1] // SMALLER))


def resized(image: str, number: int, output: str) -> str:
    """
    Resize the image at the path `image`, or one made here when that is empty; write it to the folder
    `output`, if one is given.

    Raises:
        OSError: the file cannot be read or written, is no image, is cut off, or has more pixels than Pillow
            takes for honest; the message names it.
        ModuleNotFoundError: Pillow is not installed.
    """
    pillow: Any = import_module("PIL.Image")
    try:
        with pillow.open(image or BytesIO(_made(pillow, number))) as original:
            whole = original.convert("RGB")
    except pillow.UnidentifiedImageError:
        raise OSError(f"{image}: is no image") from None
    except pillow.DecompressionBombError:
        most = 2 * pillow.MAX_IMAGE_PIXELS
        raise OSError(f"{image}: has more than {most:,} pixels, which is refused") from None
    except (OSError, SyntaxError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OSError(f"{image}: cannot be read: {reason}") from None
    smaller = whole.resize((max(whole.width // SMALLER, 1), max(whole.height // SMALLER, 1)))
    target: Any = BytesIO()
    if output:
        target = Path(output) / f"{Path(image).stem if image else f'image-{number}'}.jpg"
    smaller.save(target, "JPEG")
    return _said(number, whole.size, smaller.size)


def _made(pillow: Any, number: int) -> bytes:
    """Make an image that no two numbers share: a gradient in a colour."""
    gradient = pillow.linear_gradient("L").resize(SIZE)
    colours = [
        gradient.point(lambda value, shift=shift: (value + shift) % 256) for shift in (0, number * 7, 99)
    ]
    encoded = BytesIO()
    pillow.merge("RGB", colours).save(encoded, "JPEG")
    return encoded.getvalue()


@simulated_cost(COST_S, computes="native")
def _said(number: int, before: tuple[int, int], after: tuple[int, int]) -> str:
    return f"{number}: {before[0]}x{before[1]} to {after[0]}x{after[1]}"
