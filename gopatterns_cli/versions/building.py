"""One version built in the workplace: its files, its wheel, what it depends on, what its workers look in.

Building a project runs that project's code, as `pip install` of it does.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gopatterns_cli.failure import Failure
from gopatterns_cli.versions import git, trees
from gopatterns_cli.versions.environments import environment, packages
from gopatterns_cli.versions.installer import Installer
from gopatterns_cli.versions.interpreters import Interpreter
from gopatterns_cli.versions.pip import python_in
from gopatterns_cli.versions.projects import project_around
from gopatterns_cli.versions.sources import FOLDER, REF, WHEEL, Source
from gopatterns_cli.versions.version import Version
from gopatterns_cli.versions.wheels import requirements
from gopatterns_cli.versions.workplace import Workplace


@dataclass(frozen=True)
class Wanted:
    """A version to be built; with `content`, only if its files are still those."""

    label: str
    source: Source
    interpreter: Interpreter
    content: str = ""


@dataclass(frozen=True)
class Site:
    """Where versions are built, and by whom.

    Args:
        workplace: gone at the end.
        harness: the folder with what measures.
        patterns: the folder with the patterns for a version that has none of its own.
        here: the folder that the user is in.
        installer: pip.
        say: tells the user what is being done, a line at a time.
    """

    workplace: Workplace
    harness: Path
    patterns: Path
    here: Path
    installer: Installer
    say: Callable[[str], None]


def build(wanted: Wanted, number: int, site: Site) -> Version:
    """Build a version in a folder of its own, whose name is no longer than that of the others: the size of a
    worker's environment is to be the same.

    Raises:
        Failure: exit code 1: it does not build; 2: its files have changed, or it is for another Python.
    """
    what = wanted.source.what
    folder = site.workplace.folder / f"{number:02}"
    try:
        folder.mkdir()
        stands_in, content = _files(wanted.source, folder / "tree", site)
        _check_content(wanted, content)
        return _built(wanted, folder, stands_in, content, site)
    except Failure as failure:
        raise Failure(f"{what}: {failure.message}", failure.exit_code) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise Failure(f"{what} cannot be built: {where}{error.strerror or error}") from None


def _check_content(wanted: Wanted, content: str) -> None:
    if wanted.content not in {"", content}:
        raise Failure("not what it was when the session began; a new session compares it as it is now", 2)


def _files(source: Source, tree: Path, site: Site) -> tuple[Path, str]:
    """Bring the files of a version; return what stands for the current folder there, and their hash."""
    if source.kind == WHEEL:
        tree.mkdir()
        return tree, hashlib.sha256(_path(source, site).read_bytes()).hexdigest()
    folder = _path(source, site) if source.kind == FOLDER else site.here
    top = git.top_of(folder)
    if top is None:
        trees.copy_folder(folder, tree)
    else:
        site.workplace.note(top)
        if source.kind == REF:
            trees.check_out(top, source.commit, tree, site.say)
        else:
            trees.copy(top, tree, site.say)
    return tree / _within(folder, top, site.here), trees.content(tree)


def _within(folder: Path, top: Path | None, here: Path) -> Path:
    """Say where in a tree the user would be: with the top of another checkout, at the same place in it."""
    inside = folder.resolve().relative_to(top) if top is not None else Path()
    ours = git.top_of(here)
    if inside == Path() and ours is not None:
        same = here.resolve().relative_to(ours)
        return same if (folder / same).is_dir() else inside
    return inside


def _built(wanted: Wanted, folder: Path, stands_in: Path, content: str, site: Site) -> Version:
    source, interpreter = wanted.source, wanted.interpreter
    builder = python_in(environment(interpreter, (), site.installer, site.say))
    wheel = _wheel(source, folder, stands_in, builder, site)
    installed = folder / "installed"
    needs: tuple[str, ...] = ()
    own = (str(stands_in),) if wheel is None and (stands_in / "patterns/__init__.py").is_file() else ()
    if wheel is not None:
        needs, own = requirements(wheel), (str(installed),)
        site.installer.unpack(builder, wheel, installed)
    runs_in = environment(interpreter, needs, site.installer, site.say)
    return Version(
        label=wanted.label,
        kind=source.kind,
        what=source.what,
        commit=source.commit,
        dirty=source.dirty,
        content=content,
        interpreter=interpreter.named,
        python_version=interpreter.version,
        packages=packages(runs_in),
        python=str(python_in(runs_in)),
        paths=(str(site.harness), *own, str(site.patterns)),
        folder=str(stands_in),
    )


def _wheel(source: Source, folder: Path, stands_in: Path, builder: Path, site: Site) -> Path | None:
    """Return the wheel of a version; None where it is not a package."""
    if source.kind == WHEEL:
        return _path(source, site)
    project = project_around(stands_in, folder / "tree")
    commit = f" ({source.commit[:10]})" if source.kind == REF else ""
    if project is not None:
        site.say(f"building {source.what}{commit}")
        return site.installer.wheel(builder, project, folder / "wheel")
    if not stands_in.is_dir():
        raise Failure(f"there is no folder {stands_in.relative_to(folder / 'tree')} in it", 2)
    site.say(f"{source.what}{commit} is not a package: its files are used as they are")
    return None


def _path(source: Source, site: Site) -> Path:
    return (site.here / Path(source.what).expanduser()).resolve()
