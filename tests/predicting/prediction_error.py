"""How far predictions lie from what a session measured: a line per arm, then the median.

    python tests/predicting/prediction_error.py SESSION.json...

The costs are those of this machine, measured now if they are not known; a session of another machine or
Python says nothing about them. It is a command and not a test: no time holds everywhere.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from gopatterns_cli.measured import measured
from gopatterns_cli.predicting.prediction import predictions
from gopatterns_cli.session import load


def main() -> None:
    """Print every arm of ours with its prediction, its time and the error."""
    errors: list[float] = []
    for path in sys.argv[1:]:
        session = load(Path(path))
        found = predictions(session.plan.cells, quick=session.quick, measures=True, say=print)
        print(f"{path}\n{'predicted':>12} {'measured':>12} {'error':>7}  arm")
        for name, predicted_s in found.seconds.items():
            time_s = measured(session, session.plan.cell(name)).time_s
            if time_s is not None:
                errors.append(predicted_s / time_s - 1)
                print(f"{predicted_s * 1e3:9.3f} ms {time_s * 1e3:9.3f} ms {errors[-1]:+7.1%}  {name}")
        for name, reason in found.none.items():
            print(f"{'-':>12} {'':>12} {'':>7}  {name}: {reason}")
    print(f"median error {median(map(abs, errors)):.1%} over {len(errors)} arms")


if __name__ == "__main__":
    main()
