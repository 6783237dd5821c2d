"""Tiny projects in real repositories, and an installer that needs neither pip nor a network."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from gopatterns_cli.versions.pip import python_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PYPROJECT = '[project]\nname = "tiny"\nversion = "1.0"\n'


@dataclass
class Repository:
    """A folder under git, and what one does to it."""

    folder: Path

    def git(self, *words: str) -> str:
        who = (
            "-c",
            "user.name=Someone",
            "-c",
            "user.email=someone@example.org",
            "-c",
            "commit.gpgsign=false",
        )
        done = subprocess.run(
            ["git", *who, *words], cwd=self.folder, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def write(self, **files: str) -> None:
        for name, text in files.items():
            self.put(f"{name}.py", text)

    def put(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def commit(self, message: str = "A step") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def worktrees(self) -> list[str]:
        return self.git("worktree", "list", "--porcelain").split("\n\n")


@dataclass
class Zipping:
    """An installer: environments run the tests' own Python, a wheel is a zip of the project's packages.

    What a project requires stands in its `requires.txt`. As real builds do, it leaves files in the project.
    """

    calls: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda call: None

    def environment(self, interpreter, requirements, folder):
        self._call(f"environment {' '.join(requirements)}")
        python_in(folder).parent.mkdir(parents=True)
        python_in(folder).write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
        python_in(folder).chmod(0o755)
        for name in requirements:
            told = folder / f"lib/python3/site-packages/{name.partition('>')[0]}-1.0.dist-info/METADATA"
            told.parent.mkdir(parents=True)
            told.write_text(f"Name: {name.partition('>')[0]}\nVersion: 1.0\n", encoding="utf-8")

    def wheel(self, python, project, folder):
        self._call(f"wheel {project.name}")
        (project / "build").mkdir()
        (project / "tiny.egg-info").mkdir()
        folder.mkdir()
        needed = project / "requires.txt"
        needs = needed.read_text(encoding="utf-8").splitlines() if needed.exists() else []
        with zipfile.ZipFile(folder / "tiny-1.0-py3-none-any.whl", "w") as archive:
            told = "".join(f"Requires-Dist: {name}\n" for name in needs)
            archive.writestr("tiny-1.0.dist-info/METADATA", f"Name: tiny\nVersion: 1.0\n{told}")
            for package in project.glob("*/__init__.py"):
                for path in package.parent.rglob("*.py"):
                    archive.write(path, path.relative_to(project))
        return folder / "tiny-1.0-py3-none-any.whl"

    def unpack(self, python, wheel, folder):
        self._call(f"unpack {wheel.name}")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)

    def _call(self, call: str) -> None:
        self.calls.append(call)
        self.before(call)


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """A cache and a place for temporary folders of the test's own, and a git without the user's settings."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def left(tmp_path):
    """What is in the place for temporary folders."""
    return lambda: sorted(path.name for path in (tmp_path / "temporary").iterdir())


@pytest.fixture
def installer():
    return Zipping()


@pytest.fixture
def repository(tmp_path):
    """A package whose first commit, tagged v1, says 1, and whose second says 2."""
    found = Repository(tmp_path / "project")
    found.folder.mkdir()
    found.git("init", "--quiet", "--initial-branch=main")
    found.put("pyproject.toml", PYPROJECT)
    found.put(".gitignore", "ignored.py\n__pycache__/\n")
    found.put("tiny/__init__.py", "VALUE = 1\n")
    found.commit()
    found.git("tag", "v1")
    found.put("tiny/__init__.py", "VALUE = 2\n")
    found.commit()
    return found
