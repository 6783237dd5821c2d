"""Whether this is a container or a virtual machine."""

import re

from gopatterns_cli.doctor.finding import Finding, Level, untold
from gopatterns_cli.measuring import kernel

TOPIC = "container or VM"

MARKS = {".dockerenv": "docker", "run/.containerenv": "podman"}
"""Files by which these tell what runs inside of them."""

GROUPS = re.compile(r"\b(docker|kubepods|lxc|libpod|containerd)\b")

PRODUCTS = re.compile(
    r"kvm|qemu|virtual|vmware|xen|bochs|bhyve|amazon ec2|google compute|openstack", re.IGNORECASE
)


def examine() -> Finding:
    """Look here."""
    told = kernel.text("proc/cpuinfo")
    if told is None:
        return untold(TOPIC, "container", "virtual_machine")
    marked = next((name for file, name in MARKS.items() if kernel.exists(file)), None)
    container = marked or in_group(kernel.text("proc/self/cgroup") or "")
    product = kernel.text("sys/class/dmi/id/product_name") or kernel.text("sys/class/dmi/id/sys_vendor")
    return judged(container, guest=is_guest(told, product, kernel.text("sys/hypervisor/type")))


def judged(container: str | None, *, guest: bool) -> Finding:
    """Judge where this runs.

    remark: in a virtual machine the host may run others on our cores at any time, and what is said of
    frequency and hyperthreads is what the host wants to say. A container alone is none: its limits are
    findings of their own.

    Args:
        container: what it is called, None outside of any.
        guest: whether this is a virtual machine.
    """
    figures = {"container": container, "virtual_machine": guest}
    inside = f"a container ({container})" if container else ""
    if guest:
        found = f"{inside} in a virtual machine" if inside else "a virtual machine"
        means = "neighbours on the host may slow it at any time: only ratios inside one session are evidence"
        return Finding(TOPIC, Level.REMARK, found, means, figures)
    if inside:
        return Finding(TOPIC, Level.GOOD, inside, "its limits stand under cores and memory", figures)
    return Finding(TOPIC, Level.GOOD, "neither is seen", "nobody shares the cores from outside", figures)


def in_group(text: str) -> str | None:
    """Read from /proc/self/cgroup which kind of container it is named after; None after none."""
    found = GROUPS.search(text)
    return None if found is None else found[1]


def is_guest(cpuinfo: str, product: str | None, hypervisor: str | None) -> bool:
    """Read whether this is a virtual machine.

    Args:
        cpuinfo: /proc/cpuinfo, whose flags on x86 name a hypervisor.
        product: what the firmware calls the machine.
        hypervisor: Xen's, which tells its guests by a file.
    """
    flagged = re.search(r"^flags\s*:.*\bhypervisor\b", cpuinfo, re.MULTILINE)
    return bool(flagged or hypervisor or (product and PRODUCTS.search(product)))
