"""What a session was measured on and how, and what it measured as files to keep."""

import base64
import gzip
from collections.abc import Iterable, Mapping

from gopatterns_cli import figures
from gopatterns_cli.render import csv
from gopatterns_cli.render.grid import NOTHING
from gopatterns_cli.render.headlines import started
from gopatterns_cli.render.report.html import Html, joined, tag
from gopatterns_cli.session import Session
from gopatterns_cli.words import tr


def environment(session: Session) -> Html:
    """List what is known of the machine and of the Python that measured."""
    known = {tr(name.replace("_", " ")): str(fact) for name, fact in session.machine.items()}
    return _pairs(
        {"gopat": session.version or NOTHING, **known, "Go": tr(", ").join(session.go_versions) or NOTHING}
    )


def plan(session: Session) -> Html:
    """List what was decided before anything was measured, and how far it was carried out."""
    looks = (
        tr(
            "after {n} rounds at {difference} and {equivalence}",
            n=look.rounds,
            difference=figures.percent_of(look.difference),
            equivalence=figures.percent_of(look.equivalence),
        )
        for look in session.plan.looks
    )
    lost = figures.listed(
        [
            tr("{cell} in round {n}: {why}", cell=loss.cell, n=loss.round, why=loss.why)
            for loss in session.lost
        ]
    )
    nothing = tr("nothing")
    return _pairs(
        {
            tr("started"): started(session),
            tr("status"): tr(session.status.capitalize()),
            tr("rounds"): tr("{n} of at most {most}", n=session.rounds_done, most=session.plan.rounds),
            tr("looks"): tr("; ").join(looks),
            tr("arms"): tr("{n}, in an order drawn anew in each round", n=f"{len(session.plan.cells):,}"),
            tr("decided early"): figures.plural(len(session.stopped), "arm"),
            tr("seed"): str(session.plan.seed),
            tr("expected"): figures.seconds(session.plan.expected_s),
            tr("lost"): lost or nothing,
            tr("left out"): figures.listed(session.plan.left_out) or nothing,
        }
    )


def raw(session: Session) -> Html:
    """Offer the raw values as a file that lies in the page, and say where the session itself lies."""
    packed = gzip.compress(csv.render(session, csv.BRIEF).encode(), 9, mtime=0)
    name = f"{session.path.stem}.csv.gz"
    data = f"data:application/gzip;base64,{base64.b64encode(packed).decode()}"
    size = figures.taken(len(packed))
    about = tr(
        "every arm in every round, as comma-separated values. The session itself is {path}.",
        path=session.path,
    )
    return joined(
        [
            tag("p", tag("a", f"{name} ({size})", href=data, download=name), f": {about}"),
            tag("p", tr("To measure the same again:")),
            tag("pre", tag("code", session.command or "gopat bench")),
        ]
    )


def _pairs(known: Mapping[str, str]) -> Html:
    return tag("dl", *_described(known.items()))


def _described(pairs: Iterable[tuple[str, str]]) -> "Iterable[Html]":
    for name, value in pairs:
        yield tag("div", tag("dt", name), tag("dd", value))
