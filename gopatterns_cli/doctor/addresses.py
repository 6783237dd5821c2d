"""Whether each process lies elsewhere in memory."""

from gopatterns_cli.doctor.finding import Finding, Level, untold
from gopatterns_cli.measuring import kernel

TOPIC = "ASLR"

WORDS = {0: "off", 1: "on but for the heap", 2: "on"}

NOT_RANDOM = 0x0040000
"""Source: Linux, personality(2), ADDR_NO_RANDOMIZE: what `setarch -R` sets."""


def examine() -> Finding:
    """Look here."""
    kept = kernel.text("proc/self/personality")
    return judged(
        kernel.number("proc/sys/kernel/randomize_va_space"), fixed=kept is not None and is_fixed(kept)
    )


def judged(setting: int | None, *, fixed: bool) -> Finding:
    """Judge the randomising of addresses.

    remark: not all of it is on. Fresh processes are what this tool repeats; where they all lie alike, one
    lucky or unlucky layout is in every round, and no number of rounds shows it.

    Args:
        setting: the kernel's, from 0 to 2; None where it is not told.
        fixed: whether it is turned off for this process.

    Sources: T. Mytkowicz et al., Producing Wrong Data Without Doing Anything Obviously Wrong!, ASPLOS 2009;
        pyperf, "Tune the system for benchmarks", which asks for full randomising.
    """
    if setting not in WORDS:
        return untold(TOPIC, "aslr", "aslr_of_this_process")
    figures = {"aslr": setting, "aslr_of_this_process": not fixed}
    found = "off for this process" if fixed else WORDS[setting]
    if fixed or setting < max(WORDS):
        means = "each process lies alike: a lucky layout is in all rounds, and no interval shows it"
        return Finding(TOPIC, Level.REMARK, found, means, figures)
    return Finding(
        TOPIC, Level.GOOD, found, "each process lies elsewhere: rounds sample the layouts", figures
    )


def is_fixed(text: str) -> bool:
    """Read from /proc/self/personality, hexadecimal digits, whether randomising is off for it."""
    return bool(int(text, 16) & NOT_RANDOM)
