"""How a process ends that has run a user's code: as any Python does, only soon.

Python waits for threads first, then does what was registered with `atexit`. A thread that a function has left
may never end, and a handler may wait for one.
"""

import os
import threading
import time

MOMENT_S = 1.0
"""So long a process may take to end by itself once it has told what it knows."""


def soon(code: int) -> int:
    """
    Return the exit code, for `sys.exit` at once; the process is ended with it a moment later if it is still
    there. What it had to say must have been flushed.
    """
    try:
        threading.Thread(target=_end, args=(code,), daemon=True).start()
    except RuntimeError:  # no thread can be had any more
        os._exit(code)
    return code


def _end(code: int) -> None:
    time.sleep(MOMENT_S)
    os._exit(code)
