"""Where the files of a version come from: a commit, the working tree, another folder, a wheel."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gopatterns_cli.failure import Failure
from gopatterns_cli.versions import git

REF, TREE, FOLDER, WHEEL = "ref", "tree", "folder", "wheel"
"""The kinds."""


@dataclass(frozen=True)
class Source:
    """One of them.

    Args:
        kind: `ref`, `tree`, `folder` or `wheel`.
        what: in the user's words: `origin/main`, `the working tree`.
        commit: the full hash of what is checked out; empty where there is none.
        dirty: there are changes since that commit.
    """

    kind: str
    what: str
    commit: str = ""
    dirty: bool = False


def working_tree(here: Path) -> Source:
    """Return the files of the checkout around `here`, or of `here` itself, as they are now."""
    return _checkout(TREE, "the working tree", here)


def source_named(named: str, here: Path, say: Callable[[str], None]) -> Source:
    """Return what the user names, seen from the folder `here`: a branch, tag or commit goes before a folder.

    Raises:
        Failure: exit code 2: there is no such thing, or git is needed and missing.
    """
    if not named.strip():
        raise Failure('--ref: found "", allowed a branch, tag, commit, folder or wheel', 2)
    path = here / Path(named).expanduser()
    if named.endswith(".whl") and path.is_file():
        return Source(WHEEL, named)
    top = git.top_of(here)
    is_path = named.startswith((".", "~", os.sep)) or Path(named).is_absolute()
    commit = git.commit_of(top, named) if top is not None and not is_path else ""
    if commit:
        if path.is_dir():
            say(f"--ref: {named} is taken as git has it; ./{named} would be the folder")
        return Source(REF, named, commit)
    if path.is_dir():
        return _checkout(FOLDER, named, path)
    if path.exists():
        raise Failure(f"--ref: found {named}, a file; allowed a branch, tag, commit, folder or wheel", 2)
    if is_path or named.endswith(".whl"):
        raise Failure(f"--ref: found {named}, which is not there", 2)
    if top is None:
        git.needed()
        raise Failure(
            f"--ref: found {named}, which is no folder and no wheel file, and {here} is no git repository", 2
        )
    raise git.no_such(top, named)


def source_again(kind: str, what: str, commit: str, here: Path) -> Source:
    """Return what a session was begun with, as it is now; of a ref the commit that it named then.

    Raises:
        Failure: exit code 2: it is gone.
    """
    path = here / Path(what).expanduser()
    if kind == TREE:
        return working_tree(here)
    if kind == REF:
        top = git.top_of(here)
        if top is None or not git.commit_of(top, commit):
            raise Failure(f"{what}: the commit {commit} of this session is not in {here}", 2)
        return Source(REF, what, commit)
    if not path.exists():
        raise Failure(f"{what}: this session was begun with it, and it is not there", 2)
    return _checkout(FOLDER, what, path) if kind == FOLDER else Source(WHEEL, what)


def _checkout(kind: str, what: str, folder: Path) -> Source:
    top = git.top_of(folder)
    if top is None:
        return Source(kind, what)
    return Source(kind, what, git.head_of(top), git.is_dirty(top))
