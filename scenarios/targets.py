"""What a TARGET means: a path, a claim id, a group or scenario, or a pattern, tried in that order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from patterns import catalogue
from scenarios.files import load, shipped
from scenarios.model import Scenario, narrow
from scenarios.near import did_you_mean
from scenarios.notation import quoted
from scenarios.problem import ScenarioError, refusal, shown

ALL = "all"
CLAIMS = "claims"
"""The group of the document's claims, which `all` means."""

_LEVELS = "a path, a claim id, a group, a scenario or a pattern"


@dataclass(frozen=True)
class Selection:
    """The scenarios that targets mean.

    Attributes:
        name: the group, or the scenario's stem, or the pattern; joined by `+` where targets differ.
        scenarios: each once, in the order asked for; only the claims asked for where a target was a claim id.
    """

    name: str
    scenarios: tuple[Scenario, ...]


def find(*targets: str) -> Selection:
    """Find what the targets of a command line mean.

    Raises:
        ScenarioError: with every target that means nothing or two things at once, and everything that is
            wrong with a file that was named; or two files cannot be measured together.
    """
    known = tuple(load(path) for path in shipped())
    selections: list[Selection] = []
    problems: list[str] = []
    for target in targets:
        try:
            selections.append(resolve(target, known))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return _union(selections, known)


def resolve(target: str, known: Sequence[Scenario]) -> Selection:
    """Find what one target means.

    Args:
        target: as it was typed.
        known: the scenarios in which claim ids, groups, names and patterns are looked up.

    Raises:
        ScenarioError: it means nothing, or two things at the same level, or a file that cannot be loaded.
    """
    if _is_path(target):
        scenario = load(target)
        return Selection(scenario.stem, (scenario,))
    if target == ALL:
        return resolve(CLAIMS, known)
    for level in (_claim, _group_or_scenario, _pattern):
        selections = level(target, known)
        if len(selections) > 1:
            raise _ambiguous(target, selections)
        if selections:
            return selections[0]
    raise _unknown(target, known)


def _is_path(target: str) -> bool:
    if target.endswith(".toml") or target.startswith((".", "/", "~")):
        return True
    try:
        return Path(target).is_file()
    except (OSError, ValueError):  # too long for a file name, or a null byte in it
        return False


def _claim(target: str, known: Sequence[Scenario]) -> list[Selection]:
    holders = [scenario for scenario in known if target in _claim_ids(scenario)]
    return [Selection(scenario.stem, (narrow(scenario, {target}),)) for scenario in holders]


def _group_or_scenario(target: str, known: Sequence[Scenario]) -> list[Selection]:
    group = tuple(scenario for scenario in known if scenario.group == target)
    named = [scenario for scenario in known if target in (scenario.name, scenario.stem)]
    return [Selection(target, group)] * bool(group) + [Selection(one.stem, (one,)) for one in named]


def _pattern(target: str, known: Sequence[Scenario]) -> list[Selection]:
    timed = (scenario for scenario in known if not scenario.is_footprint)  # memory is a group of its own
    scenarios = tuple(scenario for scenario in timed if scenario.pattern == target)
    return [Selection(target, scenarios)] if scenarios else []


def _claim_ids(scenario: Scenario) -> set[str]:
    return {claim.id for claim in scenario.claims}


def _ambiguous(target: str, selections: Sequence[Selection]) -> ScenarioError:
    meant = [", ".join(scenario.name for scenario in selection.scenarios) for selection in selections]
    return refusal("TARGET", f"{quoted(target)}, which is {' and also '.join(meant)}", "one of them")


def _unknown(target: str, known: Sequence[Scenario]) -> ScenarioError:
    if target in catalogue.names():
        found, allowed = f"the pattern {target}, which no scenario measures", _LEVELS
    else:
        names = [name for scenario in known for name in _names(scenario)]
        found, allowed = quoted(target), _LEVELS + did_you_mean(target, [ALL, *names])
    return refusal("TARGET", found, allowed)


def _names(scenario: Scenario) -> list[str]:
    names = [scenario.stem, scenario.name, scenario.pattern, *_claim_ids(scenario)]
    return [*names, scenario.group] if scenario.group else names


def _union(selections: Sequence[Selection], known: Sequence[Scenario]) -> Selection:
    """Put selections together; claims of one scenario, asked for one by one, are measured together."""
    merged: dict[str, Scenario] = {}
    for scenario in (scenario for selection in selections for scenario in selection.scenarios):
        earlier = merged.setdefault(scenario.stem, scenario)
        if not _same_file(earlier, scenario):
            raise _same_stem(earlier, scenario)
        merged[scenario.stem] = _together(earlier, scenario, known)
    _check_claim_ids(merged.values())
    return Selection("+".join(dict.fromkeys(one.name for one in selections)), tuple(merged.values()))


def _together(one: Scenario, other: Scenario, known: Sequence[Scenario]) -> Scenario:
    whole = next((scenario for scenario in known if scenario.name == one.name), one)
    return whole if whole in (one, other) else narrow(whole, _claim_ids(one) | _claim_ids(other))


def _same_file(one: Scenario, other: Scenario) -> bool:
    try:
        return one.path == other.path or Path(one.path).samefile(other.path)
    except OSError:  # a shipped file is named without the folder it is installed in
        return False


def _check_claim_ids(measured: Iterable[Scenario]) -> None:
    """Refuse a session in which two claims would go by one name."""
    holders: dict[str, Scenario] = {}
    for scenario in measured:
        for name in sorted(_claim_ids(scenario)):
            earlier = holders.setdefault(name, scenario)
            if earlier is not scenario:
                found = f"the claim {shown(name)} in both {earlier.path} and {scenario.path}"
                raise refusal("TARGET", found, "an id of its own for each claim that is measured")


def _same_stem(one: Scenario, other: Scenario) -> ScenarioError:
    found = f"both {one.path} and {other.path}"
    return refusal("TARGET", found, "files of different stems, because cells are called by the stem")
