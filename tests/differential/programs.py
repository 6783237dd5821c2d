"""
Small concurrent programs as data, and how hypothesis makes them.

A program has channels, contexts, a wait group and tasks; a task is a sequence of operations, each a tuple
whose first word says what it does:

    ("send", channel, value, context)      ("receive", channel, context)
    ("try_send", channel, value)           ("try_receive", channel)
    ("select", cases, context)             ("try_select", cases)
    ("close", channel)                     ("cancel", context)
    ("done",)                              ("wait", context)

A case is ("send", channel, value) or ("receive", channel); a channel of None is never ready. A context of
None cannot be cancelled. What a task has seen is a list of such words as "sent", a pair (value, ok), a
triple (case, value, ok), "closed", "cancelled", "panic"; the last one is "stuck" when it waits for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st


@dataclass(frozen=True)
class Program:
    """
    `capacities` of the channels, how many `contexts` there are, what the wait group `counts`, and the tasks.
    """

    capacities: tuple[int, ...]
    contexts: int
    counts: int
    tasks: tuple[tuple[tuple[Any, ...], ...], ...]

    def __str__(self) -> str:
        lines = [f"channels {self.capacities}, contexts {self.contexts}, wait group at {self.counts}"]
        for number, task in enumerate(self.tasks):
            lines.append(f"  task {number}: {'; '.join(' '.join(map(str, word)) for word in task)}")
        return "\n".join(lines)


@st.composite
def programs(draw: Any) -> Program:
    """Make programs of two to four tasks with up to eight operations between them."""
    capacities = tuple(draw(st.lists(st.integers(0, 2), min_size=1, max_size=3)))
    contexts = draw(st.integers(0, 2))
    counts = draw(st.integers(0, 2))
    channel = st.integers(0, len(capacities) - 1)
    context = st.none() if contexts == 0 else st.none() | st.integers(0, contexts - 1)
    value = st.integers(1, 9)
    case = st.one_of(
        st.tuples(st.just("send"), channel | st.none(), value),
        st.tuples(st.just("receive"), channel | st.none()),
    )
    cases = st.lists(case, min_size=1, max_size=3).map(tuple)
    kinds = [
        st.tuples(st.just("send"), channel, value, context),
        st.tuples(st.just("receive"), channel, context),
        st.tuples(st.just("select"), cases, context),
        st.tuples(st.just("try_send"), channel, value),
        st.tuples(st.just("try_receive"), channel),
        st.tuples(st.just("try_select"), cases),
        st.tuples(st.just("close"), channel),
        st.tuples(st.just("done")),
        st.tuples(st.just("wait"), context),
    ]
    if contexts:
        kinds.append(st.tuples(st.just("cancel"), st.integers(0, contexts - 1)))
    sizes = draw(st.sampled_from([(2, 4), (3, 3), (4, 2), (2, 3), (3, 2)]))
    tasks = tuple(
        tuple(draw(st.lists(st.one_of(kinds), min_size=1, max_size=sizes[1]))) for _ in range(sizes[0])
    )
    return Program(capacities, contexts, counts, tasks)
