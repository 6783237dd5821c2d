"""GitHub Markdown, for a pull request or a step's summary."""

from gopatterns_cli.entries import Found
from gopatterns_cli.render import markdown, versions_markdown
from gopatterns_cli.render.screen import Screen
from gopatterns_cli.versus import Versus


def render(found: Found, _: Screen) -> str:
    """Write a comparison as Markdown."""
    return versions_markdown.render(found) if isinstance(found, Versus) else markdown.render(found)
