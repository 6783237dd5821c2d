"""What a process of tuning is doing, noted for whoever has to end it."""

from pathlib import Path

STAGE = "stage"
"""The file in the sample's folder."""


def stage(folder: Path, words: str) -> None:
    """Note what is about to be done, in one step: whoever ends this process may read it at any moment."""
    beside = folder / f"{STAGE}.new"
    beside.write_text(words, encoding="utf-8")
    beside.replace(folder / STAGE)


def last_stage(folder: Path) -> str:
    """Say what was being done last."""
    try:
        return folder.joinpath(STAGE).read_text(encoding="utf-8")
    except OSError:
        return "starting"
