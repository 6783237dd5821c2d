"""What a wheel says of itself, read without installing it. Source: the wheel format, PEP 427 and PEP 566."""

import re
import zipfile
from email.parser import BytesParser
from pathlib import Path

from gopatterns_cli.failure import Failure

METADATA = re.compile(r"[^/]+\.dist-info/METADATA")

EXTRA = re.compile(r"\bextra\s*==")


def requirements(wheel: Path) -> tuple[str, ...]:
    """Return what a wheel requires, with the markers that pip evaluates, in order; extras are ignored.

    Raises:
        Failure: exit code 2: it is no wheel.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            (name,) = (name for name in archive.namelist() if METADATA.fullmatch(name))
            found = BytesParser().parsebytes(archive.read(name)).get_all("Requires-Dist") or []
    except (zipfile.BadZipFile, ValueError, KeyError):
        raise Failure(f"--ref: {wheel.name} is no wheel", 2) from None
    except OSError as error:
        raise Failure(f"--ref: {wheel.name} cannot be read: {error.strerror}", 2) from None
    return tuple(sorted({" ".join(str(line).split()) for line in found if not _is_of_an_extra(str(line))}))


def _is_of_an_extra(requirement: str) -> bool:
    marker = requirement.partition(";")[2]
    return bool(EXTRA.search(marker)) and " or " not in marker
