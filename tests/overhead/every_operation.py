"""Do every operation of one arm, cold and warm, in a process of its own, and say what went wrong as JSON.

`python every_operation.py ARM COUNT`: an arm is `gopat/RUNTIME` or a peer; its loops and threads end with the
process.
"""

import json
import sys

from gopatterns_cli.overhead import arms, timing
from gopatterns_cli.overhead.operations import OPERATIONS, WrongAnswerError

OURS = "gopat/"

SETTINGS = {"workers": [1, 10, 100], "per second": [100, 10_000]}


def problem(operation, arm, count, setting, pool):
    try:
        values = timing.measure(operation, arm, count=count, setting=setting, loops=2, pool=pool)
    except WrongAnswerError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - what it is, is told
        return repr(error)
    return None if len(values) == 2 and min(values) > 0 else f"found {values}"


def main(name, count):
    arm = arms.on(name.removeprefix(OURS)) if name.startswith(OURS) else arms.peer(name)
    print(
        json.dumps(
            {
                f"{operation.name} {setting} {pool}": problem(operation, arm, count, setting, pool)
                for operation in OPERATIONS.values()
                if hasattr(arm.module, operation.function)
                for setting in SETTINGS.get(operation.setting, [operation.cases])
                for pool in timing.POOLS
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
