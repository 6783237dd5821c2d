"""The machine and the Python of a session in words, and what differs between two of them."""

from collections.abc import Mapping
from typing import Any

from gopatterns_cli.figures import plural

FACTS = {
    "cpu_model": "CPU",
    "cores": "cores",
    "quota_cores": "CPU quota",
    "implementation": "Python",
    "python": "Python version",
    "gil": "GIL",
    "governor": "governor",
}
"""The facts that a ratio may depend on, and what they are called. A kernel or a load at start may differ."""

ALWAYS_SAID = ("cpu_model", "cores", "python", "governor")
"""Whether these agree is said even where nobody knows them."""


def differences(here: Mapping[str, Any], there: Mapping[str, Any]) -> tuple[str, ...]:
    """Name every fact that differs, as `cores: 2 here, 8 there`; empty when a ratio may be carried over."""
    return tuple(
        f"{name}: {_said(here.get(fact))} here, {_said(there.get(fact))} there"
        for fact, name in FACTS.items()
        if here.get(fact) != there.get(fact)
    )


def agreement(here: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    """Say whether two sessions were measured alike: `same CPU, cores, Python version; governor unknown`."""
    apart = differences(here, there)
    if apart:
        return f"elsewhere: {', '.join(apart)}"
    known = [name for fact, name in FACTS.items() if here.get(fact) is not None]
    unknown = [FACTS[fact] for fact in ALWAYS_SAID if here.get(fact) is None]
    told = [f"same {', '.join(known)}" if known else "", f"{', '.join(unknown)} unknown" if unknown else ""]
    return "; ".join(part for part in told if part)


def _said(fact: Any) -> str:
    return "unknown" if fact is None else str(fact)


def described(machine: Mapping[str, Any]) -> str:
    """Say in one line what was measured on, as far as it is known."""
    gil = {"True": "with the GIL", "False": "without a GIL"}.get(str(machine.get("gil")))
    cores = machine.get("cores")
    parts = (
        machine.get("cpu_model"),
        None if cores is None else plural(int(cores), "core"),
        " ".join(str(part) for part in (machine.get("implementation"), machine.get("python"), gil) if part),
    )
    return ", ".join(str(part) for part in parts if part)
