"""What a user may name as a version, and what is said when it is nothing."""

from __future__ import annotations

import subprocess

import pytest

from gopatterns_cli.failure import Failure
from gopatterns_cli.versions import projects, wheels
from gopatterns_cli.versions.sources import Source, source_named


def silent(line: str) -> None:
    """Say nothing."""


def refused(named: str, here) -> str:
    with pytest.raises(Failure) as found:
        source_named(named, here, silent)
    assert found.value.exit_code == 2
    assert "\n" not in found.value.message
    return found.value.message


@pytest.mark.parametrize("named", ["main", "v1", "HEAD~1", "refs/heads/main", "@"])
def test_a_branch_a_tag_and_a_commit_are_refs(repository, named):
    wanted = repository.git("rev-parse", f"{named}^{{commit}}")
    assert source_named(named, repository.folder, silent) == Source("ref", named, wanted)
    assert source_named(wanted[:12], repository.folder, silent).commit == wanted


def test_a_tag_with_a_message_is_the_commit_that_it_names(repository):
    repository.git("tag", "--annotate", "v2", "--message", "The second")
    assert source_named("v2", repository.folder, silent).commit == repository.git("rev-parse", "HEAD")


def test_a_ref_goes_before_a_folder_of_that_name_and_that_is_said(repository):
    repository.git("branch", "docs")
    repository.put("docs/index.md", "")
    lines = []
    assert source_named("docs", repository.folder, lines.append).kind == "ref"
    assert lines == ["--ref: docs is taken as git has it; ./docs would be the folder"]
    assert source_named("./docs", repository.folder, silent).kind == "folder"


@pytest.mark.parametrize(
    ("named", "tail"),
    [
        ("mian", " (did you mean main?)"),
        ("v11", " (did you mean v1?)"),
        ("feature", " (did you mean origin/feature?)"),
        ("HEAD~9", ""),
        ("--help", ""),
        ("main:tiny", " (did you mean main?)"),
    ],
)
def test_what_git_does_not_know_is_one_line_with_what_may_have_been_meant(repository, named, tail):
    repository.git("update-ref", "refs/remotes/origin/feature", "HEAD")
    problem = f"--ref: found {named}, which is no branch, tag or commit here, no folder and no wheel file"
    assert refused(named, repository.folder) == problem + tail


def test_a_shallow_clone_says_how_to_get_the_rest(repository, tmp_path):
    shallow = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", f"file://{repository.folder}", shallow], check=True
    )
    found = refused("v1", shallow)
    assert found.endswith(
        "; this clone is shallow: `git fetch --unshallow` gets the rest, "
        "in GitHub's actions/checkout `fetch-depth: 0`"
    )


def test_outside_of_a_repository_there_are_no_refs(tmp_path):
    assert refused("main", tmp_path) == (
        f"--ref: found main, which is no folder and no wheel file, and {tmp_path} is no git repository"
    )


def test_a_path_that_is_not_there_is_no_ref(repository):
    assert refused("./main", repository.folder) == "--ref: found ./main, which is not there"
    assert refused("../tiny-1.0.whl", repository.folder) == "--ref: found ../tiny-1.0.whl, which is not there"


def test_a_file_that_is_no_wheel_is_no_version(repository):
    assert refused("pyproject.toml", repository.folder) == (
        "--ref: found pyproject.toml, a file; allowed a branch, tag, commit, folder or wheel"
    )


def test_without_git_a_ref_is_refused_and_a_folder_is_not(repository, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert refused("main", repository.folder) == "git: there is no such program here, and --ref needs it"
    assert source_named("..", repository.folder, silent) == Source("folder", "..")


def test_a_repository_that_git_refuses_to_look_at_is_one_line(repository):
    repository.put(".git/config", "[core\n")
    assert refused("main", repository.folder).startswith("git: fatal: bad config line 1 in file ")


# Projects


def test_the_nearest_project_is_built(tmp_path):
    (tmp_path / "part/deep").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[build-system]\n", encoding="utf-8")
    assert projects.project_around(tmp_path / "part/deep", tmp_path) == tmp_path
    (tmp_path / "part/setup.py").touch()
    assert projects.project_around(tmp_path / "part/deep", tmp_path) == tmp_path / "part"


def test_settings_of_tools_alone_are_no_project_nor_is_what_lies_above(tmp_path):
    (tmp_path / "setup.py").touch()
    (tmp_path / "top").mkdir()
    (tmp_path / "top/pyproject.toml").write_text("[tool.ruff]\n", encoding="utf-8")
    assert projects.project_around(tmp_path / "top", tmp_path / "top") is None


@pytest.mark.parametrize("text", ["[project\n", "\udcff"])
def test_a_broken_pyproject_is_one_line(tmp_path, text):
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(Failure, match=r"^pyproject\.toml: ") as found:
        projects.project_around(tmp_path, tmp_path)
    assert found.value.exit_code == 2


# Wheels


def test_requirements_are_read_without_extras_and_with_their_markers(installer, tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    lines = [
        "b>=1 ; python_version < '3.12'",
        "a",
        "c ; extra == 'test'",
        "a",
        "d ; extra=='x' or os_name=='y'",
    ]
    (project / "requires.txt").write_text("\n".join(lines), encoding="utf-8")
    wheel = installer.wheel(None, project, tmp_path / "wheels")
    assert wheels.requirements(wheel) == (
        "a",
        "b>=1 ; python_version < '3.12'",
        "d ; extra=='x' or os_name=='y'",
    )


def test_what_is_no_wheel_is_one_line(tmp_path):
    (tmp_path / "tiny.whl").write_text("no zip", encoding="utf-8")
    for name, problem in [
        ("tiny.whl", "is no wheel"),
        ("away.whl", "cannot be read: No such file or directory"),
    ]:
        with pytest.raises(Failure, match=f"^--ref: {name} {problem}$"):
            wheels.requirements(tmp_path / name)


@pytest.mark.parametrize("named", ["", " "])
def test_an_empty_name_is_no_version(tmp_path, named):
    """What a variable of a workflow is that is not set: it must not be the folder itself."""
    with pytest.raises(Failure, match='--ref: found "", allowed a branch') as raised:
        source_named(named, tmp_path, lambda line: None)
    assert raised.value.exit_code == 2
