"""Dataclasses that were read from JSON hold what their annotations say.

A session file may have been edited, or cut and pasted together: what is wrong in it is found where it is
read, not wherever it is first used. The annotations are the only description there is.
"""

from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

LARGEST = 1e15
"""Every number of a session is a count, a time, a ratio or a seed: none is negative, none beyond this."""


def checked(instance: T) -> T:
    """Return `instance`, a dataclass, after looking at every field, also of dataclasses inside it.

    Raises:
        TypeError: the class and the field, and what it cannot be.
    """
    kind: Any = type(instance)
    for name, hint in _hints(kind).items():
        found = getattr(instance, name)
        if not fits(found, hint):
            raise TypeError(f"{kind.__name__.lower()}.{name} cannot be {shown(found)}")
    return instance


def fits(found: Any, hint: Any) -> bool:
    """Whether a value is of an annotated type; a whole number is a float, a bool is no number."""
    kind, parts = get_origin(hint), get_args(hint)
    if kind in {UnionType, Union}:
        return any(fits(found, part) for part in parts)
    if kind is not None:
        return isinstance(found, kind) and _parts_fit(found, parts)
    if hint in {int, float}:
        number = isinstance(found, int if hint is int else (int, float)) and not isinstance(found, bool)
        return number and 0 <= found <= LARGEST
    if isinstance(hint, type) and is_dataclass(hint):
        return isinstance(found, hint) and checked(found) is found
    return hint is Any or isinstance(found, hint)


def shown(found: Any) -> str:
    """A value for a message: short, on one line."""
    text = repr(found)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _parts_fit(found: Any, parts: tuple[Any, ...]) -> bool:
    """Whether the keys and values of a mapping, or the items of a tuple, are of their types."""
    if isinstance(found, Mapping):
        key, value = parts
        return all(fits(name, key) and fits(item, value) for name, item in found.items())
    if len(parts) == 2 and parts[1] is Ellipsis:
        return all(fits(item, parts[0]) for item in found)
    return len(found) == len(parts) and all(map(fits, found, parts))


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)
