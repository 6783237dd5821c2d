"""One of the versions that are measured side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from gopatterns_cli.measuring.environment import Environment
from gopatterns_cli.measuring.typed import checked

GONE = ("python", "paths", "folder")
"""What is not kept: it ends with the session, and would name the user's folders."""


@dataclass(frozen=True)
class Version:
    """A version that is built, or was.

    Args:
        label: `base` or `new`; where only Pythons are compared the version of each.
        kind: where its files are from: `ref`, `tree`, `folder` or `wheel`.
        what: in words: `origin/main`, `the working tree`.
        commit: the full hash; empty where there is none.
        dirty: its files differ from that commit.
        content: a hash of its files.
        interpreter: as the user named it; empty for the one that runs gopat.
        python_version: such as `3.13.1`.
        packages: what it depends on and is installed with it, as `name==version`, in order.
        python: the executable that runs its workers.
        paths: what their PYTHONPATH holds, first first.
        folder: stands for the folder that the user is in.
    """

    label: str
    kind: str
    what: str
    commit: str = ""
    dirty: bool = False
    content: str = ""
    interpreter: str = ""
    python_version: str = ""
    packages: tuple[str, ...] = ()
    python: str = ""
    paths: tuple[str, ...] = ()
    folder: str = ""

    @property
    def environment(self) -> Environment:
        """What its workers run in; of a built one only."""
        return Environment(self.python, self.paths, self.folder)

    def to_json(self) -> dict[str, Any]:
        """A plain dict that `from_json` reads back: all but where it was built."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name not in GONE}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The version that `to_json` wrote; it has to be built anew before it is run.

        Raises:
            KeyError: a key is missing; one too many is ignored.
            TypeError: a value is of the wrong type.
        """
        found = {field.name: data[field.name] for field in fields(cls) if field.name not in GONE}
        return checked(cls(**{**found, "packages": tuple(found["packages"])}))
