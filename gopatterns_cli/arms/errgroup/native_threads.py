"""An error group over threads by hand.

The executor's size is the limit, `as_completed` brings the first error first. A thread cannot be cancelled:
the socket of its request is shut instead, which ends its wait for the answer at once (while it still
connects, after TIMEOUT_S at the latest). A request that was not begun finds that its line was hung up.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
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


def errgroup(urls: Iterable[str], limit: int) -> list[int]:
    """Fetch the pages, `limit` at once; return their statuses in order, or raise the first error."""
    lines = [Line(url) for url in urls]
    with ThreadPoolExecutor(limit) as threads:
        fetches = [threads.submit(line.fetch) for line in lines]
        try:
            for ended in as_completed(fetches):
                ended.result()
        except BaseException:
            for line in lines:
                line.hang_up()
            raise
    return [fetch.result() for fetch in fetches]
