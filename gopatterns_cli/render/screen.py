"""The screen that a comparison is shown on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Screen:
    """What a form for people's eyes has to know; others need nothing of it.

    Args:
        columns: how many there are.
        color_system: one of Rich's, such as `standard`; None for plain text.
        verbose: list what has not become worse, too.
    """

    columns: int
    color_system: str | None = None
    verbose: bool = False
