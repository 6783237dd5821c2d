"""Versions of a project, built side by side for workers to measure: a commit, another folder, a wheel, and
the working tree as it is now; or that on several Pythons.

    with making.built("origin/main", (), say) as (base, new):
        launch(replace(order, environment=base.environment))

Measured code and measuring code are kept apart. A worker of any version has the running gopat's
`gopatterns_cli` and `scenarios`; the project is the version's own, and so are `patterns` if it has them. What
it depends on is installed in the user's cache, once for each set of requirements and Python. The working tree
is only read.

Files that git ignores are in no version. Submodules are left out of all of them. Files of Git LFS are what
`git checkout` makes of them. Building a version runs that project's code, as `pip install` of it does:
compare only what you would install.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gopatterns_cli.failure import Failure
from gopatterns_cli.versions import harness
from gopatterns_cli.versions.building import Site, Wanted, build
from gopatterns_cli.versions.installer import Installer
from gopatterns_cli.versions.interpreters import Interpreter, interpreter
from gopatterns_cli.versions.pip import Pip
from gopatterns_cli.versions.sources import source_again, source_named, working_tree
from gopatterns_cli.versions.version import Version
from gopatterns_cli.versions.workplace import workplace

BASE, NEW = "base", "new"

Say = Callable[[str], None]


@contextmanager
def built(
    ref: str | None,
    pythons: Sequence[str],
    say: Say,
    *,
    here: Path | None = None,
    installer: Installer | None = None,
) -> Iterator[tuple[Version, ...]]:
    """Build what is compared; it is gone after the block, however that is left.

    Args:
        ref: the base, as the user names it, that the working tree is compared with; None where only Pythons
            are compared.
        pythons: with `ref` none or one, which both run in. Without it the working tree is compared on these,
            the first is the base; a single one is compared with the Python that runs gopat.
        say: tells the user what is being done, a line at a time.
        here: the folder that the user is in; None for the current one.
        installer: None for pip.

    Returns:
        The base first.

    Raises:
        Failure: exit code 2: something named is not there, or cannot be compared; 1: building it failed.

    Cost: seconds for each version, and minutes where its dependencies are not in the cache yet.
    """
    folder = Path.cwd() if here is None else here.resolve()
    if ref is None:
        wanted = _on_each(pythons, folder)
    elif len(pythons) > 1:
        raise Failure(f"--python: found {len(pythons)} beside --ref, allowed one, for both versions", 2)
    else:
        runs_in = interpreter(*pythons)
        base = source_named(ref, folder, say)
        wanted = [Wanted(BASE, base, runs_in), Wanted(NEW, working_tree(folder), runs_in)]
    with _built(wanted, folder, say, installer) as found:
        yield found


@contextmanager
def rebuilt(
    stored: Sequence[Version], say: Say, *, here: Path | None = None, installer: Installer | None = None
) -> Iterator[tuple[Version, ...]]:
    """Build the versions of a session anew, the very same; it is gone after the block, however that is left.

    Args:
        stored: what `built` gave when the session was begun.
        say: tells the user what is being done, a line at a time.
        here: the folder that the user is in; None for the current one.
        installer: None for pip.

    Raises:
        Failure: as `built`; exit code 2, too, when files, a Python or a dependency are not what they were.
    """
    folder = Path.cwd() if here is None else here.resolve()
    wanted = [_again(version, folder) for version in stored]
    with _built(wanted, folder, say, installer) as found:
        for then, now in zip(stored, found, strict=True):
            _check_packages(then, now)
        yield tuple(
            replace(then, python=now.python, paths=now.paths, folder=now.folder)
            for then, now in zip(stored, found, strict=True)
        )


@contextmanager
def _built(
    wanted: Sequence[Wanted], here: Path, say: Say, installer: Installer | None
) -> Iterator[tuple[Version, ...]]:
    with workplace() as place:
        site = Site(place, *harness.copied(place.folder), here, installer or Pip(), say)
        yield tuple(build(one, number, site) for number, one in enumerate(wanted))


def _on_each(pythons: Sequence[str], here: Path) -> list[Wanted]:
    if not pythons:
        raise Failure("nothing to compare the working tree with: --ref or --python names it", 2)
    found = [interpreter(named) for named in (("", *pythons) if len(pythons) == 1 else pythons)]
    versions = [one.version for one in found]
    labels = [_label(one, versions) for one in found]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise Failure(f"--python: found {twice} twice, allowed each once", 2)
    tree = working_tree(here)
    return [Wanted(label, tree, one) for label, one in zip(labels, found, strict=True)]


def _label(one: Interpreter, versions: Sequence[str]) -> str:
    """Name a Python by its version; where two have the same, by how the user named it, too."""
    return one.version if versions.count(one.version) == 1 else f"{one.version} {one.named}".rstrip()


def _again(version: Version, here: Path) -> Wanted:
    runs_in = interpreter(version.interpreter)
    if runs_in.version != version.python_version:
        raise Failure(
            f"this session was begun with Python {version.python_version}, found {runs_in.version}", 2
        )
    source = source_again(version.kind, version.what, version.commit, here)
    return Wanted(version.label, source, runs_in, version.content)


def _check_packages(then: Version, now: Version) -> None:
    changed = sorted({*then.packages} ^ {*now.packages})
    if changed:
        problem = "what it depends on is not what it was when the session began"
        raise Failure(f"{then.what}: {problem}: {', '.join(changed)}", 2)
