"""What is measured: per pattern one folder, per arm one file, each readable as an example of its own.

`serial.py` is the plain loop, `gopat.py` our pattern, `native_<runtime>.py` the best that is written by hand
with the standard library on that runtime. An arm is one function named like its pattern; it neither measures
nor checks: it is handed its work and gives back the results. Files are found by listing the folder.
"""

from pathlib import Path


def names(pattern: str) -> tuple[str, ...]:
    """The arms of a pattern, `native_asyncio` and so on, sorted; empty when the pattern has none."""
    folder = Path(__file__).parent / pattern.replace("-", "_")
    return tuple(sorted(file.stem for file in folder.glob("[!_]*.py")))


def refusal(pattern: str, runtime: str) -> str | None:
    """Say why a pattern cannot be measured on a runtime, as `found ..., allowed ...`; None when it can."""
    known = names(pattern)
    if not known:
        return f"found {pattern}, allowed a pattern that has arms"
    if f"native_{runtime}" not in known:
        allowed = ", ".join(arm.removeprefix("native_") for arm in known if arm.startswith("native_"))
        return f"found the runtime {runtime}, allowed {allowed}"
    return None
