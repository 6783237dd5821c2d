"""Whether two answers of a user's function are the same, whatever they are."""

import pickle
from typing import Any


def alike(found: Any, right: Any) -> bool:
    """Whether two answers are the same: equal, or both no number, or of one pickle.

    By pickles: arrays, lists with NaN in them, and objects that are equal to nothing but themselves.
    """
    try:
        if found == right or (found != found and right != right):  # noqa: PLR0124 - that is NaN
            return True
    except Exception:  # noqa: BLE001, S110 - an array, say, has no single truth
        pass
    try:
        return _settled(found) == _settled(right)
    except Exception:  # noqa: BLE001 - whatever the user's objects do
        return False


def _settled(answer: Any) -> bytes:
    """Pickle it, read it and pickle that: what its parts share is then the same wherever it comes from."""
    return pickle.dumps(pickle.loads(pickle.dumps(answer)))  # noqa: S301 - what was just pickled
