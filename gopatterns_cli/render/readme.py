"""The generated parts of a README: `python -m gopatterns_cli.render.readme README.md [--check]`.

Between two markers it puts the results of the newest complete, full session under `results/` beside the
file, so that no figure is ever typed by hand: of the document's claims, of sweeps, advice, break-even
and memory, and in brief of what operations cost.
A quick session, one that was interrupted, and one of something else are passed over. Between the markers of a
sample it puts what the command in the marker prints, 80 columns wide; only a command whose output never
changes belongs there. A page has the results, and of the other parts those whose markers it has.

With `--check` it writes nothing and ends with 1 when a part is not what it would write.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gopatterns_cli.comparison import Comparison, compare, memory_beside
from gopatterns_cli.failure import Failure
from gopatterns_cli.render import markdown
from gopatterns_cli.session import COMPLETE, Session, load, newest

COMMAND = "python -m gopatterns_cli.render.readme README.md"

PARTS: Mapping[str, tuple[str, Callable[[Comparison], str]]] = {
    "results": ("claims", markdown.results),
    "sweeps": ("sweeps", markdown.sweeps),
    "advice": ("advice", markdown.advice),
    "break-even": ("break-even", markdown.break_evens),
    "memory": ("memory", markdown.memory),
    "overhead": ("overhead", markdown.costs),
}
"""By its markers' name, the group whose newest session a part is made of, and how."""

REQUIRED = "results"

FOLDER = "results"

SAMPLE = re.compile(r"(<!-- sample: made by gopat ([^\n]+) -->\n```\n).*?(```\n<!-- /sample -->)", re.DOTALL)
"""A sample: its first marker with the command's arguments, the text, its second marker."""

USAGE = f"usage: {COMMAND} [--check]"


def main(arguments: Sequence[str]) -> int:
    """Write or check the results of one README; return 0, 1 when it is stale, 2 for a wrong call."""
    paths = [argument for argument in arguments if argument != "--check"]
    if len(paths) != 1:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        return _update(Path(paths[0]), only_check="--check" in arguments)
    except Failure as failure:
        print(f"error: {failure.message}", file=sys.stderr)
        return failure.exit_code


def markers(part: str) -> tuple[str, str]:
    """The two lines between which a part stands."""
    return f"<!-- {part}: made by {COMMAND} -->", f"<!-- /{part} -->"


def spliced(text: str, part: str, results: str) -> str:
    """Return `text` with `results` between the markers of a part.

    Raises:
        ValueError: the markers are not there, each once and in order.
    """
    opening, closing = markers(part)
    before, begin, rest = text.partition(opening)
    _, end, after = rest.partition(closing)
    if not begin or not end or opening in rest or closing in before + after:
        raise ValueError(f"found no place for the {part}, allowed one `{opening}` and then one `{closing}`")
    return f"{before}{opening}\n\n{results}\n{closing}{after}"


def with_samples(text: str) -> str:
    """Return `text` with every sample replaced by what its command prints.

    Raises:
        Failure: exit code 1, a command fails.
    """
    return SAMPLE.sub(lambda found: f"{found[1]}{_printed(shlex.split(found[2]))}{found[3]}", text)


def recorded(folder: Path, group: str) -> Session:
    """Return the newest complete and full session of a group, its path as seen from the README.

    Raises:
        SessionError: exit code 5, there is none.
    """
    path = newest(folder, group, lambda session: session.status == COMPLETE and not session.quick)
    return replace(load(path), path=path.relative_to(folder.parent))


def _update(readme: Path, *, only_check: bool) -> int:
    text = fresh = _read(readme)
    paths = []
    try:
        for part in _parts(text):
            group, written = PARTS[part]
            session = recorded(readme.parent / FOLDER, group)
            paths.append(str(session.path))
            fresh = spliced(fresh, part, written(compare(session, memory=_beside(session, readme.parent))))
        fresh = with_samples(fresh)
    except ValueError as error:
        raise Failure(f"{readme}: {error}", 2) from None
    if fresh == text:
        return 0
    if only_check:
        raise Failure(
            f"{readme}: its results are not those of {' and '.join(paths)}, or a sample is stale; {COMMAND}"
        )
    readme.write_text(fresh, encoding="utf-8")
    return 0


def _beside(session: Session, root: Path) -> Session | None:
    """The session of memory beside one, its path as seen from the README."""
    found = memory_beside(replace(session, path=root / session.path))
    return None if found is None else replace(found, path=found.path.relative_to(root))


def _parts(text: str) -> list[str]:
    """The parts that a page has; the results are missed where it does not have them."""
    return [part for part in PARTS if part == REQUIRED or any(marker in text for marker in markers(part))]


def _printed(arguments: Sequence[str]) -> str:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "gopatterns_cli", *arguments],
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 1} or done.stderr:  # 1: the sample is of a failure
        raise Failure(f"gopat {shlex.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def _read(readme: Path) -> str:
    try:
        return readme.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{readme}: cannot be read: {error}", 2) from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
