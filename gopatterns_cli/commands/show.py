"""`gopat show`: a pattern's text, ours beside the native ones and Go's."""

from typing import Annotated

import typer

from gopatterns_cli import completing
from gopatterns_cli.options import pattern

GROUPS = {
    "what": ("pattern_name", "arm", "runtime", "whole"),
    "show": ("as_json",),
}
"""The options of its help, by what they are for."""


def show(
    pattern_name: Annotated[
        str,
        typer.Argument(
            metavar="PATTERN",
            parser=pattern,
            autocompletion=completing.patterns,
            help="As `gopat list` has them.",
        ),
    ],
    *,
    arm: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            autocompletion=completing.some_of("gopat", "native", "go", "serial", "ticker"),
            help="Only these: gopat, native, go, serial, ticker.",
        ),
    ] = None,
    runtime: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            autocompletion=completing.runtime_list,
            help="The native ones of these runtimes only.",
        ),
    ] = None,
    whole: Annotated[bool, typer.Option("--whole", help="Our text with its demo.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show a pattern's source: ours, the native ones and Go's.

    Arms: gopat is our text, the same on every runtime; native is written by hand with the standard library;
    serial is the plain loop, ticker the document's token bucket. A wide terminal has them side by side.

    gopat show worker-pool

    gopat show worker-pool --arm native,go --runtime asyncio
    """
    import json  # noqa: PLC0415 - only when asked for

    from gopatterns_cli import complexity, sources  # noqa: PLC0415 - keeps --help light

    wanted, runtimes = _words(arm), _words(runtime)
    places = sources.chosen(pattern_name, wanted, runtimes)
    found = [sources.read(place, whole=whole) for place in places]
    if as_json:
        counted = {text.path: text for text in complexity.stored().get(pattern_name, ())}
        entries = [
            {
                "arm": source.arm,
                "runtime": source.runtime,
                "language": source.language,
                "path": source.path,
                "lines": source.lines,
                "code_lines": counted[source.path].lines if source.path in counted else None,
                "branches": counted[source.path].branches if source.path in counted else None,
                "text": source.text,
            }
            for source in found
        ]
        print(json.dumps({"pattern": pattern_name, "sources": entries}, indent=2))
        return
    from gopatterns_cli.render import shown  # noqa: PLC0415 - keeps --help and --json light
    from gopatterns_cli.render.drawing import colors  # noqa: PLC0415 - keeps --help and --json light
    from gopatterns_cli.render.pager import page  # noqa: PLC0415 - keeps --help and --json light

    all_native = not runtimes and "native" in (wanted or sources.USUAL)
    notes = sources.notes(pattern_name, found, all_native=all_native)
    page(shown.text(found, notes, shown.screen(), colors()))


def _words(value: str | None) -> tuple[str, ...]:
    return () if value is None else tuple(word.strip() for word in value.split(","))
