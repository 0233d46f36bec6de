"""Peers: the municipality beside the ones most like it, and beside the nation."""

from __future__ import annotations

from forecast.reporting.document import Column, Row, Section, Table
from forecast.reporting.view import View
from forecast.sections import _common

ITEMS = (("users_per_1000", "two"), ("unit_cost", "thousand"), ("cost_per_capita", "int"))


def build(view: View) -> Section | None:
    """Return users' share, unit cost and cost per inhabitant by service, own, peers', nation's."""
    keys = list(view.slice("comparison").select(item="unit_cost"))
    if not keys:
        return None
    words = view.words
    rows = tuple(_row(view, str(k["function"]), str(k["service"])) for k, _ in keys)
    sides = ("own", "peers", "nation")
    columns = (
        Column(words.text("column.function_service")),
        *(
            Column(words.text(f"peers.{item}.{side}"), form)
            for item, form in ITEMS
            for side in sides
        ),
    )
    caption = words.text("peers.table", area=view.name, year=view.accounts_year)
    table = _common.notes(view, Table("peers", caption, columns, rows))
    said = words.say("peers.intro", group=_group(view), why=_why(view))
    return Section("peers", words.text("peers.title"), (said, table))


def _row(view: View, function: str, service: str) -> Row:
    keys = {"function": function, "service": service, "year": view.accounts_year}
    cells = (
        view.number("comparison", side, item=item, **keys)
        for item, _ in ITEMS
        for side in ("own", "peers", "nation")
    )
    return Row((f"{function} {view.service_name(service)}", *cells))


def _group(view: View) -> str:
    rows = sorted(view.slice("peers").select(), key=lambda pair: float(pair[0]["rank"]))
    return view.words.listing([view.area_name(str(k["peer"])) for k, _ in rows])


def _why(view: View) -> str:
    codes = {c for k, _ in view.slice("peers").select() for c in str(k["why"]).split(";") if c}
    known = [c for c in sorted(codes) if view.words.has(f"peers.why.{c}")]
    return view.words.listing([view.words.text(f"peers.why.{c}") for c in known])
