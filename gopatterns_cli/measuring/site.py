"""The site that jobs of the kind `http` fetch from: a process of its own on loopback, while a worker runs.

`/21` answers 42 after the latency that was set. It keeps connections open, as the web does.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gopatterns_cli.measuring.cells import Cell

LOOPBACK = "127.0.0.1"


class NoSiteError(Exception):
    """The site did not start; the message says so in one line."""


@contextmanager
def site_for(cell: Cell) -> Iterator[int]:
    """Keep a site for the jobs of a cell, and give its port; 0 where they need none.

    Raises:
        NoSiteError: see there.
    """
    if cell.job_kind != "http":
        yield 0
        return
    command = [sys.executable, "-P", "-m", __name__, f"{cell.duration_s:.9f}"]
    with _started(command) as server:
        try:
            assert server.stdout is not None  # noqa: S101 - it is a pipe
            port = server.stdout.readline().strip()
            if not port.isdecimal():
                raise NoSiteError("the site that jobs fetch from did not start")
            yield int(port)
        finally:
            server.kill()


def _started(command: list[str]) -> "subprocess.Popen[str]":
    try:
        return subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
    except OSError as error:
        raise NoSiteError(f"the site that jobs fetch from did not start: {error.strerror}") from None


async def _serve(latency_s: float) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                number = int(head.split(b" ", 2)[1].removeprefix(b"/"))
                await asyncio.sleep(latency_s)
                body = b"%d" % (2 * number)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, LOOPBACK, 0, backlog=1_000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until whoever started it is gone


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
