"""A web site on loopback, and its double in virtual time; its pages may be slow, fail, or drop the line."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol, Self

from patterns.ports import is_scripted
from patterns.traps import call, running, sleep

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_S = 30.0


class FetchError(Exception):
    """Raised by a fetch that brought no page."""


@dataclass(frozen=True)
class Page:
    """How a page answers: after `latency_s` seconds, `ok`, with an error (`fail`), or not at all (`drop`)."""

    latency_s: float
    answer: str = "ok"


class Site(Protocol):
    """A web site that is there for the block of an `async with`."""

    async def fetch(self, path: str) -> int:
        """
        Return the status of a page.

        Raises:
            FetchError: the page failed, or the line was dropped.
        """

    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *failure: object) -> None: ...


def site(pages: Mapping[str, Page]) -> Site:
    """Return a site with these pages, by path: a real server on loopback, or its double on the simulator."""
    return ScriptedSite(pages) if is_scripted() else LoopbackSite(pages)


class ScriptedSite:
    """Answers in virtual time."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self._pages = pages

    async def fetch(self, path: str) -> int:
        """Return the status, as `Site.fetch`."""
        page = self._pages[path]
        await sleep(page.latency_s)
        return _checked({"ok": 200, "fail": 500, "drop": None}[page.answer], path)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failure: object) -> None:
        """Nothing is left to do."""


class LoopbackSite:
    """A server on loopback, in a thread of its own; fetched from by the standard library's client."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self._server = Server(pages)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    async def fetch(self, path: str) -> int:
        """Return the status, as `Site.fetch`; a cancelled fetch shuts its socket."""
        host, port = self._server.server_address[:2]
        address = (str(host), int(port))
        if running().driver.name == "processes":
            return _checked(await call(get, address, path, abandon=True), path)
        line = Line()
        return _checked(await call(get, address, path, line, on_cancel=line.shut), path)

    async def __aenter__(self) -> Self:
        self._thread.start()
        return self

    async def __aexit__(self, *failure: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Line:
    """The socket of one fetch, which another thread may shut."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._shut = False

    def opened(self, connection: socket.socket) -> None:
        """Keep the socket; one that comes too late is shut at once."""
        with self._lock:
            self._socket = connection
            if self._shut:
                self._hang_up()

    def shut(self) -> None:
        """Shut the socket, so that whoever reads from it goes on."""
        with self._lock:
            self._shut = True
            self._hang_up()

    def _hang_up(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def get(address: tuple[str, int], path: str, line: Line | None = None) -> int | None:
    """Return the status of a page, None when the line was dropped. Blocks."""
    connection = HTTPConnection(*address, timeout=TIMEOUT_S)
    try:
        connection.connect()
        if line is not None:
            line.opened(connection.sock)
        connection.request("GET", path)
        return connection.getresponse().status
    except (HTTPException, OSError):
        return None
    finally:
        connection.close()


def _checked(status: int | None, path: str) -> int:
    if status is None:
        raise FetchError(f"the line was dropped for {path}")
    if status >= 400:
        raise FetchError(f"HTTP {status} for {path}")
    return status


class Server(ThreadingHTTPServer):
    """
    Serves the pages on a port of loopback that is free.

    The one use of inheritance in the library: `http.server` knows no other form.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self.pages = pages
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that was cancelled hangs up in the middle."""


class Handler(BaseHTTPRequestHandler):
    """Answers one request as its page says."""

    server: Server

    def do_GET(self) -> None:
        """Answer after the page's latency."""
        page = self.server.pages[self.path]
        time.sleep(page.latency_s)
        if page.answer == "drop":
            self.close_connection = True
            return
        self.send_response(200 if page.answer == "ok" else 500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """Print nothing."""
