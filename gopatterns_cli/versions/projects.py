"""Whether a folder holds a project that pip builds, or files that are used as they are."""

import tomllib
from pathlib import Path

from gopatterns_cli.failure import Failure


def project_around(folder: Path, top: Path) -> Path | None:
    """Return the nearest folder that pip can build, from `folder` up to `top`; None where there is none.

    Raises:
        Failure: exit code 2: a pyproject.toml is no TOML.
    """
    places = [folder, *folder.parents]
    within = places[: places.index(top) + 1]
    return next((place for place in within if _can_be_built(place)), None)


def _can_be_built(folder: Path) -> bool:
    if (folder / "setup.py").is_file():
        return True
    try:
        found = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return False
    except ValueError as error:  # bytes that are no UTF-8, too
        raise Failure(f"pyproject.toml: {error}", 2) from None
    except OSError as error:
        raise Failure(f"pyproject.toml cannot be read: {error.strerror}", 2) from None
    return bool({"build-system", "project"} & found.keys())  # else it only has settings of some tools
