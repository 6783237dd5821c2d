"""The machine and the Python of a session in words, and what differs between two of them."""

from collections.abc import Mapping
from typing import Any

from gopatterns_cli.figures import plural
from gopatterns_cli.words import tr

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
        tr(
            "{fact}: {here} here, {there} there",
            fact=tr(name),
            here=_said(here.get(fact)),
            there=_said(there.get(fact)),
        )
        for fact, name in FACTS.items()
        if here.get(fact) != there.get(fact)
    )


def agreement(here: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    """Say whether two sessions were measured alike: `same CPU, cores, Python version; governor unknown`."""
    apart = differences(here, there)
    if apart:
        return tr("elsewhere: {differences}", differences=tr(", ").join(apart))
    known = tr(", ").join(tr(name) for fact, name in FACTS.items() if here.get(fact) is not None)
    unknown = tr(", ").join(tr(FACTS[fact]) for fact in ALWAYS_SAID if here.get(fact) is None)
    told = [
        tr("same {facts}", facts=known) if known else "",
        tr("{facts} unknown", facts=unknown) if unknown else "",
    ]
    return tr("; ").join(part for part in told if part)


def _said(fact: Any) -> str:
    return tr("unknown") if fact is None else str(fact)


def described(machine: Mapping[str, Any]) -> str:
    """Say in one line what was measured on, as far as it is known."""
    gil = {"True": tr("with the GIL"), "False": tr("without a GIL")}.get(str(machine.get("gil")))
    cores = machine.get("cores")
    parts = (
        machine.get("cpu_model"),
        None if cores is None else plural(int(cores), "core"),
        " ".join(str(part) for part in (machine.get("implementation"), machine.get("python"), gil) if part),
    )
    return tr(", ").join(str(part) for part in parts if part)
