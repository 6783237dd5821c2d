"""What the kernel's texts say: samples as machines have shown them."""

from __future__ import annotations

import pytest

from gopatterns_cli.doctor import (
    addresses,
    frequency,
    load,
    others,
    siblings,
    sleeping,
    steal,
    virtualisation,
)
from gopatterns_cli.doctor.finding import Level
from gopatterns_cli.measuring import kernel

STAT = """\
cpu  36793 12 9780 80493 523 7 315 115 40 2
cpu0 14803 6 3948 44925 124 3 109 53 20 1
intr 1 2 3
"""
OLD_STAT = "cpu  100 0 20 800\n"

PRESSURE = """\
some avg10=17.39 avg60=23.77 avg300=10.62 total=44930504
full avg10=0.00 avg60=0.00 avg300=0.00 total=0
"""

CPUINFO = "processor\t: 0\nmodel name\t: AMD EPYC\nflags\t\t: fpu vme {}sse2\n"

GROUP_TEXTS = {
    "12:pids:/docker/4f0c\n0::/system.slice/containerd.service\n": "docker",
    "0::/kubepods.slice/kubepods-besteffort.slice/pod1\n": "kubepods",
    "0::/machine.slice/libpod-5c.scope\n": "libpod",
    "1:name=systemd:/lxc/box\n": "lxc",
    "0::/user.slice/user-1000.slice/session-2.scope\n": None,
    "0::/dockers.slice\n": None,
    "": None,
}


def test_a_tick_is_wanted_unless_it_was_idle_or_waited_for_a_disk():
    assert steal.counted(STAT) == steal.Ticks(36793 + 12 + 9780 + 7 + 315 + 115, 115)


@pytest.mark.parametrize("text", [OLD_STAT, "", "cpu0 1 2 3 4 5 6 7 8\n"])
def test_a_kernel_that_counts_no_steal_tells_nothing(text):
    assert steal.counted(text) is None


def test_ticks_are_none_where_there_is_no_proc(linux):
    assert steal.ticks() is None
    linux({"proc/stat": STAT})
    assert steal.ticks() == steal.counted(STAT)


def test_pressure_is_the_share_of_the_last_ten_seconds():
    assert load.waited_share(PRESSURE) == pytest.approx(0.1739)
    assert load.waited_share("full avg10=3.00\n") is None
    assert load.waited_share("") is None


@pytest.mark.parametrize(
    ("text", "cpus"),
    [("0", {0}), ("0-1", {0, 1}), ("0,4", {0, 4}), ("0-1,4-6", {0, 1, 4, 5, 6}), ("", set())],
)
def test_a_list_of_cores_may_have_ranges(text, cpus):
    assert siblings.numbers(text) == cpus


@pytest.mark.parametrize(
    ("no_turbo", "boost", "on"),
    [("0", None, True), ("1", None, False), (None, "1", True), (None, "0", False), ("1", "1", False),
     (None, None, None)],
)  # fmt: skip
def test_intels_word_on_turbo_comes_first(no_turbo, boost, on):
    assert frequency.turbo_on(no_turbo, boost) is on


def test_every_cores_governor_is_read(linux):
    place = "sys/devices/system/cpu/cpu{}/cpufreq/scaling_governor"
    linux({place.format(0): "performance\n", place.format(1): "powersave\n"})
    linux({"sys/devices/system/cpu/cpufreq/boost": "1\n"})
    found = frequency.examine()
    assert found.level is Level.REMARK
    assert found.figures == {"governor": "performance and powersave", "turbo": True}


@pytest.mark.parametrize(("text", "name"), GROUP_TEXTS.items())
def test_a_container_is_told_by_its_group(text, name):
    assert virtualisation.in_group(text) == name


@pytest.mark.parametrize(
    ("cpuinfo", "product", "hypervisor", "guest"),
    [
        (CPUINFO.format("hypervisor "), None, None, True),
        (CPUINFO.format(""), None, None, False),
        (CPUINFO.format(""), "KVM", None, True),
        (CPUINFO.format(""), "VMware Virtual Platform", None, True),
        (CPUINFO.format(""), "ThinkPad X1", None, False),
        (CPUINFO.format(""), None, "xen", True),
        ("Features\t: fp asimd\n", "Amazon EC2", None, True),
        ("model name\t: hypervisor\n", None, None, False),
    ],
)
def test_a_guest_is_told_by_flags_firmware_or_xen(cpuinfo, product, hypervisor, guest):
    assert virtualisation.is_guest(cpuinfo, product, hypervisor) is guest


def test_a_file_of_docker_tells_a_container_whose_group_has_no_name(linux):
    linux({"proc/cpuinfo": CPUINFO.format(""), ".dockerenv": "", "proc/self/cgroup": "0::/\n"})
    assert virtualisation.examine().figures == {"container": "docker", "virtual_machine": False}


@pytest.mark.parametrize(("text", "fixed"), [("00000000", False), ("00040000", True), ("00440008", True)])
def test_a_personality_may_turn_randomising_off(text, fixed):
    assert addresses.is_fixed(text) is fixed


def test_the_setting_of_the_kernel_and_the_process_are_both_read(linux):
    linux({"proc/sys/kernel/randomize_va_space": "2\n"})
    assert addresses.examine().level is Level.GOOD
    linux({"proc/self/personality": "00040000\n"})
    assert addresses.examine().level is Level.REMARK


@pytest.mark.parametrize(
    ("name", "words", "python"),
    [
        ("python3.11", None, True),
        ("Python", [], True),
        ("pypy3", ["pypy3"], True),
        ("pytest", ["/home/me/.venv/bin/python", "/home/me/.venv/bin/pytest"], True),
        ("bash", ["bash", "python"], False),
        ("", None, False),
        (None, None, False),
    ],
)
def test_a_script_that_python_runs_is_a_python(name, words, python):
    assert others.is_python(name, words) is python


def test_a_process_is_the_same_one_only_with_the_same_begin():
    before = [others.Process(5, 1.0, 10.0), others.Process(6, 1.0, 10.0), others.Process(9, 1.0, 10.0)]
    after = [others.Process(5, 1.0, 11.0), others.Process(6, 2.0, 0.5), others.Process(7, 2.0, 0.25)]
    assert others.shares(before, after, 2.0) == {5: 0.5, 6: 0.25, 7: 0.125}


def test_the_slack_is_read_in_nanoseconds(linux, monkeypatch):
    monkeypatch.setattr(sleeping, "TIMES", 2)
    assert sleeping.examine().figures["timer_slack_s"] is None
    linux({"proc/self/timerslack_ns": "50000\n"})
    assert sleeping.examine().figures["timer_slack_s"] == pytest.approx(50e-6)


def test_a_text_that_is_no_number_is_none(linux):
    linux({"proc/number": "12\n", "proc/word": "max\n", "proc/bytes": "\xff"})
    assert (kernel.number("proc/number"), kernel.number("proc/word")) == (12, None)
    assert kernel.number("proc/missing") is None
    assert kernel.text("proc") is None  # a folder
