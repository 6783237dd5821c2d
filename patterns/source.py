"""Reading what a pattern is fed: any iterable, async iterable or channel, lazily, by one or several tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypeAlias, TypeVar

from patterns import traps
from patterns.channel import Channel, Receiver, channel_of
from patterns.traps import current_seat

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

    from patterns.group import TaskGroup

T = TypeVar("T")

Items: TypeAlias = "Iterable[T] | AsyncIterable[T] | Channel[T] | Receiver[T]"
"""What a pattern can be fed."""


class Source(Generic[T]):
    """
    A source that several tasks may iterate with `async for`, each item going to one of them.

    A plain iterable is stepped in the task that asks. An async one is stepped by a task of its own, so that
    it works on the next item meanwhile, and because only the task that iterates an async generator may
    close it.

    Raises:
        TypeError: `items` can be iterated in no way.
    """

    __slots__ = ("_items", "_queue", "_shared")

    def __init__(self, items: Items[T]) -> None:
        self._items: Any = items
        self._queue: Channel[T] | None = None
        self._shared: AsyncIterator[T]
        if isinstance(items, (Channel, Receiver)):
            self._shared = channel_of(items)
        elif hasattr(items, "__aiter__"):
            self._shared = self._queue = Channel()
        else:
            self._items = iterator(items)
            self._shared = Stepped(self._items)

    def __aiter__(self) -> AsyncIterator[T]:
        return self._shared

    @property
    def at_hand(self) -> bool:
        """Whether the source is a plain iterable, whose next item nobody waits for here."""
        return isinstance(self._shared, Stepped)

    def start(self, group: TaskGroup) -> None:
        """Spawn the task that steps an async iterable; other sources need none."""
        if self._queue is not None:
            group.spawn(self._feed, self._queue, name="source")

    def close(self) -> None:
        """Close a generator that was not read to its end; its readers have ended."""
        close = getattr(self._items, "close", None)
        if self._queue is None and close is not None and not isinstance(self._items, (Channel, Receiver)):
            close()

    async def _feed(self, queue: Channel[T]) -> None:
        task = traps.running()
        if task.context.dead:
            await traps.refuse(task)
        iterator = aiter(self._items)
        try:
            async for item in iterator:
                await queue.send(item)
            queue.close()
        finally:
            close = getattr(iterator, "aclose", None)
            if close is not None:
                await close()


class Stepped(Generic[T]):
    """Plain items, for several tasks."""

    __slots__ = ("_left",)

    def __init__(self, items: Iterable[T]) -> None:
        self._left = items

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        task = current_seat().task
        if not task.budget:  # stepping suspends nobody, and what is done with the items may not either
            await traps.checkpoint(task)
        task.budget -= 1
        try:
            for item in self._left:
                return item
        except StopAsyncIteration as error:  # it would end the loop of whoever reads
            raise RuntimeError("a source raised StopAsyncIteration") from error
        self._left = ()  # an iterator that has ended is not asked again
        raise StopAsyncIteration


def numbered(items: Any) -> Any:
    """Return `items` as pairs of number, from 0, and item, in the same kind of iteration."""
    if isinstance(items, (Channel, Receiver)) or hasattr(items, "__aiter__"):
        return Numbered(items)
    return pairs(iterator(items))


def pairs(items: Iterator[T]) -> Iterator[tuple[int, T]]:
    """Enumerate `items`, and close them as this is closed."""
    try:
        yield from enumerate(items)
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()


def iterator(items: Any) -> Iterator[Any]:
    """
    Return an iterator over plain items.

    Raises:
        TypeError: they can be iterated in no way.
    """
    try:
        return iter(items)
    except TypeError:
        found = type(items).__name__
        raise TypeError(f"a source is an iterable, an async iterable or a channel, found {found}") from None


class Numbered:
    """An async iterable of numbered items."""

    def __init__(self, items: AsyncIterable[Any]) -> None:
        self._items = aiter(items)
        self._following = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> tuple[int, Any]:
        item = await anext(self._items)
        self._following += 1
        return self._following - 1, item

    async def aclose(self) -> None:
        """Close the items' own iterator."""
        close = getattr(self._items, "aclose", None)
        if close is not None:
            await close()
