"""
Every outcome that Go allows a small program, by trying every order of its tasks' steps.

Written from the Go specification ("Send statements", "Receive operator", "Close", "Select statements") and
the documentation of `context` and `sync.WaitGroup`, on its own: it shares nothing with the library. Waiting
tasks queue first in, first out at each channel, as in Go's runtime. Where a context is done and the
operation could go on, both are allowed: Go's select takes either.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from programs import Program

READY, PARKED, OVER = "ready", "parked", "over"
GROUP = "group"


@dataclass(frozen=True)
class Task:
    """
    How far a task is: its next operation, whether it is ready, which cases it waits for, whether in a select,
    under which context, and what it has seen.
    """

    at: int = 0
    state: str = READY
    waits: tuple[tuple[Any, ...], ...] = ()
    chooses: bool = False
    context: int | None = None
    seen: tuple[Any, ...] = ()

    def saw(self, what: Any) -> Task:
        return Task(self.at + 1, seen=(*self.seen, what))

    def ended(self, what: Any) -> Task:
        return Task(self.at, OVER, seen=(*self.seen, what))


@dataclass(frozen=True)
class State:
    """The world: tasks, buffers, closed channels, queues of (task, case) per channel, contexts, group."""

    tasks: tuple[Task, ...]
    buffers: tuple[tuple[int, ...], ...]
    closed: frozenset[int]
    queues: tuple[tuple[tuple[int, int], ...], ...]
    done: frozenset[int]
    count: int


def outcomes(program: Program, most: int = 200_000) -> set[tuple[Any, ...]]:
    """
    Return every outcome: what each task has seen at the end.

    Raises:
        OverflowError: there are more than `most` states.
    """
    start = State(
        tuple(Task() for _ in program.tasks),
        tuple(() for _ in program.capacities),
        frozenset(),
        tuple(() for _ in program.capacities),
        frozenset(),
        program.counts,
    )
    known, todo, found = {start}, [start], set()
    while todo:
        state = todo.pop()
        ready = [number for number, task in enumerate(state.tasks) if task.state == READY]
        if not ready:
            found.add(tuple(_end(task) for task in state.tasks))
        for number in ready:
            for after in _step(program, state, number):
                if after not in known:
                    known.add(after)
                    todo.append(after)
                    if len(known) > most:
                        raise OverflowError
    return found


def _end(task: Task) -> tuple[Any, ...]:
    return (*task.seen, "stuck") if task.state == PARKED else task.seen


def _step(program: Program, state: State, number: int) -> Iterator[State]:
    """Let one task do its next operation, in every way that it may go."""
    task = state.tasks[number]
    if task.at == len(program.tasks[number]):
        yield _with(state, number, replace(task, state=OVER))
        return
    word, *rest = program.tasks[number][task.at]
    if word == "close":
        yield from _close(state, number, rest[0])
    elif word == "cancel":
        yield _cancel(_with(state, number, task.saw("cancelled it")), rest[0])
    elif word == "done":
        yield _done(state, number)
    elif word == "wait":
        yield from _wait(state, number, rest[0])
    else:
        yield from _communicate(program, state, number, word, rest)


def _communicate(program: Program, state: State, number: int, word: str, rest: list[Any]) -> Iterator[State]:
    tries = word.startswith("try_")
    chooses = word.endswith("select")
    context = None if tries else rest[-1]
    if chooses:
        cases = rest[0]
    elif word.endswith("send"):
        cases = (("send", rest[0], rest[1]),)
    else:
        cases = (("receive", rest[0]),)
    went = False
    for index, case in enumerate(cases):
        for after in _go(program, state, number, index, case, chooses=chooses):
            went = True
            yield after
    if context is not None and context in state.done:
        yield _with(state, number, state.tasks[number].ended("cancelled"))
        return
    if went:
        return
    if tries:
        yield _with(state, number, state.tasks[number].saw("would block"))
        return
    task = replace(state.tasks[number], state=PARKED, waits=cases, chooses=chooses, context=context)
    queues = list(state.queues)
    for index, case in enumerate(cases):
        if case[1] is not None:
            queues[case[1]] = (*queues[case[1]], (number, index))
    yield _with(replace(state, queues=tuple(queues)), number, task)


def _go(
    program: Program, state: State, number: int, index: int, case: tuple[Any, ...], *, chooses: bool
) -> Iterator[State]:
    """Do one case of an operation in every way in which it can go on at once."""
    kind, channel, *value = case
    if channel is None:
        return
    task = state.tasks[number]
    if kind == "send":
        sent = task.saw((index, None, True) if chooses else "sent")
        others = _first(state, channel, "receive")
        if channel in state.closed:
            yield _with(state, number, task.ended("panic"))
        elif others:
            for other in others:
                yield _with(_hand(state, other, value[0], ok=True), number, sent)
        elif len(state.buffers[channel]) < program.capacities[channel]:
            yield _with(_buffered(state, channel, (*state.buffers[channel], value[0])), number, sent)
        return
    buffer = state.buffers[channel]
    for sender in _first(state, channel, "send"):
        taken, *left = (*buffer, _value_of(state, sender))
        after = _buffered(_hand(state, sender, None, ok=True), channel, tuple(left))
        yield _with(after, number, task.saw(_received(index, taken, chooses=chooses, ok=True)))
    if buffer and not _first(state, channel, "send"):
        after = _buffered(state, channel, buffer[1:])
        yield _with(after, number, task.saw(_received(index, buffer[0], chooses=chooses, ok=True)))
    elif not buffer and channel in state.closed:
        yield _with(state, number, task.saw(_received(index, None, chooses=chooses, ok=False)))


def _received(index: int, value: Any, *, chooses: bool, ok: bool) -> tuple[Any, ...]:
    return (index, value, ok) if chooses else (value, ok)


def _first(state: State, channel: int, kind: str) -> list[tuple[int, int]]:
    """
    Return the task that waits longest to do that on a channel, with each of its cases: one that stands there
    with several has them in no order.
    """
    waiting = [entry for entry in state.queues[channel] if state.tasks[entry[0]].waits[entry[1]][0] == kind]
    return [entry for entry in waiting if entry[0] == waiting[0][0]]


def _value_of(state: State, waiter: tuple[int, int]) -> int:
    number, index = waiter
    return int(state.tasks[number].waits[index][2])


def _hand(state: State, waiter: tuple[int, int], value: Any, *, ok: bool) -> State:
    """Let a waiting task go on: its case has come about."""
    number, index = waiter
    task = state.tasks[number]
    if task.waits[index][0] == "send":
        seen: Any = (index, None, True) if task.chooses else "sent"
    else:
        seen = _received(index, value, chooses=task.chooses, ok=ok)
    return _with(_without(state, number), number, task.saw(seen))


def _close(state: State, number: int, channel: int) -> Iterator[State]:
    task = state.tasks[number]
    if channel in state.closed:
        yield _with(state, number, task.ended("panic"))
        return
    todo = [_with(replace(state, closed=state.closed | {channel}), number, task.saw("closed"))]
    while todo:
        after = todo.pop()
        if not after.queues[channel]:
            yield after
            continue
        other = after.queues[channel][0][0]
        waiting = after.tasks[other]
        for entry in after.queues[channel]:
            if entry[0] != other:
                continue
            if waiting.waits[entry[1]][0] == "send":
                todo.append(_with(_without(after, other), other, waiting.ended("panic")))
            else:
                todo.append(_hand(after, entry, None, ok=False))


def _cancel(state: State, context: int) -> State:
    state = replace(state, done=state.done | {context})
    for number, task in enumerate(state.tasks):
        if task.state == PARKED and task.context == context:
            state = _with(_without(state, number), number, task.ended("cancelled"))
    return state


def _done(state: State, number: int) -> State:
    task = state.tasks[number]
    if state.count == 0:
        return _with(state, number, task.ended("panic"))
    state = _with(replace(state, count=state.count - 1), number, task.saw("done"))
    if state.count == 0:
        for other, waiting in enumerate(state.tasks):
            if waiting.state == PARKED and waiting.waits == ((GROUP,),):
                state = _with(state, other, waiting.saw("waited"))
    return state


def _wait(state: State, number: int, context: int | None) -> Iterator[State]:
    task = state.tasks[number]
    if state.count == 0:
        yield _with(state, number, task.saw("waited"))
    if context is not None and context in state.done:
        yield _with(state, number, task.ended("cancelled"))
    elif state.count:
        yield _with(state, number, replace(task, state=PARKED, waits=((GROUP,),), context=context))


def _with(state: State, number: int, task: Task) -> State:
    return replace(state, tasks=(*state.tasks[:number], task, *state.tasks[number + 1 :]))


def _without(state: State, number: int) -> State:
    """Take a task out of every queue."""
    queues = tuple(tuple(entry for entry in queue if entry[0] != number) for queue in state.queues)
    return replace(state, queues=queues)


def _buffered(state: State, channel: int, buffer: tuple[int, ...]) -> State:
    return replace(state, buffers=(*state.buffers[:channel], buffer, *state.buffers[channel + 1 :]))
