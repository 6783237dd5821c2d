"""How long every demo takes with the document's numbers, beside its ideal, on the real runtimes.

    python tests/contract/makespans.py [RUNTIME]...

It is a command and not a test: no time holds everywhere. A demo is marked when it takes more than a tenth and
more than 50 ms longer than its ideal, or leaks.
"""

from __future__ import annotations

import sys

from patterns import catalogue
from patterns.launch import launch

RUNTIMES = ("asyncio", "fibers", "threads", "processes")


def main() -> None:
    """Run and print."""
    for runtime in sys.argv[1:] or RUNTIMES:
        for name in catalogue.names():
            demo = catalogue.load(name).demo
            options = demo.choose()
            workers = vars(options).get("workers", vars(options).get("permits", 1))
            outcome = launch(demo.main, options, runtime=runtime, workers=workers)
            ideal_s = None if demo.ideal_ns is None else demo.ideal_ns(options) / 1e9
            over = ideal_s is not None and outcome.elapsed_s > max(1.1 * ideal_s, ideal_s + 0.05)
            ideal = "      -" if ideal_s is None else f"{ideal_s:7.3f}"
            mark = "  too slow" if over else "  leaks" if outcome.leaked else ""
            print(f"{runtime:10} {name:22} {outcome.elapsed_s:7.3f} s, ideal {ideal}{mark}", flush=True)


if __name__ == "__main__":
    main()
