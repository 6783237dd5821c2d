"""What people read, in their language. Texts stand in the code in English; `locales/` has their translations.

A text is whole, with names in braces for what is put into it: another language has another order. What other
programs read (JSON, names of cells, exit codes) is English, and so is all that is not translated as a whole:
whoever prints something that is says so with `spoken(asked())`.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "zh")
"""Those that there are; the first is what stands in the code."""

DOMAIN = "gopat"
FOLDER = Path(__file__).parent / "locales"

VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where a system says its language, the strongest first, as gettext reads them."""

_name: ContextVar[str] = ContextVar("gopat_language", default=LANGUAGES[0])
_asked: ContextVar[str] = ContextVar("gopat_language_asked", default=LANGUAGES[0])


def tr(text: str, /, **values: Any) -> str:
    """Return a text in the language that is spoken, with values put in the place of their names."""
    said = _translations(_name.get()).gettext(text) if text else ""
    return said.format(**values) if values else said


def trn(one: str, many: str, count: int, /, **values: Any) -> str:
    """Return one of two texts by a count, as `tr`; `n` is the count."""
    return _translations(_name.get()).ngettext(one, many, count).format(n=f"{count:,}", **values)


def retold(text: str, template: str) -> str:
    """Return a text that was kept in English, made from a template, in the language that is spoken."""
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(template))
    found = re.fullmatch(pattern, text)
    return tr(template, **found.groupdict()) if found else text


def now_spoken() -> str:
    """Return the language that is spoken."""
    return _name.get()


def asked() -> str:
    """Return the language that the user asks for."""
    return _asked.get()


@contextmanager
def asking(language: str) -> Iterator[None]:
    """Have a language asked for inside the block."""
    before = _asked.set(language)
    try:
        yield
    finally:
        _asked.reset(before)


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Speak a language inside the block."""
    before = _name.set(language)
    try:
        yield
    finally:
        _name.reset(before)


def language(environment: Mapping[str, str] = os.environ) -> str:
    """Return the language that the system asks for, the first one where there is no such translation."""
    for name in VARIABLES:
        for wanted in environment.get(name, "").split(":"):
            code = re.split("[-_.@]", wanted)[0].lower()
            if code in LANGUAGES:
                return code
        if environment.get(name):
            break
    return LANGUAGES[0]


@cache
def _translations(name: str) -> NullTranslations:
    if name == LANGUAGES[0]:
        return NullTranslations()
    return translation(DOMAIN, FOLDER, [name])
