"""Characters that draw, and plain ones for an output that cannot write them."""

import sys
from collections.abc import Sequence


def glyphs(wanted: str, plain: str) -> Sequence[str]:
    """Return the characters wanted, or as many plain ones where standard output cannot write them."""
    try:
        wanted.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return plain
    return wanted
