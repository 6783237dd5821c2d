"""The files of one version, copied to a folder of ours: there it is built, and the user's own is not touched.

Where there is a repository, the folder is a worktree of it, as some builds ask git for their version.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from gopatterns_cli.versions import git

LEFT_OUT = frozenset({".git", "__pycache__"})
"""What is not copied where no git says which files there are; virtual environments are not, either."""

Say = Callable[[str], None]


def check_out(top: Path, commit: str, target: Path, say: Say) -> None:
    """Bring the files of a commit to `target`, which is not there yet."""
    git.add_worktree(top, target, commit)
    _say_left_out(git.submodules(top, commit), say)
    git.check_out(target)


def copy(top: Path, target: Path, say: Say) -> None:
    """Copy a checkout as it is now to `target`: what is tracked, and new files that are not ignored."""
    commit = git.head_of(top)
    names = git.files(top)
    if commit:
        git.add_worktree(top, target, commit)
        git.fill_index(target)
    folders = [name for name in names if (top / name).is_dir() and not (top / name).is_symlink()]
    _copy_files(top, target, (name for name in names if name not in set(folders)))
    _say_left_out(folders, say)


def copy_folder(folder: Path, target: Path) -> None:
    """Copy a folder that is in no repository."""
    names: list[str] = []
    for here, folders, files in os.walk(folder):
        folders[:] = [
            name for name in folders if name not in LEFT_OUT and not Path(here, name, "pyvenv.cfg").exists()
        ]
        links = [name for name in folders if Path(here, name).is_symlink()]
        names += [os.path.relpath(Path(here, name), folder) for name in (*files, *links)]
    _copy_files(folder, target, names)


def content(folder: Path) -> str:
    """Return a hash of all files in a folder, their names, and which may be run; of none that is git's."""
    found = hashlib.sha256()
    for here, folders, files in os.walk(folder):
        folders.sort()
        links = [name for name in folders if Path(here, name).is_symlink()]
        for name in sorted((*files, *links)):
            path = Path(here, name)
            if name == ".git":
                continue
            is_link = path.is_symlink()
            kind = "link" if is_link else "program" if os.access(path, os.X_OK) else "file"
            held = os.fsencode(path.readlink()) if is_link else path.read_bytes()
            told = f"{kind} {len(held)} ".encode() + os.fsencode(os.path.relpath(path, folder))
            found.update(told + b"\0" + held)
    return found.hexdigest()


def _copy_files(source: Path, target: Path, names: Iterable[str]) -> None:
    target.mkdir(exist_ok=True)
    for name in names:
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # removed, and git was not told, or just now
            shutil.copy2(source / name, path, follow_symlinks=False)


def _say_left_out(folders: Iterable[str], say: Say) -> None:
    named = ", ".join(name.rstrip("/") for name in folders)
    if named:
        say(f"left out, as submodules and other repositories are: {named}")
