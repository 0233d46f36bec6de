"""The headline for a negotiation: pressure in bn DKK, beside the agreed lift, and how likely."""

from __future__ import annotations

from dataclasses import replace

from forecast.reporting.document import MISSING, Column, Number, Paragraph, Row, Run, Section, Table
from forecast.reporting.view import View
from forecast.sections import _common, conclusion

LEVELS = (None, _common.LOW, _common.MIDDLE, _common.HIGH)
SANCTIONS = ("sanction", "sanction_own", "sanction_shared")
ITEMS = ("pressure", "backlog", "need", "lift", "gap", *SANCTIONS)


def build(view: View) -> Section:
    """Return the pressure, the lift, and the probability that the lift is not enough.

    Where cost is left out it is the conclusion on demand, which says why.
    """
    words = view.words
    if not view.meta["cost_included"]:
        title = words.text("conclusion.title")
        return Section("headline", title, conclusion.of_demand(view))
    years = [str(y) for y in view.slice("frame").values("year")]
    year = view.budget_year if view.budget_year in years else next(iter(years), "")
    blocks: list[Paragraph | Table] = _lift(view, year) if year else []
    blocks += [_growth(view)]
    if not years:
        blocks += [words.say("headline.no_frame", "note")]
    blocks += [_drivers(view)]
    return Section("headline", words.text("headline.title"), tuple(blocks))


def item(view: View, year: str, name: str, quantile: float | None = None) -> Number:
    """Return an item of the frame table; the mean unless a quantile is named."""
    return view.number("frame", year=year, item=name, quantile=quantile)


def _growth(view: View) -> Paragraph:
    keys = {"function": "", "year": view.budget_year, "term": "change"}
    change, low, high = (
        view.number("bridge", quantile=q, **keys) for q in (None, _common.LOW, _common.HIGH)
    )
    way = "up" if change.value > 0 else "down"
    return view.words.say(
        f"headline.growth.{way}",
        "lead",
        **{"accounts_year": view.accounts_year, "year": view.budget_year, "change": abs(change)},
        low=low if way == "up" else abs(high),
        high=high if way == "up" else abs(low),
    )


def _lift(view: View, year: str) -> list[Paragraph | Table]:
    words = view.words
    probability = item(view, year, "probability")
    said: list[Paragraph | Table] = []
    assumed = lift_of(view, year)
    if probability.given:
        frame = words.say(
            "headline.assumed" if assumed else "headline.agreed",
            "lead",
            **{"year": year, "from": assumed},
            pressure=item(view, year, "pressure"),
            lift=item(view, year, "lift"),
        )
        said.append(_joined(frame, _chance(view, "headline.chance", probability)))
    said += _need(view, year)
    heads = [words.text(f"column.{h}") for h in ("expected", "p10", "p50", "p90")]
    columns = (Column(words.text("column.item")), *(Column(h, "mia") for h in heads))
    items, notes = _items(view, year)
    rows = tuple(
        Row((_item_name(view, name, assumed), *(item(view, year, name, q) for q in LEVELS)))
        for name in items
    )
    caption = words.text("headline.table", year=year, unit=words.unit("mia"))
    return [*said, Table("frame", caption, columns, rows, notes)] if rows else said


def _items(view: View, year: str) -> tuple[list[str], tuple[str, ...]]:
    """Return the items that there are, and a note; sanctions that all round to 0 have no rows."""
    words = view.words
    items = [name for name in ITEMS if item(view, year, name).given]
    nothing = words.show(0.0, "mia")
    cut = [item(view, year, name, q) for name in items if name in SANCTIONS for q in LEVELS]
    notes = (words.text("note.signs"),)
    if not cut or any(n.given and words.show(n, "mia") != nothing for n in cut):
        return items, notes
    kept = [name for name in items if name not in SANCTIONS]
    return kept, (words.text("frame.no_sanction"), *notes)


def _need(view: View, year: str) -> list[Paragraph]:
    """Say what is missing against the budgets of the year before, which a frame rests on."""
    probability = item(view, year, "probability_need")
    if not probability.given:
        return []
    need = view.words.say(
        "headline.need",
        before=str(int(year) - 1),
        backlog=item(view, year, "backlog"),
        need=item(view, year, "need"),
    )
    chance = _chance(view, "headline.need_chance", probability)
    return [_joined(need, chance), *_after_refund(view, year)]


def _chance(view: View, key: str, probability: Number) -> Paragraph:
    """Say how probable something is; by number of futures where a percentage would round it away.

    No simulation shows that a thing cannot happen: 0 of 1,000 futures is what it shows.
    """
    draws = float(view.meta["draws"])
    shown = view.words.show(probability, "pct")
    if shown in (view.words.show(0.0, "pct"), view.words.show(1.0, "pct")):
        return view.words.say(f"{key}.counted", futures=probability * draws, draws=draws)
    return view.words.say(f"{key}.share", probability=probability, draws=draws)


def _joined(first: Paragraph, second: Paragraph) -> Paragraph:
    return replace(first, runs=(*first.runs, Run(" "), *second.runs))


def _after_refund(view: View, year: str) -> list[Paragraph]:
    """Say how the need, before refunds, goes with the net cost of the tables that follow."""
    budget = _common.last_budget(view)
    adopted = view.cost(budget, "fixed", "budget") if budget else MISSING
    net = view.cost(year, "fixed") - adopted
    if not net.given:
        return []
    way = "up" if net.value > 0 else "down"
    return [view.words.say(f"headline.net_{way}", year=year, budget=budget, net=abs(net))]


def lift_of(view: View, year: str) -> str:
    """Return the year whose lift stands for a year without one; "" where it has its own."""
    found = [n["params"] for n in view.meta["notes"] if n["code"] == "lift_assumed"]
    return next((str(p["from"]) for p in found if str(p["year"]) == year), "")


def _item_name(view: View, name: str, assumed: str) -> str:
    if name == "lift" and assumed:
        return view.words.text("frame.lift_assumed", **{"from": assumed})
    return view.words.text(f"frame.{name}")


def _drivers(view: View) -> Table:
    words, year = view.words, view.budget_year
    found = view.slice("bridge").values("term", function="", year=year)
    terms = [t for t in found if t not in ("start", "end", "change")]
    heads = [words.text(f"column.{h}") for h in ("expected", "p10", "p50", "p90")]
    columns = (
        Column(words.text("column.term")),
        *(Column(h, "miach") for h in heads),
        Column(words.text("column.kind")),
    )
    rows = [
        _driver(view, term, _common.term_name(words, term), _kind(view, term)) for term in terms
    ]
    whole = _driver(view, "change", words.text("bridge.change"), "")
    caption = words.text("headline.drivers", accounts_year=view.accounts_year, year=year,
                         unit=words.unit("mia"))  # fmt: skip
    return Table("drivers", caption, columns, (*rows, Row(whole.cells, "total")))


def _driver(view: View, term: str, name: str, kind: str) -> Row:
    keys = {"function": "", "year": view.budget_year, "term": term}
    cells = (view.number("bridge", quantile=q, **keys) for q in LEVELS)
    return Row((name, *cells, kind))


def _kind(view: View, term: str) -> str:
    """Say whether a term is demand, price, refund, law (DUT), or agreed already."""
    words = view.words
    if not term.startswith("adjustment:"):
        demand = term in ("population", "age_mix", "rate", "service_mix")
        side = "demand" if demand else "refund" if term == "refund" else "price"
        return words.text(f"headline.kind.{side}")
    name = term.removeprefix("adjustment:")
    entries = [a for a in view.meta["adjustments"] if name in (a.get("name"), a.get("id"))]
    kind = str(entries[0].get("lever", "")) if entries else ""
    return words.named(f"headline.kind.{kind}", words.text("headline.kind.local"))
