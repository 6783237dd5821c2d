"""However a build ends, nothing is left: no worktree, no temporary folder, no half-made environment."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gopatterns_cli.failure import Failure
from gopatterns_cli.versions import git, programs
from gopatterns_cli.versions import making as versions
from gopatterns_cli.versions.workplace import workplace

ROOT = Path(__file__).parents[2]

KILLED = """\
import os, signal, sys, tempfile
from pathlib import Path

from gopatterns_cli.versions import git
from gopatterns_cli.versions.workplace import workplace

tempfile.tempdir, top = sys.argv[1], Path(sys.argv[2])
with workplace() as place:
    place.note(top)
    git.add_worktree(top, place.folder / "tree", git.head_of(top))
    if "wait" in sys.argv:
        print(flush=True)
        sys.stdin.read()
    else:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def silent(line: str) -> None:
    """Say nothing."""


def build(repository, installer) -> None:
    with versions.built("v1", (), silent, here=repository.folder, installer=installer):
        pass


def nothing_is_left(repository, left, tmp_path) -> bool:
    made = tmp_path / "cache/gopat/environments"
    half = [path.name for path in made.glob("*-*")] if made.exists() else []
    return (len(repository.worktrees()), left(), half) == (1, [], [])


VERBS = {
    "rev-parse",
    "status",
    "ls-files",
    "ls-tree",
    "read-tree",
    "reset",
    "worktree add",
    "worktree list",
    "worktree remove",
}


def interrupted(monkeypatch, verb: str, *, after: bool) -> set[str]:
    """Let Ctrl-C come at the first command of git's with that verb; return the verbs of all."""
    seen = set()

    def done(command, *rest, **how):
        words = command[1 + 2 * len(git.SETTINGS) :]
        found = " ".join(words[:2]) if words[0] == "worktree" else words[0]
        first = found == verb and verb not in seen
        seen.add(found)
        if first and not after:
            signal.raise_signal(signal.SIGINT)
        ended = programs.done(command, *rest, **how)
        if first and after:
            signal.raise_signal(signal.SIGINT)
        return ended

    monkeypatch.setattr(git, "done", done)
    return seen


def test_these_are_all_the_commands_of_git(repository, installer, monkeypatch):
    seen = interrupted(monkeypatch, "none", after=False)
    build(repository, installer)
    assert seen == VERBS


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("verb", sorted(VERBS))
def test_nothing_is_left_by_ctrl_c_at_a_command_of_git(
    repository, installer, monkeypatch, left, tmp_path, verb, after
):
    interrupted(monkeypatch, verb, after=after)
    with pytest.raises(KeyboardInterrupt):
        build(repository, installer)
    assert nothing_is_left(repository, left, tmp_path)


@pytest.mark.parametrize("call", ["environment", "wheel", "unpack"])
def test_nothing_is_left_by_ctrl_c_while_it_is_built(repository, installer, left, tmp_path, call):
    def before(made):
        if made.startswith(call):
            signal.raise_signal(signal.SIGINT)

    installer.before = before
    with pytest.raises(KeyboardInterrupt):
        build(repository, installer)
    assert nothing_is_left(repository, left, tmp_path)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Failure("it fails"), OSError("no")])
def test_nothing_is_left_when_the_block_ends_badly(repository, installer, left, tmp_path, error):
    with (
        pytest.raises(type(error)),
        versions.built("v1", (), silent, here=repository.folder, installer=installer),
    ):
        raise error
    assert nothing_is_left(repository, left, tmp_path)


def test_nothing_is_left_when_it_does_not_build(repository, installer, left, tmp_path):
    def before(made):
        if made.startswith("wheel"):
            raise Failure("pip wheel fails: no such backend")

    installer.before = before
    with pytest.raises(Failure, match=r"^v1: pip wheel fails: no such backend$"):
        build(repository, installer)
    assert nothing_is_left(repository, left, tmp_path)


def test_a_full_disk_is_one_line(repository, installer, left, tmp_path):
    def before(made):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), made)

    installer.before = before
    with pytest.raises(Failure, match=r": No space left on device$") as refused:
        build(repository, installer)
    assert refused.value.exit_code == 1
    assert nothing_is_left(repository, left, tmp_path)


def test_folders_that_a_build_has_locked_are_removed(repository, installer, left, tmp_path):
    with versions.built("v1", (), silent, here=repository.folder, installer=installer) as (base, _):
        Path(base.folder, "tiny").chmod(0o500)
    assert nothing_is_left(repository, left, tmp_path)


def other(repository, tmp_path, *words: str) -> subprocess.Popen[str]:
    """Another gopat, with a worktree; it kills itself, or waits."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", KILLED, str(tmp_path / "temporary"), str(repository.folder), *words]
    return subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_what_a_killed_gopat_has_left_is_removed_by_the_next(repository, installer, left, tmp_path):
    with other(repository, tmp_path) as killed:
        killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    assert (len(repository.worktrees()), len(left())) == (2, 1)
    build(repository, installer)
    assert nothing_is_left(repository, left, tmp_path)


def test_a_worktree_whose_temporary_folder_is_gone_is_forgotten(repository, installer, left, tmp_path):
    with other(repository, tmp_path) as killed:
        killed.communicate()
    shutil.rmtree(tmp_path / "temporary" / left()[0])
    assert len(repository.worktrees()) == 2
    build(repository, installer)
    assert nothing_is_left(repository, left, tmp_path)


def test_what_a_living_gopat_uses_stays(repository, installer, left, tmp_path):
    with other(repository, tmp_path, "wait") as living:
        living.stdout.readline()
        build(repository, installer)
        assert (len(repository.worktrees()), len(left())) == (2, 1)
        living.communicate("")
    assert living.returncode == 0
    assert nothing_is_left(repository, left, tmp_path)


def test_the_users_worktrees_stay_also_one_whose_folder_is_away(repository, installer, tmp_path):
    for name in ("here", "away"):
        repository.git("worktree", "add", "--quiet", "--detach", str(tmp_path / name))
    (tmp_path / "away").rename(tmp_path / "unmounted")
    before = repository.worktrees()
    build(repository, installer)
    assert repository.worktrees() == before


def test_two_at_once_do_not_disturb_each_other(repository, installer, left, tmp_path):
    how = {"here": repository.folder, "installer": installer}
    with versions.built("v1", (), silent, **how) as (one, _):
        with versions.built("v1", (), silent, **how) as (other, _):
            assert one.content == other.content
        assert Path(one.folder, "tiny/__init__.py").is_file()
        assert len(repository.worktrees()) == 3
    assert nothing_is_left(repository, left, tmp_path)


def test_no_place_for_temporary_folders_is_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with (
        pytest.raises(Failure, match=r"^no temporary folder can be made: No such file or directory$"),
        workplace(),
    ):
        pass
