"""The rows of an operation as a plain table."""

from collections.abc import Iterable, Sequence

from gopatterns_cli.overhead import arms
from gopatterns_cli.overhead.operations import Operation
from gopatterns_cli.overhead.rounds import Row

REFERENCES = ("asyncio-queue", arms.GO)
"""What the others are divided by, where it was measured."""

SCALED = "*"


def heading(operation: Operation, setting: int | None, count: int) -> str:
    """What the table is of."""
    workers = "" if setting is None else f", {setting} {operation.setting}"
    return f"{operation.name}{workers}: {count:,} times {operation.item}"


def render(operation: Operation, rows: Sequence[Row]) -> list[str]:
    """Lines: a head, then an arm each: ns per item, ratios, what it lacks."""
    seconds = {row.arm: row.seconds for row in rows if row.seconds}
    references = [name for name in REFERENCES if name in seconds]
    cells = [["arm", "ns/item", *(f"x {name}" for name in references), "lacks"]]
    for row in rows:
        lacks = arms.lacks(row.arm).get(operation.name, "")
        if row.seconds is None:
            cells.append([row.arm, "failed", *("" for _ in references), row.problem])
            continue
        mark = SCALED if row.scaled else ""
        ratios = [f"{row.seconds / seconds[name]:.2f}" for name in references]
        cells.append([row.arm, f"{row.seconds * 1e9:,.0f}{mark}", *ratios, lacks])
    lines = _aligned(cells)
    scaled = [f"{row.arm} {row.count:,}" for row in rows if row.scaled]
    if scaled:
        lines.append(f"{SCALED} fewer items, as it is slow: {', '.join(scaled)}")
    if operation.seconds is not None:
        rates = [f"{row.arm} {1 / row.seconds:,.1f}" for row in rows if row.seconds]
        lines.append(f"per second: {', '.join(rates)}")
    return lines


def _aligned(cells: Sequence[Sequence[str]]) -> list[str]:
    """Names to the left, numbers to the right, the last column as it is."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(_padded(row, widths)).rstrip() for row in cells]


def _padded(row: Sequence[str], widths: Sequence[int]) -> Iterable[str]:
    yield row[0].ljust(widths[0])
    yield from (text.rjust(width) for text, width in zip(row[1:-1], widths[1:-1], strict=True))
    yield row[-1]
