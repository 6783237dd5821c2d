"""What is measured and shown: per pattern one folder, per arm one file, each readable as an example.

`serial.py` is the plain loop, `gopat.py` our pattern, `native_<runtime>.py` the best that is written by hand
with the standard library on that runtime, `ticker.py` the document's token bucket, `<pattern>.go` the same in
Go. An arm is one function named like its pattern; it neither measures nor checks: it is handed its work and
gives back the results. Files are found by listing the folder. A pattern that is measured has a `gopat.py`;
the others are there for `gopat show`.

The Go files are one module, whose `main.go` is the worker that times them.
"""

from pathlib import Path

from scenarios.model import OVERHEAD


def names(pattern: str) -> tuple[str, ...]:
    """The arms of a pattern, `native_asyncio` and so on, sorted; empty when the pattern has none."""
    folder = Path(__file__).parent / pattern.replace("-", "_")
    return tuple(sorted(file.stem for file in folder.glob("[!_]*.py")))


def is_measured(pattern: str) -> bool:
    """Whether a pattern can be measured, or stands for operations, which can."""
    return pattern == OVERHEAD or "gopat" in names(pattern)
