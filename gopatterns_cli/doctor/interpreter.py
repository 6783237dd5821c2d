"""The Python that measures."""

import platform
import sys
import sysconfig

from gopatterns_cli.doctor.finding import Figure, Finding, Level
from gopatterns_cli.measuring import machine

TOPIC = "Python"


def examine() -> Finding:
    """Look here."""
    jit = getattr(sys, "_jit", None)
    return judged(
        f"{platform.python_implementation()} {platform.python_version()}",
        gil=machine.has_gil(),
        free_threaded=bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        jit=None if jit is None else bool(jit.is_enabled()),
        debug=hasattr(sys, "gettotalrefcount"),
    )


def judged(name: str, *, gil: bool, free_threaded: bool, jit: bool | None, debug: bool) -> Finding:
    """Judge a Python.

    bad: a debug build, several times slower by checks that no user pays for. remark: a free-threaded build
    whose GIL is on, as an extension that needs it turns it on; or the JIT, under which the first runs are
    slower than the later ones.

    Args:
        name: implementation and version.
        gil: whether one thread runs Python at a time.
        free_threaded: whether it was built to go without.
        jit: whether the JIT is on; None where the interpreter does not say.
        debug: whether it was built with `--with-pydebug`.

    Sources: Python, "Python support for free threading"; sys._jit; "Python Debug Build".
    """
    said = [name, f"GIL {'on' if gil else 'off'}"]
    said += ["free-threaded build"] * free_threaded + ["JIT on"] * bool(jit) + ["debug build"] * debug
    figures: dict[str, Figure] = {
        "python": name, "gil": gil, "free_threaded_build": free_threaded, "jit": jit, "debug_build": debug
    }  # fmt: skip
    level, means = _meaning(gil=gil, free_threaded=free_threaded, jit=bool(jit), debug=debug)
    return Finding(TOPIC, level, ", ".join(said), means, figures)


def _meaning(*, gil: bool, free_threaded: bool, jit: bool, debug: bool) -> tuple[Level, str]:
    if debug:
        return Level.BAD, "its checks slow everything, and not evenly"
    if free_threaded and gil:
        return (
            Level.REMARK,
            "an extension or PYTHON_GIL turned the GIL on: threads do not compute beside each other",
        )
    if jit:
        return Level.REMARK, "the first runs are slower than the later ones: cold arms contain that"
    if gil:
        return Level.GOOD, "threads wait beside each other, and compute one at a time"
    return Level.GOOD, "threads compute beside each other"
