"""The folder of what is made once per user."""

import os
from pathlib import Path


def caches() -> Path:
    """Return it, whether it is there or not: XDG_CACHE_HOME or ~/.cache, and gopat in it."""
    asked = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (asked if asked.is_absolute() else Path.home() / ".cache") / "gopat"
