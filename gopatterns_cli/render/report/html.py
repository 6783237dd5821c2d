"""HTML from calls: every text is escaped unless it is HTML already.

Small on purpose. A page is put together from a few dozen kinds of elements, and its size is watched: a chart
is a row of marks at percentages, which no plotting library writes in so few bytes.
"""

import html
from collections.abc import Iterable

VOID = frozenset({"meta", "link", "input", "circle", "rect", "line", "path", "br"})
"""Elements without a closing tag in HTML; those of SVG are closed in place."""

DRAWN = frozenset({"circle", "rect", "line", "path"})


class Html(str):
    """Text that is HTML and is not escaped again."""

    __slots__ = ()


def tag(name: str, /, *children: str, **attributes: str | float | bool | None) -> Html:
    """Write an element.

    Args:
        name: of the element.
        children: text, which is escaped, or `Html`.
        attributes: `data_arm`, and `class_` where Python has the word for itself; None and False leave one
            out, True writes it bare.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{written}{'/' if name in DRAWN else ''}>")
    return Html(f"<{name}{written}>{joined(children)}</{name}>")


def joined(parts: Iterable[str], between: str = "") -> Html:
    """Put parts after one another, each escaped unless it is HTML."""
    return Html(between.join(part if isinstance(part, Html) else html.escape(part) for part in parts))


def _attribute(key: str, value: str | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.removesuffix("_").replace("_", "-")
    if value is True:
        return f" {name}"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return f' {name}="{html.escape(text)}"'
