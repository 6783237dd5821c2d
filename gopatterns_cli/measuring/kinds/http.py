"""Jobs that fetch a page from a real server on loopback, which answers after the latency that was set.

The client is the standard library's; each thread keeps its connection, and so does each process.
"""

import threading
from functools import partial
from http.client import HTTPConnection

from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.kinds import Effect
from gopatterns_cli.measuring.site import LOOPBACK

TIMEOUT_S = 30.0

_kept = threading.local()


def effect(cell: Cell, port: int) -> Effect:
    """Return the fetching."""
    del cell
    return Effect(function=partial(fetched, port), expected=lambda item: 2 * item, is_number=False)


def fetched(port: int, item: int) -> int:
    """Return the number on a page: the double of its own."""
    connection: HTTPConnection | None = getattr(_kept, "connection", None)
    if connection is None:
        connection = _kept.connection = HTTPConnection(LOOPBACK, port, timeout=TIMEOUT_S)
    connection.request("GET", f"/{item}")
    return int(connection.getresponse().read())
