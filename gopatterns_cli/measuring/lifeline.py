"""A worker ends with the process that started it, however that one ends.

Ctrl-C and SIGTERM are for the parent, who then ends the worker. A parent that is killed (`kill -9`, the
kernel out of memory) ends nothing any more, so the worker asks the kernel to do it. Linux only: elsewhere an
orphan measures to its end.
"""

import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""Source: prctl(2)."""


def hold(parent: int) -> None:
    """Let the kernel kill this process when `parent`, which started it, ends; end it if that has happened.

    The kernel watches the parent's thread that made this process, which waits until it has ended.
    """
    if sys.platform != "linux":
        return
    import ctypes  # noqa: PLC0415 - on Linux only

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel was asked
        os._exit(1)
