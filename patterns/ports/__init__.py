"""
Ports: where a demo talks to the outside, each declared once with two adapters.

The real adapter may know sockets, files and other packages; the scripted one does the same in the
simulator's virtual time. What never belongs here: a pattern.
"""

from __future__ import annotations

from patterns import traps


def is_scripted() -> bool:
    """Whether the running runtime's time is virtual, so that nothing outside may be waited for."""
    return traps.running().driver.name == "simulator"
