"""What a shell offers for a word that is being typed; each answers in the time of a keystroke.

Names are found by listing folders; nothing is loaded, and a file that cannot be read offers nothing.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from runpy import run_path

ALL = "all"
FOLDER = "results"
ASKED = "_GOPAT_COMPLETE"
"""Set by a shell that asks."""
PATTERNS = Path(__file__).resolve().parents[1] / "patterns"


def without_rich() -> None:
    """Where a shell asks, keep Typer from loading Rich, for which our help has no markup."""
    if ASKED in os.environ:
        sys.modules.setdefault("rich", None)  # type: ignore[arg-type]  # the language's way to say: not here


def is_option() -> bool:
    """Whether the word that a shell asks about begins as an option does."""
    line = os.environ.get("_TYPER_COMPLETE_ARGS") or os.environ.get("COMP_WORDS") or ""
    return line.replace("\n", " ").rpartition(" ")[2].startswith("-")  # bash sends a word a line


def patterns(incomplete: str) -> list[str]:
    """Offer the patterns."""
    return _beginning(pattern_names(), incomplete)


def runtimes(incomplete: str) -> list[str]:
    """Offer the runtimes."""
    return _beginning(_runtimes(), incomplete)


def runtime_list(incomplete: str) -> list[str]:
    """Offer runtimes behind what is there of a list, each once; `all` in front."""
    names = _runtimes() if "," in incomplete else (ALL, *_runtimes())
    return some_of(*names)(incomplete)


def targets(incomplete: str) -> list[str]:
    """Offer what can be measured: groups, scenarios, patterns; behind a slash the claims of a scenario."""
    from scenarios.files import shipped  # noqa: PLC0415 - only where a shell asks

    files = shipped()
    if "/" in incomplete:
        return _beginning(_claims(files), incomplete)
    groups = dict.fromkeys(path.parent.name for path in files)
    return _beginning(dict.fromkeys([ALL, *groups, *(path.stem for path in files)]), incomplete)


def sessions(incomplete: str) -> list[str]:
    """Offer session files, and the groups that sessions are looked for by."""
    from scenarios.files import shipped  # noqa: PLC0415 - only where a shell asks

    groups = dict.fromkeys(path.parent.name for path in shipped())
    return _beginning([*groups, *session_files(incomplete)], incomplete)


def session_files(incomplete: str) -> list[str]:
    """Offer session files, the newest name first."""
    folder = Path(os.environ.get("GOPAT_RESULTS") or FOLDER)
    with contextlib.suppress(OSError):
        return _beginning(map(str, sorted(folder.glob("*.json"), reverse=True)), incomplete)
    return []


def one_of(*words: str) -> Callable[[str], list[str]]:
    """Offer these words."""

    def offered(incomplete: str) -> list[str]:
        return _beginning(words, incomplete)

    return offered


def some_of(*words: str) -> Callable[[str], list[str]]:
    """Offer these words behind what is there of a list, each once."""

    def offered(incomplete: str) -> list[str]:
        done, comma, last = incomplete.rpartition(",")
        free = [word for word in words if word not in done.split(",")]
        return [f"{done}{comma}{word}" for word in _beginning(free, last)]

    return offered


def pattern_names() -> tuple[str, ...]:
    """Return the patterns, as `catalogue.names` does."""
    return _names("catalogue.py")


def _runtimes() -> tuple[str, ...]:
    return _names("runtimes/__init__.py")


def _names(file: str) -> tuple[str, ...]:
    """Ask a module of `patterns` that lists a folder, without the package around it, which takes longer."""
    found: tuple[str, ...] = run_path(str(PATTERNS / file))["names"]()
    return found


def _claims(files: Iterable[Path]) -> Iterator[str]:
    import tomllib  # noqa: PLC0415 - only where a claim is completed

    for path in files:
        with contextlib.suppress(OSError, tomllib.TOMLDecodeError):
            found = tomllib.loads(path.read_text(encoding="utf-8")).get("claim", [])
            yield from (str(claim["id"]) for claim in found if "id" in claim)


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
