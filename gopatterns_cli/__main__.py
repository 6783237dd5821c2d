"""`gopat` and `python -m gopatterns_cli`: the one door.

An older Python must be able to read this file as far as the check of its version: only syntax of Python 3.8
here, and no import of ours before the check.
"""

import sys
from typing import Any

OLDEST = (3, 11)


def main() -> int:
    """Run the command line in `sys.argv` and return its exit code, without a traceback on any way out."""
    if sys.version_info < OLDEST:  # pip refuses an older Python, a checkout does not
        found = ".".join(str(part) for part in sys.version_info[:3])
        sys.stderr.write(f"error: gopat: found Python {found}, allowed 3.11 or newer\n")
        return 2
    sys.unraisablehook = _unraisable
    try:
        from gopatterns_cli import app, streams  # noqa: PLC0415 - after the check

        streams.reopen()
        return streams.flush(app.main(sys.argv[1:]))
    except KeyboardInterrupt:  # while importing or flushing; a command's own ends in app.main
        return 130


def _unraisable(unraisable: Any, told: Any = sys.unraisablehook) -> None:
    """Raise a Ctrl-C again that came in a callback of the interpreter's, which would print it and go on."""
    if unraisable.exc_type is KeyboardInterrupt:
        import _thread  # noqa: PLC0415 - only here

        _thread.start_new_thread(_interrupt_later, ())  # not here: nobody can raise in a hook either
    else:
        told(unraisable)


def _interrupt_later() -> None:
    import signal  # noqa: PLC0415 - only here
    import threading  # noqa: PLC0415 - only here
    import time  # noqa: PLC0415 - only here

    time.sleep(0.001)
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main())
