"""An error group over asyncio tasks by hand.

`http.client` blocks, so each request runs in a thread; a pool of its own, because `asyncio.to_thread` has
only four threads more than cores, whatever the limit. A thread cannot be cancelled: its socket is shut
instead, which ends its wait for the answer at once (while it still connects, after TIMEOUT_S at the latest).
Unlike a plain `await`, `asyncio.wait` keeps the call when it is cancelled, so that its end can be waited for.
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPSConnection
from socket import SHUT_RDWR
from threading import Event
from urllib.parse import urlsplit

TIMEOUT_S = 10.0


class FetchError(Exception):
    """Raised by a fetch that was answered with an error."""


class Line:
    """One request, which another thread may hang up."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        connection = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._url, self._path = url, parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        self._connection = connection(parts.netloc, timeout=TIMEOUT_S)
        self._hung_up = Event()

    def fetch(self) -> int:
        """Return the status of the page. Blocks."""
        with closing(self._connection) as connection:
            if not self._hung_up.is_set():
                connection.connect()
            if self._hung_up.is_set():  # looked at after the socket is there: one of the two sees the other
                raise ConnectionAbortedError(self._url)
            connection.request("GET", self._path)
            with connection.getresponse() as response:
                if response.status >= 400:
                    raise FetchError(f"HTTP {response.status} for {self._url}")
                return response.status

    def hang_up(self) -> None:
        """End the request, from another thread."""
        self._hung_up.set()
        socket = self._connection.sock
        if socket is not None:
            with suppress(OSError):  # it was closed just now
                socket.shutdown(SHUT_RDWR)


async def errgroup(urls: Iterable[str], limit: int) -> list[int]:
    """Fetch the pages, `limit` at once; return their statuses in order, or raise the first error."""

    async def fetch(line: Line) -> int:
        call = asyncio.get_running_loop().run_in_executor(threads, line.fetch)
        try:
            await asyncio.wait({call})
        except asyncio.CancelledError:
            line.hang_up()
            await asyncio.gather(call, return_exceptions=True)
            raise
        return call.result()

    with ThreadPoolExecutor(limit) as threads:
        try:
            async with asyncio.TaskGroup() as group:
                fetches = [group.create_task(fetch(Line(url))) for url in urls]
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
    return [fetch.result() for fetch in fetches]
