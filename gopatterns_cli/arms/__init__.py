"""What is measured: per pattern one folder, per arm one file, each readable as an example of its own.

`serial.py` is the plain loop, `gopat.py` our pattern, `native_<runtime>.py` the best that is written by hand
with the standard library on that runtime. An arm is one function named like its pattern; it neither measures
nor checks: it is handed its work and gives back the results. Files are found by listing the folder.
"""

from pathlib import Path


def names(pattern: str) -> tuple[str, ...]:
    """The arms of a pattern, `native_asyncio` and so on, sorted; empty when the pattern has none."""
    folder = Path(__file__).parent / pattern.replace("-", "_")
    return tuple(sorted(file.stem for file in folder.glob("[!_]*.py")))
