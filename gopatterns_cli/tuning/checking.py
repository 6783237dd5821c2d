"""
The code to paste, run and checked in a fresh process: `python -m gopatterns_cli.tuning.checking`, started by
`course`. Its answers are compared with the plain loop's, as far as those are known.
"""

import sys
import time
from collections import Counter
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from gopatterns_cli.answers import alike
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.typed import shown
from gopatterns_cli.tuning import fresh
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
    missing = Counter(map(_key, wanted.values())) - Counter(map(_key, answers))
    return "" if not missing else f"{shown(next(iter(missing)))} is not among the results"


def _normal(answer: Any) -> Any:
    """A failure is compared by its kind, whether it was kept as such or given back by the text."""
    return Failed(type(answer).__name__) if isinstance(answer, Exception) else answer


def _key(answer: Any) -> Any:
    """What stands for an answer where many are counted: itself, or its words where it cannot be hashed."""
    try:
        hash(answer)
    except TypeError:
        return repr(answer)
    return answer if answer == answer else repr(answer)  # noqa: PLR0124 - NaN is not


if __name__ == "__main__":
    sys.exit(fresh.answer(checked))
