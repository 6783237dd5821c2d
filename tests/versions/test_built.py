"""Two versions of a project side by side: which files each has, where its workers look, what is left."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.cells import GOPAT, Cell
from gopatterns_cli.measuring.environment import variables
from gopatterns_cli.measuring.processes import Order, launch
from gopatterns_cli.versions import making as versions
from gopatterns_cli.versions.version import Version

TELLS = """\
from pathlib import Path

import gopatterns_cli
import patterns
import scenarios

VALUE = {value}
items = [1, 2]


def work(item):
    modules = (gopatterns_cli, scenarios, patterns)
    told = [str(VALUE), *(module.__file__ for module in modules)]
    Path({told!r}).write_text("\\n".join(told), encoding="utf-8")
    return item
"""

CELL = Cell(
    scenario="own",
    pattern="worker-pool",
    arm=GOPAT,
    runtime="threads",
    pool="cold",
    workers=1,
    buffer=0,
    job_kind="python",
    duration_s=0.001,
    count=2,
    function="tiny:work",
    inputs="tiny:items",
)


def silent(line: str) -> None:
    """Say nothing."""


def built(repository, installer, ref="v1", say=silent, **how):
    return versions.built(ref, (), say, here=repository.folder, installer=installer, **how)


def value(version: Version, name: str = "tiny") -> str:
    """Import the project as a worker of that version would, and return its VALUE."""
    return said(version, f"import {name}; print({name}.VALUE)")


def said(version: Version, code: str) -> str:
    env = variables(1, given=version.environment)
    done = subprocess.run(
        [version.python, "-P", "-c", code], env=env, cwd="/", capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """All files and folders but git's own, with times and content."""
    paths = [path for path in folder.rglob("*") if ".git" not in path.parts]
    return {
        str(path): (path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in [folder, *paths]
    }


def measured(version: Version) -> None:
    launch(Order(CELL, 1, 1, 0, 1, 50.0, environment=version.environment))


def test_the_base_is_what_the_ref_names_and_the_new_one_is_the_working_tree(repository, installer):
    repository.put("tiny/__init__.py", "VALUE = 3\n")
    first = repository.git("rev-parse", "v1")
    with built(repository, installer) as (base, new):
        assert (base.label, base.what, base.commit, base.dirty) == ("base", "v1", first, False)
        assert (new.label, new.what, new.dirty) == ("new", "the working tree", True)
        assert new.commit == repository.git("rev-parse", "HEAD")
        assert (value(base), value(new)) == ("1", "3")


def test_a_clean_working_tree_is_not_dirty(repository, installer):
    with built(repository, installer) as (_, new):
        assert (new.dirty, value(new)) == (False, "2")


def test_new_files_are_in_the_working_tree_unless_they_are_ignored_and_removed_ones_are_not(
    repository, installer
):
    repository.put("tiny/gone.py", "")
    repository.commit()
    (repository.folder / "tiny/gone.py").unlink()
    repository.put("tiny/fresh.py", "VALUE = 'fresh'\n")
    repository.put("tiny/ignored.py", "")
    with built(repository, installer, "HEAD") as (base, new):
        files = [{path.name for path in Path(one.paths[1], "tiny").glob("*.py")} for one in (base, new)]
    assert files == [{"__init__.py", "gone.py"}, {"__init__.py", "fresh.py"}]


def test_the_working_tree_is_not_touched(repository, installer, tmp_path):
    repository.put("tiny/__init__.py", TELLS.format(value=3, told=str(tmp_path / "told")))
    repository.put("tiny/fresh.py", "")
    before, status = snapshot(repository.folder), repository.git("status", "--porcelain")
    with built(repository, installer) as (_, new):
        measured(new)
    assert snapshot(repository.folder) == before
    assert repository.git("status", "--porcelain") == status


def test_nothing_is_left_of_it(repository, installer, left):
    with built(repository, installer) as found:
        assert len(repository.worktrees()) == 3
        assert all(Path(one.folder).is_dir() for one in found)
    assert len(repository.worktrees()) == 1
    assert left() == []
    assert not any((repository.folder / ".git/worktrees").glob("*"))


def test_a_worker_measures_the_code_of_its_version_by_the_running_gopat(
    repository, installer, tmp_path, monkeypatch
):
    told = tmp_path / "told"
    for number in (1, 2):
        repository.put("tiny/__init__.py", TELLS.format(value=number, told=str(told)))
        repository.commit()
    monkeypatch.chdir(repository.folder)
    monkeypatch.setenv("PYTHONPATH", str(repository.folder))
    with built(repository, installer, "HEAD~1") as found:
        for number, version in enumerate(found, 1):
            measured(version)
            which, *files = told.read_text(encoding="utf-8").splitlines()
            assert which == str(number)
            packages = [str(Path(file).parent.parent) for file in files]
            assert packages == [version.paths[0], version.paths[0], version.paths[-1]]


def test_patterns_are_a_versions_own_if_it_has_them(repository, installer):
    repository.put("patterns/__init__.py", "VALUE = 'own'\n")
    with built(repository, installer) as (base, new):
        assert value(new, "patterns") == "own"
        file = said(base, "import patterns; print(patterns.__file__)")
        assert Path(file).parent.parent == Path(base.paths[-1])


def test_the_measuring_code_is_a_copy_that_nobody_changes_meanwhile(repository, installer):
    with built(repository, installer) as (base, new):
        assert base.paths[0] == new.paths[0]
        assert sorted(path.name for path in Path(new.paths[0]).iterdir()) == ["gopatterns_cli", "scenarios"]
        assert not Path(new.paths[0], "gopatterns_cli").is_symlink()


def test_both_versions_have_environments_of_the_same_size(repository, installer):
    """It moves the stack, see Mytkowicz et al."""
    with built(repository, installer) as found:
        sizes = {len(str(variables(1, given=one.environment))) for one in found}
    assert len(sizes) == 1


def test_a_project_that_is_no_package_is_used_as_it_is(repository, installer):
    repository.git("rm", "--quiet", "pyproject.toml")
    repository.put("pyproject.toml", "[tool.ruff]\nline-length = 110\n")
    repository.write(plain="VALUE = 1\n")
    repository.commit()
    repository.write(plain="VALUE = 2\n")
    lines = []
    with built(repository, installer, "HEAD", lines.append) as found:
        assert [Path(one.folder, "plain.py").read_text(encoding="utf-8") for one in found] == [
            "VALUE = 1\n",
            "VALUE = 2\n",
        ]
    assert lines[-1] == "the working tree is not a package: its files are used as they are"
    assert [call for call in installer.calls if not call.startswith("environment")] == []


def test_a_plain_project_may_have_patterns_of_its_own(repository, installer):
    repository.git("rm", "--quiet", "pyproject.toml")
    repository.put("patterns/__init__.py", "VALUE = 'own'\n")
    repository.commit()
    with built(repository, installer, "HEAD") as (base, new):
        assert [value(one, "patterns") for one in (base, new)] == ["own", "own"]


def test_a_project_in_a_folder_of_a_repository_is_built_there(repository, installer):
    shutil.move(repository.folder / "pyproject.toml", repository.put("part/keep", "").parent)
    repository.put("part/inner/__init__.py", "VALUE = 1\n")
    repository.put("part/deep/bench.py", "")
    repository.commit()
    here = repository.folder / "part/deep"
    with versions.built("HEAD", (), silent, here=here, installer=installer) as found:
        assert [value(one, "inner") for one in found] == ["1", "1"]
        assert [Path(one.folder, "bench.py").is_file() for one in found] == [True, True]
    assert installer.calls[1] == "wheel part"


def test_a_folder_that_the_base_has_not_got_is_one_line(repository, installer):
    repository.git("rm", "--quiet", "pyproject.toml")
    repository.commit()
    repository.put("part/bench.py", "")
    with (
        pytest.raises(Failure, match=r"^HEAD: there is no folder part in it$"),
        versions.built("HEAD", (), silent, here=repository.folder / "part", installer=installer),
    ):
        pass


def test_another_checkout_may_be_the_base(repository, installer, tmp_path):
    other = tmp_path / "other"
    repository.git("clone", "--quiet", str(repository.folder), str(other))
    (other / "tiny/__init__.py").write_text("VALUE = 'other'\n", encoding="utf-8")
    before = snapshot(other)
    with built(repository, installer, "../other") as (base, new):
        assert (base.what, base.dirty, value(base), value(new)) == ("../other", True, "other", "2")
    assert snapshot(other) == before
    assert repository.git("-C", str(other), "worktree", "list").count("\n") == 0


def test_folders_that_are_in_no_repository_are_copied_without_environments(installer, tmp_path):
    for name in ("old", "now"):
        (tmp_path / name / "venv/lib").mkdir(parents=True)
        (tmp_path / name / "venv/pyvenv.cfg").touch()
        (tmp_path / name / "__pycache__").mkdir()
        (tmp_path / name / "plain.py").write_text(f"VALUE = {name!r}\n", encoding="utf-8")
    with versions.built("../old", (), silent, here=tmp_path / "now", installer=installer) as (base, new):
        assert (base.commit, new.commit, new.dirty) == ("", "", False)
        assert [[path.name for path in Path(one.folder).iterdir()] for one in (base, new)] == [
            ["plain.py"]
        ] * 2


def test_a_repository_without_a_commit_can_be_new(installer, repository, tmp_path):
    (tmp_path / "old").mkdir()
    shutil.rmtree(repository.folder / ".git")
    repository.git("init", "--quiet")
    with built(repository, installer, "../old") as (_, new):
        assert (new.commit, new.dirty, value(new)) == ("", True, "2")


def test_a_wheel_may_be_the_base(repository, installer, tmp_path):
    wheel = installer.wheel(Path(), repository.folder, tmp_path / "wheels")
    shutil.rmtree(repository.folder / "build")
    shutil.rmtree(repository.folder / "tiny.egg-info")
    repository.put("tiny/__init__.py", "VALUE = 3\n")
    with built(repository, installer, f"../wheels/{wheel.name}") as (base, new):
        assert (base.kind, value(base), value(new)) == ("wheel", "2", "3")


def test_dependencies_are_installed_once_per_set(repository, installer):
    repository.put("requires.txt", 'left>=1\nright>=2; extra == "more"\n')
    repository.commit()
    with built(repository, installer, "HEAD") as (base, new):
        assert base.python == new.python
        assert base.packages == ("left==1.0", "psutil==1.0", "pyperf==1.0")
    repository.put("requires.txt", "left>=1\n")
    with built(repository, installer, "HEAD") as (base, new):
        assert base.python == new.python
    assert [call for call in installer.calls if call.startswith("environment")] == [
        "environment psutil>=5.9 pyperf>=2.7",
        "environment left>=1 psutil>=5.9 pyperf>=2.7",
    ]


def test_versions_that_depend_on_other_things_have_an_environment_each(repository, installer):
    repository.put("requires.txt", "left>=1\n")
    with built(repository, installer, "HEAD") as (base, new):
        assert base.packages == ("psutil==1.0", "pyperf==1.0")
        assert new.packages == ("left==1.0", "psutil==1.0", "pyperf==1.0")
        assert base.python != new.python


def test_submodules_are_left_out_of_both_and_named(repository, installer):
    inner = repository.folder / "vendor"
    subprocess.run(["git", "clone", "--quiet", repository.folder, inner], check=True)
    repository.git("-c", "advice.addEmbeddedRepo=false", "add", "vendor")
    repository.commit()
    lines = []
    with built(repository, installer, "HEAD", lines.append) as found:
        assert not any(list(Path(one.folder, "vendor").glob("*")) for one in found)
    assert lines.count("left out, as submodules and other repositories are: vendor") == 2


def test_the_users_hooks_do_not_run(repository, installer, tmp_path):
    for name in ("post-checkout", "post-index-change", "reference-transaction"):
        hook = repository.put(f".git/hooks/{name}", f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
        hook.chmod(0o755)
    with built(repository, installer):
        pass
    assert not (tmp_path / "ran").exists()


def test_inside_a_hook_the_repository_is_still_the_folders(repository, installer, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "nowhere/index"))
    with built(repository, installer) as (base, new):
        assert [value(base), value(new)] == ["1", "2"]


def test_one_version_may_be_compared_on_several_pythons(repository, installer, tmp_path):
    pythons = [str(tmp_path / name) for name in ("one", "other")]
    for python in map(Path, pythons):
        python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
        python.chmod(0o755)
    how = {"here": repository.folder, "installer": installer}
    with versions.built(None, pythons, silent, **how) as found:
        assert [one.label for one in found] == [f"{one.python_version} {one.interpreter}" for one in found]
        assert [one.what for one in found] == ["the working tree", "the working tree"]
        assert len({one.content for one in found}) == 1
    with versions.built(None, pythons[:1], silent, **how) as found:
        assert [one.interpreter for one in found] == ["", pythons[0]]
    with versions.built("v1", pythons[:1], silent, **how) as found:
        assert [(one.label, one.interpreter) for one in found] == [("base", pythons[0]), ("new", pythons[0])]


@pytest.mark.parametrize(
    ("ref", "pythons", "problem"),
    [
        (None, (), "nothing to compare the working tree with: --ref or --python names it"),
        ("v1", ("a", "b"), "--python: found 2 beside --ref, allowed one, for both versions"),
    ],
)
def test_what_cannot_be_compared_is_one_line(repository, installer, ref, pythons, problem):
    with pytest.raises(Failure) as refused, versions.built(ref, pythons, silent, installer=installer):
        pass
    assert (refused.value.message, refused.value.exit_code) == (problem, 2)


# A session that is resumed


def test_a_version_survives_json_without_the_users_folders(repository, installer):
    import json

    with built(repository, installer) as found:
        for version in found:
            text = json.dumps(version.to_json())
            assert str(repository.folder.parent) not in text
            assert Version.from_json(json.loads(text)) == replace(version, python="", paths=(), folder="")


def stored(repository, installer, ref="main") -> list[Version]:
    with built(repository, installer, ref) as found:
        return [Version.from_json(one.to_json()) for one in found]


def rebuilt(repository, installer, kept):
    return versions.rebuilt(kept, silent, here=repository.folder, installer=installer)


def test_the_versions_of_a_session_are_built_anew_though_the_branch_has_moved(repository, installer):
    repository.put("tiny/__init__.py", "VALUE = 3\n")
    kept = stored(repository, installer)
    repository.commit()
    with rebuilt(repository, installer, kept) as found:
        assert [value(one) for one in found] == ["2", "3"]
        assert [one.to_json() for one in found] == [one.to_json() for one in kept]


def test_another_working_tree_is_not_resumed(repository, installer):
    kept = stored(repository, installer)
    repository.put("tiny/fresh.py", "")
    with (
        pytest.raises(
            Failure, match=r"^the working tree: not what it was when the session began; "
        ) as refused,
        rebuilt(repository, installer, kept),
    ):
        pass
    assert refused.value.exit_code == 2


def test_other_dependencies_are_not_resumed(repository, installer):
    kept = stored(repository, installer)
    kept[0] = replace(kept[0], packages=("psutil==0.9", "pyperf==1.0"))
    with (
        pytest.raises(Failure, match=r"^main: what it depends on is not .*: psutil==0\.9, psutil==1\.0$"),
        rebuilt(repository, installer, kept),
    ):
        pass


def test_another_python_is_not_resumed(repository, installer):
    kept = [replace(one, python_version="3.11.0b1") for one in stored(repository, installer)]
    with (
        pytest.raises(Failure, match=r"^this session was begun with Python 3\.11\.0b1, found 3\."),
        rebuilt(repository, installer, kept),
    ):
        pass


def test_a_commit_that_is_gone_is_not_resumed(repository, installer):
    kept = stored(repository, installer)
    kept[0] = replace(kept[0], commit="0" * 40)
    with (
        pytest.raises(Failure, match=r"^main: the commit 0{40} of this session is not in "),
        rebuilt(repository, installer, kept),
    ):
        pass
