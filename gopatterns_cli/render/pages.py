"""The generated parts of our pages: `python -m gopatterns_cli.render.pages README.md docs/*.md [--check]`.

Between two markers it puts the results of the newest complete, full session under `results/`, beside the
page or one folder above, so that no figure is ever typed by hand: of the document's claims, of sweeps,
advice, break-even and memory, and in brief of what operations cost.
A quick session, one that was interrupted, and one of something else are passed over. Between the markers of a
sample it puts what the command in the marker prints, 80 columns wide; only a command whose output never
changes belongs there. A page has those parts whose markers it has.

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
from gopatterns_cli.words import LANGUAGES, spoken

COMMAND = "python -m gopatterns_cli.render.pages"

PARTS: Mapping[str, tuple[str, Callable[[Comparison], str]]] = {
    "claims": ("claims", markdown.claims),
    "results": ("claims", markdown.results),
    "sweeps": ("sweeps", markdown.sweeps),
    "advice": ("advice", markdown.advice),
    "break-even": ("break-even", markdown.break_evens),
    "memory": ("memory", markdown.memory),
    "overhead": ("overhead", markdown.costs),
}
"""By its markers' name, the group whose newest session a part is made of, and how."""

FOLDER = "results"

SAMPLE = re.compile(r"(<!-- sample: made by gopat ([^\n]+) -->\n```\n).*?(```\n<!-- /sample -->)", re.DOTALL)
"""A sample: its first marker with the command's arguments, the text, its second marker."""

USAGE = f"usage: {COMMAND} PAGE... [--check]"


def main(arguments: Sequence[str]) -> int:
    """Write or check the parts of pages; return 0, 1 when one is stale, 2 for a wrong call."""
    paths = [argument for argument in arguments if argument != "--check"]
    if not paths:
        print(USAGE, file=sys.stderr)
        return 2
    codes = [_tried(Path(path), only_check="--check" in arguments) for path in paths]
    return max(codes)


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
    """Return the newest complete and full session of a group, its path as seen from there.

    Raises:
        SessionError: exit code 5, there is none.
    """
    path = newest(folder, group, lambda session: session.status == COMPLETE and not session.quick)
    return replace(load(path), path=path.relative_to(folder.parent))


def _tried(page: Path, *, only_check: bool) -> int:
    try:
        _update(page, only_check=only_check)
    except Failure as failure:
        print(f"error: {failure.message}", file=sys.stderr)
        return failure.exit_code
    return 0


def _update(page: Path, *, only_check: bool) -> None:
    text = fresh = _read(page)
    root = _root(page)
    paths = []
    try:
        for part in _parts(text):
            group, written = PARTS[part]
            session = recorded(root / FOLDER, group)
            paths.append(str(session.path))
            with spoken(_language(page)):
                results = written(compare(session, memory=_beside(session, root)))
            fresh = spliced(fresh, part, results)
        fresh = with_samples(fresh)
    except ValueError as error:
        raise Failure(f"{page}: {error}", 2) from None
    if fresh == text:
        return
    if only_check:
        made = f"its results are not those of {' and '.join(paths)}, or a sample" if paths else "a sample"
        raise Failure(f"{page}: {made} is stale; {COMMAND} {page}")
    page.write_text(fresh, encoding="utf-8")


def _language(page: Path) -> str:
    """The language of a page: that of `README.zh.md` is zh."""
    *_, language = ["", *page.suffixes[:-1]]
    name = language.removeprefix(".")
    return name if name in LANGUAGES else LANGUAGES[0]


def _root(page: Path) -> Path:
    """The folder that the results of a page lie in: its own, or the one above."""
    folder = page.absolute().parent
    return folder if (folder / FOLDER).is_dir() or not (folder.parent / FOLDER).is_dir() else folder.parent


def _beside(session: Session, root: Path) -> Session | None:
    """The session of memory beside one, its path as seen from there."""
    found = memory_beside(replace(session, path=root / session.path))
    return None if found is None else replace(found, path=found.path.relative_to(root))


def _parts(text: str) -> list[str]:
    """The parts that a page has, or begins."""
    return [part for part in PARTS if any(marker in text for marker in markers(part))]


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


def _read(page: Path) -> str:
    try:
        return page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{page}: cannot be read: {error}", 2) from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
