"""What control groups allow, read from trees such as Linux shows them."""

import pytest

from gopatterns_cli.measuring import groups, kernel, machine

VERSION_1 = "4:memory:/docker/4f\n3:cpu,cpuacct:/docker/4f\n0::/\n"
NO_LIMIT = "9223372036854771712\n"


@pytest.fixture
def linux(tmp_path, monkeypatch):
    """Put files under a root of the test's own."""
    monkeypatch.setattr(kernel, "ROOT", tmp_path)

    def put(files: dict[str, str]) -> None:
        for place, text in files.items():
            path = tmp_path / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return put


@pytest.mark.parametrize(
    ("text", "cores"),
    [
        ("max 100000", None),
        ("150000 100000", 1.5),
        ("50000 100000", 0.5),
        ("-1 100000", None),
        ("-1", None),
        ("", None),
        ("max", None),
        ("100000 0", None),
        (None, None),
    ],
)
def test_a_quota_is_a_number_of_cores(text, cores):
    assert groups.quota(text) == cores


@pytest.mark.parametrize(
    ("controller", "path"), [("cpu", "/docker/4f"), ("cpuacct", "/docker/4f"), ("", "/"), ("pids", None)]
)
def test_a_controllers_group_is_found_by_its_whole_name(controller, path):
    assert groups.path_in(VERSION_1, controller) == path


def test_a_quota_of_version_1_is_seen(linux):
    linux(
        {
            "proc/self/cgroup": "3:cpu,cpuacct:/docker/4f\n0::/\n",
            "sys/fs/cgroup/cpu/docker/4f/cpu.cfs_quota_us": "50000\n",
            "sys/fs/cgroup/cpu/docker/4f/cpu.cfs_period_us": "100000\n",
        }
    )
    assert machine.facts()["quota_cores"] == 0.5


def test_a_quota_inside_a_container_of_version_1_stands_at_the_root(linux):
    linux(
        {
            "proc/self/cgroup": VERSION_1,
            "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "250000\n",
            "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        }
    )
    assert machine.facts()["quota_cores"] == 2.5


def test_the_tightest_quota_above_a_group_of_version_2_binds(linux):
    linux(
        {
            "proc/self/cgroup": "0::/ci.slice/job.scope\n",
            "sys/fs/cgroup/ci.slice/cpu.max": "150000 100000\n",
            "sys/fs/cgroup/ci.slice/job.scope/cpu.max": "max 100000\n",
        }
    )
    assert machine.facts()["quota_cores"] == 1.5


def test_a_quota_at_the_root_of_version_2_is_seen(linux):
    linux({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "300000 100000\n"})
    assert machine.facts()["quota_cores"] == 3.0


def test_where_there_are_no_groups_there_is_no_quota_and_no_bound(linux):
    assert "quota_cores" not in machine.facts()
    assert groups.memory_bound() is None


def test_files_that_can_be_dropped_count_as_left(linux):
    linux(
        {
            "proc/self/cgroup": "0::/box\n",
            "sys/fs/cgroup/box/memory.max": "1000000\n",
            "sys/fs/cgroup/box/memory.current": "700000\n",
            "sys/fs/cgroup/box/memory.stat": "anon 400000\ninactive_file 300000\n",
        }
    )
    assert groups.memory_bound() == groups.MemoryBound(1_000_000, 600_000)


def test_the_bound_of_version_1_with_the_least_left_counts(linux):
    linux(
        {
            "proc/self/cgroup": "4:memory:/docker/4f\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": NO_LIMIT,
            "sys/fs/cgroup/memory/memory.usage_in_bytes": "5000\n",
            "sys/fs/cgroup/memory/docker/memory.limit_in_bytes": "9000\n",
            "sys/fs/cgroup/memory/docker/memory.usage_in_bytes": "8000\n",
            "sys/fs/cgroup/memory/docker/4f/memory.limit_in_bytes": "4000\n",
            "sys/fs/cgroup/memory/docker/4f/memory.usage_in_bytes": "2500\n",
            "sys/fs/cgroup/memory/docker/4f/memory.stat": "total_inactive_file 500\n",
        }
    )
    assert groups.memory_bound() == groups.MemoryBound(9_000, 1_000)
