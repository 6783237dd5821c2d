"""Dataclasses that were read from JSON hold what their annotations say.

A session file may have been edited, or cut and pasted together: what is wrong in it is found where it is
read, not wherever it is first used. The annotations are the only description there is.
"""

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Test = Callable[[Any], bool]

LARGEST = 1e15
"""Every number of a session is a count, a time, a ratio or a seed: none is negative, none beyond this."""


def checked(instance: T) -> T:
    """Return `instance`, a dataclass, after looking at every field, also of dataclasses inside it.

    Raises:
        TypeError: the class and the field, and what it cannot be.
    """
    kind: Any = type(instance)
    for name, fitting in _fields(kind):
        found = getattr(instance, name)
        if not fitting(found):
            raise TypeError(f"{kind.__name__.lower()}.{name} cannot be {shown(found)}")
    return instance


def fits(found: Any, hint: Any) -> bool:
    """Whether a value is of an annotated type; a whole number is a float, a bool is no number."""
    return _test(hint)(found)


def shown(found: Any) -> str:
    """A value for a message: short, on one line."""
    text = repr(found)
    return text if len(text) <= 40 else f"{text[:37]}..."


@cache
def _fields(kind: Any) -> tuple[tuple[str, Test], ...]:
    return tuple((name, _test(hint)) for name, hint in get_type_hints(kind).items())


@cache
def _test(hint: Any) -> Test:
    """Return what tells whether a value is of an annotated type: made once, as a session has many values."""
    kind, parts = get_origin(hint), get_args(hint)
    if kind in {UnionType, Union}:
        tests = tuple(map(_test, parts))
        return lambda found: any(test(found) for test in tests)
    if kind is not None:
        inside = _test_of_parts(kind, parts)
        return lambda found: isinstance(found, kind) and inside(found)
    if hint in {int, float}:
        numbers = int if hint is int else (int, float)
        return lambda found: (
            isinstance(found, numbers) and not isinstance(found, bool) and 0 <= found <= LARGEST
        )
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda found: isinstance(found, hint) and checked(found) is found
    return lambda found: hint is Any or isinstance(found, hint)


def _test_of_parts(kind: Any, parts: tuple[Any, ...]) -> Test:
    """Return what looks at the keys and values of a mapping, or at the items of a tuple."""
    if issubclass(kind, Mapping):
        key, value = map(_test, parts)
        return lambda found: all(key(name) and value(item) for name, item in found.items())
    if len(parts) == 2 and parts[1] is Ellipsis:
        one = _test(parts[0])
        return lambda found: all(map(one, found))
    tests = tuple(map(_test, parts))
    return lambda found: (
        len(found) == len(tests) and all(test(item) for test, item in zip(tests, found, strict=True))
    )
