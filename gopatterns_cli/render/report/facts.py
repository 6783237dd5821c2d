"""What a session was measured on and how, and what it measured as files to keep."""

import base64
import gzip
from collections.abc import Iterable, Mapping

from gopatterns_cli import figures
from gopatterns_cli.render import csv
from gopatterns_cli.render.headlines import started
from gopatterns_cli.render.report.html import Html, joined, tag
from gopatterns_cli.session import Session


def environment(session: Session) -> Html:
    """List what is known of the machine and of the Python that measured."""
    known = {name.replace("_", " "): str(fact) for name, fact in session.machine.items()}
    return _pairs({"gopat": session.version or "-", **known, "go": ", ".join(session.go_versions) or "none"})


def plan(session: Session) -> Html:
    """List what was decided before anything was measured, and how far it was carried out."""
    looks = (
        f"after {look.rounds} rounds at {look.difference:.1%} and {look.equivalence:.1%}"
        for look in session.plan.looks
    )
    lost = figures.listed([f"{loss.cell} in round {loss.round}: {loss.why}" for loss in session.lost])
    return _pairs(
        {
            "started": started(session),
            "status": session.status,
            "rounds": f"{session.rounds_done} of at most {session.plan.rounds}",
            "looks": "; ".join(looks),
            "arms": f"{len(session.plan.cells):,}, in an order drawn anew in each round",
            "decided early": figures.plural(len(session.stopped), "arm"),
            "seed": str(session.plan.seed),
            "expected": figures.seconds(session.plan.expected_s),
            "lost": lost or "nothing",
            "left out": figures.listed(session.plan.left_out) or "nothing",
        }
    )


def raw(session: Session) -> Html:
    """Offer the raw values as a file that lies in the page, and say where the session itself lies."""
    packed = gzip.compress(csv.render(session, csv.BRIEF).encode(), 9, mtime=0)
    name = f"{session.path.stem}.csv.gz"
    data = f"data:application/gzip;base64,{base64.b64encode(packed).decode()}"
    size = figures.taken(len(packed))
    return joined(
        [
            tag(
                "p",
                tag("a", f"{name} ({size})", href=data, download=name),
                ": every arm in every round, as comma-separated values. The session itself is ",
                tag("code", str(session.path)),
                ".",
            ),
            tag("p", "To measure the same again:"),
            tag("pre", tag("code", session.command or "gopat bench")),
        ]
    )


def _pairs(known: Mapping[str, str]) -> Html:
    return tag("dl", *_described(known.items()))


def _described(pairs: Iterable[tuple[str, str]]) -> "Iterable[Html]":
    for name, value in pairs:
        yield tag("div", tag("dt", name), tag("dd", value))
