"""What is measured: scenario files, the types they load into, and the document's claims.

Files are data; loading one never imports a user's code. Of `patterns` only names are used. Importing this
package imports no pydantic, so that a worker may.
"""

from scenarios.files import check, load, names, shipped
from scenarios.model import Arms, Claim, Job, Scenario, from_json, narrow, to_json
from scenarios.problem import ScenarioError
from scenarios.targets import Selection, find

__all__ = [
    "Arms",
    "Claim",
    "Job",
    "Scenario",
    "ScenarioError",
    "Selection",
    "check",
    "find",
    "from_json",
    "load",
    "names",
    "narrow",
    "shipped",
    "to_json",
]
