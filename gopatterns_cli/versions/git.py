"""What is asked of git, and the worktrees that we add to a user's repository and take away again.

The user's hooks do not run, no daemon is started, nothing is cleared up that is not ours. Filters do run, as
they do for `git checkout`: that is how files of Git LFS come to their content. Submodules stay empty folders.
"""

import os
import shutil
from pathlib import Path

from gopatterns_cli.failure import Failure
from gopatterns_cli.near import did_you_mean
from gopatterns_cli.versions.programs import Done, done

GIT_S = 300.0
"""Of one command: a checkout may have to fetch files of Git LFS."""

SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "submodule.recurse": "false",
}
"""What is set over the user's own configuration."""

LOCAL = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
)
"""What git sets for its hooks: inside one, it would name another repository than the folder does."""

SUBMODULE = "160000"
"""The mode of a submodule in a tree."""


def top_of(folder: Path) -> Path | None:
    """Return the top folder of the checkout that a folder is in; None in none, or where there is no git.

    Raises:
        Failure: exit code 2: git refuses to look at it.
    """
    if shutil.which("git") is None:
        return None
    found = _git(folder, "rev-parse", "--show-toplevel")
    if found.code == 0:
        return Path(found.out.removesuffix("\n")).resolve()
    if "not a git repository" in found.err:
        return None
    raise Failure(f"git: {_last_line(found)}", 2)


def commit_of(top: Path, named: str) -> str:
    """Return the full hash of the commit that a branch, a tag or a hash names; empty where none does."""
    if named.startswith("-"):
        return ""
    found = _git(top, "rev-parse", "--verify", "--quiet", f"{named}^{{commit}}")
    return found.out.strip() if found.code == 0 else ""


def no_such(top: Path, named: str) -> Failure:
    """Say that nothing is so named, with what may have been meant, and what a shallow clone lacks."""
    problem = f"--ref: found {named}, which is no branch, tag or commit here, no folder and no wheel file"
    if _said(top, "rev-parse", "--is-shallow-repository").strip() == "true":
        return Failure(
            f"{problem}; this clone is shallow: `git fetch --unshallow` gets the rest, "
            "in GitHub's actions/checkout `fetch-depth: 0`",
            2,
        )
    known = _said(top, "for-each-ref", "--format=%(refname:short)").split()
    same = [name for name in known if name.rpartition("/")[2] == named]
    return Failure(problem + (f" (did you mean {same[0]}?)" if same else did_you_mean(named, known)), 2)


def head_of(top: Path) -> str:
    """Return the full hash of the commit that is checked out; empty before the first commit."""
    return commit_of(top, "HEAD")


def is_dirty(top: Path) -> bool:
    """Whether the working tree differs from its commit, or has new files that are not ignored."""
    return bool(_said(top, "status", "--porcelain", "--untracked-files=normal"))


def files(top: Path) -> list[str]:
    """
    Return the names of all files that git tracks, or would if they were added, in order; some tracked ones
    may be gone, submodules and other repositories inside this one are folders.
    """
    said = _said(top, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return sorted({name for name in said.split("\0") if name})


def submodules(top: Path, commit: str) -> list[str]:
    """Return the folders of a commit's submodules."""
    entries = (entry.partition("\t") for entry in _said(top, "ls-tree", "-r", "-z", commit).split("\0"))
    return [name for facts, _, name in entries if facts.startswith(SUBMODULE)]


def add_worktree(top: Path, folder: Path, commit: str) -> None:
    """Make a worktree of a commit in `folder`, which is not there yet; it has no files, but an index.

    Cost: some 10 ms.
    """
    _said(top, "worktree", "add", "--no-checkout", "--detach", "--quiet", str(folder), commit)


def check_out(folder: Path) -> None:
    """Bring a worktree's files."""
    _said(folder, "reset", "--hard", "--quiet")


def fill_index(folder: Path) -> None:
    """Let a worktree's index have what its commit has: a build may ask git which files are tracked."""
    _said(folder, "read-tree", "HEAD")


def worktrees(top: Path) -> list[Path]:
    """Return the folders of all worktrees of a repository; one may be gone."""
    lines = _said(top, "worktree", "list", "--porcelain").splitlines()
    return [Path(line.removeprefix("worktree ")) for line in lines if line.startswith("worktree ")]


def forget_worktree(top: Path, folder: Path) -> None:
    """Take a worktree, whose folder is gone, from the repository's list."""
    _said(top, "worktree", "remove", "--force", "--force", str(folder))


def needed() -> None:
    """Refuse to go on without git.

    Raises:
        Failure: exit code 2: it is not on PATH.
    """
    if shutil.which("git") is None:
        raise Failure("git: there is no such program here, and --ref needs it", 2)


def _said(folder: Path, *words: str) -> str:
    found = _git(folder, *words)
    if found.code:
        raise Failure(f"git {words[0]} fails: {_last_line(found)}")
    return found.out


def _git(folder: Path, *words: str) -> Done:
    needed()
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    kept = {name: value for name, value in os.environ.items() if name not in LOCAL}
    ours = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    return done(["git", *settings, *words], GIT_S, folder=folder, env={**kept, **ours})


def _last_line(found: Done) -> str:
    lines = [line.strip() for line in found.err.splitlines() if line.strip()]
    return lines[-1] if lines else f"it ended with {found.code}"
