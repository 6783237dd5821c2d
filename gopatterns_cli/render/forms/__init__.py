"""The forms that a comparison is shown in, each a module here with a function `render(found, screen)`.

`found` is either kind of comparison. A form decides nothing and formats only what is in it. It is found by
listing this folder and imported when it is asked for; a `_` in a file's name is a `-` in the form's.
"""

import pkgutil
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gopatterns_cli.entries import Found
    from gopatterns_cli.render.screen import Screen


def _rendered(module: str, found: "Found", screen: "Screen") -> str:
    text: str = import_module(f"{__name__}.{module}").render(found, screen)
    return text


FORMS: "Mapping[str, Callable[[Found, Screen], str]]" = {
    module.name.replace("_", "-"): partial(_rendered, module.name)
    for module in pkgutil.iter_modules(__path__)
}
"""By the name of each form what writes a comparison in it, as text that ends with a line break."""
