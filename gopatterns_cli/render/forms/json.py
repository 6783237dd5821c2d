"""JSON: everything that is known."""

from gopatterns_cli.entries import Found
from gopatterns_cli.render import json
from gopatterns_cli.render.screen import Screen


def render(found: Found, _: Screen) -> str:
    """Write a comparison as JSON."""
    return json.render(found)
