"""For people: answer first, worst first, at any width."""

from gopatterns_cli.entries import Found
from gopatterns_cli.render import terminal, versions_terminal
from gopatterns_cli.render.screen import Screen
from gopatterns_cli.versus import Versus


def render(found: Found, screen: Screen) -> str:
    """Draw a comparison for the screen."""
    if isinstance(found, Versus):
        return versions_terminal.render(found, screen)
    return terminal.render(found, screen.columns, screen.color_system)
