"""A tuning's result: plain text, the winner first, and JSON."""

from collections.abc import Iterator
from json import dumps
from textwrap import wrap
from typing import Any

from gopatterns_cli import figures
from gopatterns_cli.render.json import plain
from gopatterns_cli.tuning.finals import PAYS, UNPROVED, Standing
from gopatterns_cli.tuning.found import Value
from gopatterns_cli.tuning.grid import Candidate
from gopatterns_cli.tuning.look import Look
from gopatterns_cli.tuning.result import Code, Tuned

SCHEMA = 1

WIDEST = 110
"""Columns of text, however wide the terminal is."""

LABEL = 12


def lines(tuned: Tuned, columns: int) -> list[str]:
    """Return the answer, the figures behind it, the code to paste, and what to know."""
    width = min(columns, WIDEST)
    said = [
        *_wrapped(answer(tuned), width),
        "",
        *(line for label, text in _figures(tuned) for line in _labelled(label, text, width)),
    ]
    for code in tuned.codes:
        said += ["", *_wrapped(_about(code), width), *_indented(code)]
    remarks = [*tuned.notes, *(f"left out: {text}" for text in tuned.left_out)]
    said += ["", *(line for text in remarks for line in _wrapped(f"- {text}", width))] if remarks else []
    return [*said, *_wrapped(_took(tuned), width)]


def answer(tuned: Tuned) -> str:
    """Return the one sentence that answers the question."""
    winner, what = tuned.winner, f"{tuned.look.function} over {_inputs(tuned.look)}"
    if winner is None or winner.speedup is None:
        best, lead_x = tuned.favourite
        about = f"about {figures.times(lead_x)} as fast as the plain loop"
        return f"{what}: not proved: the best of the search, {best.words}, is {about}"
    lead = f"{figures.ratio(winner.speedup)} as fast as the plain loop"
    if tuned.verdict == PAYS:
        return f"{what}: {winner.candidate.words}: {lead}"
    if tuned.verdict == UNPROVED:
        return f"{what}: not proved: the best, {winner.candidate.words}, is {lead}"
    return f"{what}: no pattern pays here: the best, {winner.candidate.words}, is {lead}"


def found_so_far(values: list[Value], look: Look | None, rate: float | None) -> str:
    """Say what is known when a tuning, whose calls keep a rate or not, is interrupted."""
    of_candidates = [value for value in values if value.candidate is not None]
    if look is None or not of_candidates:
        return "interrupted: nothing was measured yet"
    leads_x = {value: look.plain_s(value.count, rate) / value.run_s for value in of_candidates}
    best = max(leads_x, key=lambda value: leads_x[value])
    name = best.candidate.words if best.candidate else ""
    ratio = figures.times(leads_x[best])
    return f"interrupted: the best so far is {name}, about {ratio} as fast as the plain loop (no interval)"


def json(tuned: Tuned) -> str:
    """Return everything that is known, as JSON. Times are seconds, sizes bytes."""
    final, found = tuned.finals, tuned.search
    written = {
        "schema": SCHEMA,
        "verdict": tuned.verdict,
        "winner": tuned.winner,
        "knee": tuned.knee,
        "behind": final.behind,
        "standings": final.standings,
        "out": final.out,
        "plain": {
            "each_s": final.plain_each_s,
            "memory_bytes": final.plain_memory_bytes,
            "lost": final.plain_lost,
        },
        "rounds": final.rounds,
        "rounds_planned": final.plan.rounds,
        "count": final.plan.count,
        "plain_count": final.plan.plain_count,
        "curve": tuned.curve,
        "look": {**plain(tuned.look), "nature": tuned.look.nature},
        "bounds": tuned.bounds,
        "search": {
            "rungs": found.rungs,
            "count": found.count,
            "values": found.values,
            "dropped": found.dropped,
            "not_measured": found.not_measured,
        },
        "codes": tuned.codes,
        "left_out": tuned.left_out,
        "notes": tuned.notes,
        "seconds": tuned.seconds,
        "budget_s": tuned.budget_s,
        "seed": tuned.seed,
        "scenario": tuned.scenario or None,
    }
    return dumps({key: plain(value) for key, value in written.items()}, indent=2, allow_nan=False)


@plain.register
def _(value: Candidate) -> dict[str, Any]:
    lane = value.lane
    return {
        "words": value.words,
        "pattern": lane.pattern,
        "arm": lane.arm,
        "runtime": lane.runtime,
        "workers": value.workers,
    }


def _figures(tuned: Tuned) -> Iterator[tuple[str, str]]:
    final, winner = tuned.finals, tuned.winner
    yield "one job", _job(tuned.look)
    if final.plain_each_s is not None:
        yield "plain loop", ", ".join([_per_second(final.plain_each_s), *_memory(final.plain_memory_bytes)])
    if winner is None:
        return
    yield "best", ", ".join([_per_second(winner.each_s), *_memory(winner.memory_bytes)])
    others = final.standings[1:]
    if others and final.behind is not None:
        takes = f"takes {figures.ratio(final.behind)} the time"
        words = [takes, _per_second(others[0].each_s), *_memory(others[0].memory_bytes)]
        yield "next best", f"{others[0].candidate.words}: {', '.join(words)}"
    for other in others[1:]:
        yield "then", f"{other.candidate.words}: {', '.join(_standing(other))}"
    if tuned.knee is not None and tuned.knee.workers < winner.candidate.workers:
        yield "knee", f"{tuned.knee.words}: the fewest within x1.10 of the best"
    elif len(tuned.curve) > 1:
        yield "knee", "fewer workers are more than x1.10 slower"


def _job(look: Look) -> str:
    words = [
        figures.seconds(look.job_s),
        look.nature,
        f"{figures.percent_of(look.cpu_share)} of it on the CPU",
    ]
    if look.memory_bytes:
        words.append(f"takes {figures.taken(look.memory_bytes)}")
    return ", ".join(words)


def _standing(standing: Standing) -> list[str]:
    over = [] if standing.speedup is None else [figures.ratio(standing.speedup)]
    return [*over, _per_second(standing.each_s), *_memory(standing.memory_bytes)]


def _inputs(look: Look) -> str:
    more = " or more" if look.more else ""
    return f"{figures.plural(look.read, 'input')}{more} of {look.inputs}"


def _per_second(each_s: float) -> str:
    return f"{figures.significant(1 / each_s)} jobs/s"


def _memory(size: int | None) -> list[str]:
    return [] if size is None else [figures.taken(size)]


def _about(code: Code) -> str:
    if code.wrong or code.each_s is None:
        return f"with {_kind(code)}: no code to paste; it was to be run and checked: {code.wrong}"
    compared = "all" if code.known >= code.count else f"{code.known:,}"
    right = f"{compared} compared with the plain loop's" if code.known else "counted"
    ran = f"run over {figures.plural(code.count, 'input')}, answers {right}, {_per_second(code.each_s)}"
    return f"with {_kind(code)} ({ran}):"


def _kind(code: Code) -> str:
    return code.kind if code.kind == "patterns" else f"the {code.kind} alone"


def _indented(code: Code) -> list[str]:
    """The text as it is, not wrapped, with single blank lines; nothing where it is wrong."""
    if code.wrong or code.each_s is None:
        return []
    shown = code.text.strip("\n").replace("\n\n\n", "\n\n").split("\n")
    return ["", *(f"    {line}".rstrip() for line in shown)]


def _took(tuned: Tuned) -> str:
    scenario = f"; {tuned.scenario}: gopat bench and gopat compare watch it" if tuned.scenario else ""
    return f"took {tuned.seconds:.0f} s of {tuned.budget_s:.0f} s, seed {tuned.seed}{scenario}"


def _labelled(label: str, text: str, width: int) -> list[str]:
    if width < 2 * LABEL + 16:
        return _wrapped(f"{label}: {text}", width)
    return wrap(
        text,
        width,
        initial_indent=label.ljust(LABEL),
        subsequent_indent=" " * LABEL,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(text, width, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
