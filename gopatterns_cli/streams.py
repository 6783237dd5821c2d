"""stdout and stderr when the other side goes away.

A reader that has seen enough (`| head -1`) is no failure: what it did not wait for is dropped, and the
command ends with its own exit code, so that a gate in front of a pipe still gates. A full disk is a failure.
"""

import io
import os
import sys
from pathlib import Path
from typing import Any, TextIO

STDOUT, STDERR = 1, 2


def reopen() -> None:
    """Put streams in place that outlive their reader, and that exist where the caller closed them."""
    sys.stdout = _outliving(sys.stdout, STDOUT)
    sys.stderr = _outliving(sys.stderr, STDERR)


def flush(exit_code: int) -> int:
    """Write what is left, and return the exit code: 1 instead of 0 when it could not be written."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), STDOUT)  # Python flushes once more on its way out
        if exit_code == 0:
            print(f"error: stdout: {error.strerror}", file=sys.stderr)
            return 1
    return exit_code


class _Outliving(io.FileIO):
    """A file descriptor that swallows what nobody reads any more."""

    def write(self, data: Any, /) -> int:
        """Write what the reader takes; all of it counts as written when there is no reader."""
        try:
            return super().write(data)
        except BrokenPipeError:
            return memoryview(data).nbytes
        except OSError as error:
            if self.fileno() == STDERR:  # there is nobody left to tell; the exit code still says it
                return memoryview(data).nbytes
            error.filename = "stdout"
            raise


def _outliving(stream: TextIO | None, descriptor: int) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):  # None: the caller closed it
        return Path(os.devnull).open("w", encoding="utf-8") if stream is None else stream
    return io.TextIOWrapper(
        io.BufferedWriter(_Outliving(descriptor, "wb", closefd=False)),
        encoding=stream.encoding,
        errors="replace",  # a terminal without UTF-8 shows `?`, it does not end the command
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
