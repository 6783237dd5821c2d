"""How many inputs a job of the user's own has in a version: `python -m gopatterns_cli.measuring.counting`.

The version's modules are in its own environment, and not where gopat runs.
"""

import sys
from typing import Any

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import asking
from gopatterns_cli.measuring.environment import Environment
from gopatterns_cli.measuring.kinds import python
from gopatterns_cli.measuring.processes import LostRunError
from scenarios.model import Job

TIMEOUT_S = 60.0
"""Importing a module and going through its inputs may take so long."""


def counted_in(environment: Environment, job: Job) -> int:
    """Import a job's function in a version's environment and count its inputs, up to `job.count` if set.

    Raises:
        Failure: as `kinds.python.counted`; exit code 1, too, when that hangs or ends the process.
    """
    request = {"function": job.function, "inputs": job.inputs, "count": job.count}
    try:
        return int(asking.asked(__name__, request, TIMEOUT_S, environment)["count"])
    except LostRunError as error:
        raise Failure(f"{python.INPUTS}: {job.inputs}: {error}") from None


def _counted(request: dict[str, Any]) -> dict[str, int]:
    return {"count": python.counted(request["function"], request["inputs"], request["count"])}


if __name__ == "__main__":
    sys.exit(asking.answer(_counted))
