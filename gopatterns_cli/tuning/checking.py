"""
The code to paste, run and checked in a fresh process: `python -m gopatterns_cli.tuning.checking`, started by
`course`. Its answers are compared with the plain loop's, as far as those are known.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from gopatterns_cli.answers import alike
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import asking
from gopatterns_cli.measuring.typed import shown
from gopatterns_cli.tuning import sample as samples
from gopatterns_cli.tuning.sample import Failed


def checked(request: dict[str, Any]) -> dict[str, Any]:
    """Run a text and check its answers.

    Args:
        request: `folder`, where the sample is; `module`, the text's name there; `count` of the inputs;
            `ordered`: the answers come in the order of the inputs.

    Returns:
        `seconds` that it took, `known` answers that were compared, and what is `wrong`, empty if nothing.
    """
    folder, count = Path(request["folder"]), int(request["count"])
    sample = samples.load(folder)
    sample.imported()  # its module is there before its inputs are read
    arguments = samples.arguments(folder, sample, 0, count)
    right = samples.answers(folder, sample, 0, count)
    sys.path.insert(0, str(folder))
    module = import_module(request["module"])
    began_s = time.perf_counter()
    try:
        found = module.main(arguments)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's function does
        raise Failure(f"{type(error).__name__}: {error}") from None
    took_s = time.perf_counter() - began_s
    return {
        "seconds": took_s,
        "known": len(right),
        "wrong": wrong(found, right, count, ordered=request["ordered"]),
    }


def wrong(found: Sequence[Any], right: dict[int, Any], count: int, *, ordered: bool) -> str:
    """Say what is wrong with the answers of `count` inputs, of which `right` are known; nothing if right."""
    if len(found) != count:
        return f"{len(found):,} results, {count:,} are right"
    answers = [_normal(answer) for answer in found]
    wanted = {number: _normal(answer) for number, answer in right.items()}
    if ordered:
        bad = (number for number in wanted if not alike(answers[number], wanted[number]))
        number = next(bad, None)
        return "" if number is None else f"{shown(answers[number])} where {shown(wanted[number])} is right"
    return next((f"{shown(answer)} is not among the results" for answer in _missing(wanted, answers)), "")


def _missing(wanted: dict[int, Any], answers: Sequence[Any]) -> Iterator[Any]:
    """
    Give the wanted answers that are not among those found, each of which stands for one. Those that can be
    counted are; each of the others is looked for, first where most of them are: in the order of the inputs.
    """
    found, left = Counter(filter(_counts, answers)), []
    for answer in wanted.values():
        if _counts(answer) and found[answer]:
            found[answer] -= 1
        else:
            left.append(answer)
    others = [*(answer for answer in answers if not _counts(answer)), *found.elements()]
    for answer in left:
        place = next((place for place, other in enumerate(others) if alike(other, answer)), None)
        if place is None:
            yield answer
        else:
            del others[place]


def _normal(answer: Any) -> Any:
    """A failure is compared by its kind, whether it was kept as such or given back by the text."""
    return Failed(type(answer).__name__) if isinstance(answer, Exception) else answer


def _counts(answer: Any) -> bool:
    """Whether an answer can be counted: it has a hash, and is equal to what is the same."""
    try:
        hash(answer)
        return bool(answer == answer)  # noqa: PLR0124 - NaN is not
    except Exception:  # noqa: BLE001 - whatever the user's objects do
        return False


if __name__ == "__main__":
    sys.exit(asking.answer(checked))
