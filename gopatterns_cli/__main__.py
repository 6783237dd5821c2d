"""`gopat` and `python -m gopatterns_cli`: the one door.

An older Python must be able to read this file as far as the check of its version: only syntax of Python 3.8
here, and no import of ours before the check.
"""

import sys

OLDEST = (3, 11)


def main() -> int:
    """Run the command line in `sys.argv` and return its exit code, without a traceback on any way out."""
    if sys.version_info < OLDEST:  # pip refuses an older Python, a checkout does not
        found = ".".join(str(part) for part in sys.version_info[:3])
        sys.stderr.write(f"error: gopat: found Python {found}, allowed 3.11 or newer\n")
        return 2
    try:
        from gopatterns_cli import app, streams  # noqa: PLC0415 - after the check

        streams.reopen()
        return streams.flush(app.main(sys.argv[1:]))
    except KeyboardInterrupt:  # while importing or flushing; a command's own ends in app.main
        return 130


if __name__ == "__main__":
    sys.exit(main())
