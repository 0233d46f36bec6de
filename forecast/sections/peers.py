"""Peers: the municipality beside the ones most like it, and beside the nation."""

from __future__ import annotations

from collections import Counter

from forecast.reporting.document import MISSING, Column, Number, Row, Section, Table
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
            Column(words.text(f"peers.{item}", side=_side(view, side)), form)
            for item, form in ITEMS
            for side in sides
        ),
    )
    price = _common.price_name(view, "fixed")
    caption = words.text("peers.table", area=view.name, year=view.accounts_year, price=price)
    table = _common.notes(view, Table("peers", caption, columns, rows))
    why = _why(view)
    said = words.say(
        "peers.intro" if why else "peers.nearest", group=_group(view), why=why, area=view.name
    )
    return Section("peers", words.text("peers.title"), (said, table))


def _row(view: View, function: str, service: str) -> Row:
    keys = {"function": function, "service": service, "year": view.accounts_year}
    numbers = {
        side: [view.number("comparison", side, item=item, **keys) for item, _ in ITEMS]
        for side in ("own", "peers", "nation")
    }
    sides = map(_nobody, numbers.values())
    cells = (number for item in zip(*sides, strict=True) for number in item)
    return Row((_common.line_name(view, function, service), *cells))


def _nobody(numbers: list[Number]) -> list[Number]:
    """Return a side's users, unit cost and cost; where it is shown that none uses, none costs."""
    users = numbers[0]
    return [users, MISSING, users] if users.given and not users.value else numbers


def _side(view: View, side: str) -> str:
    return view.words.text(f"peers.{side}")


def _group(view: View) -> str:
    rows = sorted(view.slice("peers").select(), key=lambda pair: float(pair[0]["rank"]))
    return view.words.listing([view.area_name(str(k["peer"])) for k, _ in rows])


def _why(view: View) -> str:
    """Return what most of the group are alike in, the most common first."""
    rows = [str(k["why"]).split(";") for k, _ in view.slice("peers").select()]
    counts = Counter(code for why in rows for code in why if code)
    often = [code for code, n in counts.most_common() if n >= len(rows) / 2]
    known = [c for c in often if view.words.has(f"peers.why.{c}")]
    return view.words.listing([view.words.text(f"peers.why.{c}") for c in known])
