"""The conclusion: three sentences with amounts and certainty, and the figures behind them."""

from __future__ import annotations

from forecast.reporting.document import Column, Number, Paragraph, Row, Section, Table
from forecast.reporting.view import View
from forecast.sections import _common, _held, _people, _series, demand


def build(view: View) -> Section | None:
    """Return the conclusion; of demand alone where cost is left out."""
    title = view.words.text("conclusion.title")
    if not view.meta["cost_included"]:
        return Section("conclusion", title, of_demand(view))
    table = _figures(view)
    return Section("conclusion", title, (*_sentences(view), table))


def of_demand(view: View) -> tuple[Paragraph, ...]:
    """Return what is concluded without cost: how demand goes, and why there is no more."""
    return (*_demand(view), *_people.unweighed(view, "lead"), left_out(view))


def left_out(view: View) -> Paragraph:
    """Say in a sentence why there is no cost in the report."""
    reason = view.meta.get("cost_reason") or {}
    key = f"cost_reason.{reason.get('code', '')}"
    if view.words.has(key):
        return view.words.say(key, "warning", **reason.get("params", {}))
    return view.words.say("cost_reason.other", "warning", text=reason.get("text", ""))


def _sentences(view: View) -> list[Paragraph]:
    year, words = view.budget_year, view.words
    middle = view.cost(year, "fixed")
    said = [
        words.say(
            "conclusion.level",
            "lead",
            **{
                "area": _common.subject(view),
                "year": year,
                "price_year": str(view.meta["price_level"]),
            },
            amount=_common.amount(view, middle),
            low=_common.amount(view, view.cost(year, "fixed", quantile=_common.LOW)),
            high=_common.amount(view, view.cost(year, "fixed", quantile=_common.HIGH)),
        )
    ]
    return [*said, *_compared(view, middle), *_reasons(view)]


def _compared(view: View, middle: Number) -> list[Paragraph]:
    accounts = view.cost(view.accounts_year, "fixed", "accounts")
    budget_year = _common.last_budget(view)
    budget = view.cost(budget_year, "fixed", "budget") if budget_year else None
    values: dict[str, str | Number]
    if budget is not None and budget.given:
        gap = middle - budget
        key = f"conclusion.against_budget.{direction(view, gap)}"
        values = {"budget_year": budget_year, "share": abs(gap) / budget}
    elif accounts.given:
        gap = middle - accounts
        key = f"conclusion.against_accounts.{direction(view, gap)}"
        values = {"accounts_year": view.accounts_year, "share": abs(gap) / accounts}
    else:
        return []
    size = _common.amount(view, abs(gap))
    return [view.words.say(key, "lead", year=view.budget_year, gap=size, **values)]


def direction(view: View, change: Number) -> str:
    """Return `up`, `down` or `same` for the sign of a change of money, as the area shows it."""
    form = _common.money(view)
    if view.words.show(abs(change), form) == view.words.show(0.0, form):
        return "same"
    return "up" if change.value > 0 else "down"


def _reasons(view: View) -> list[Paragraph]:
    year = view.budget_year
    terms = [t for t in view.slice("bridge").values("term") if t not in ("start", "end", "change")]
    sizes = {t: view.number("bridge", function="", year=year, term=t) for t in terms}
    change = view.number("bridge", function="", year=year, term="change")
    sign = 1 if change.value > 0 else -1
    helping = sorted((t for t in sizes if sizes[t].given), key=lambda t: -sign * sizes[t].value)[:2]
    if not change.given or len(helping) < 2 or direction(view, change) == "same":
        return []
    first, second = helping
    return [
        view.words.say(
            f"conclusion.reasons.{direction(view, change)}",
            "lead",
            **{"accounts_year": view.accounts_year, "year": year},
            change=_common.amount(view, abs(change)),
            **{"first": _reason(view, first), "second": _reason(view, second)},
            first_amount=_common.amount(view, sizes[first]),
            second_amount=_common.amount(view, sizes[second]),
        )
    ]


def _reason(view: View, term: str) -> str:
    """Return a term's name in a sentence; the name of an adjustment as its author wrote it.

    What a name says in brackets is left out: its amount follows in brackets.
    """
    name = _common.term_name(view.words, term)
    return name if term.startswith("adjustment:") else _common.lower_first(name.partition(" (")[0])


def _figures(view: View) -> Table:
    words = view.words
    fixed, current = (_common.price_name(view, p) for p in ("fixed", "current"))
    low, high = words.text("column.p10"), words.text("column.p90")
    heads = (fixed, f"{low}, {fixed}", f"{high}, {fixed}", current[:1].upper() + current[1:])
    form = _common.money(view)
    columns = (Column(words.text("column.year")), *(Column(h, form) for h in heads))
    rows = [_row(view, "accounts", view.accounts_year, "accounts")]
    rows += [_row(view, "between", y, "forecast") for y in _common.years_between(view)]
    budget = _common.last_budget(view)
    rows += [_row(view, "budget", budget, "budget")] if budget else []
    rows += [_row(view, "forecast", y, "forecast") for y in view.budget_years]
    caption = words.text("conclusion.figures", area=_common.within(view), unit=words.unit("mio"))
    notes = (words.text("note.signs"), *_common.of_prices(view), *_held.of_cost(view))
    return Table("conclusion", caption, columns, tuple(rows), notes)


def _row(view: View, name: str, year: str, series: str) -> Row:
    label = view.words.text(f"conclusion.{name}", year=year)
    cells = (
        view.cost(year, "fixed", series),
        view.cost(year, "fixed", series, quantile=_common.LOW),
        view.cost(year, "fixed", series, quantile=_common.HIGH),
        view.cost(year, "current", series),
    )
    budget_year = series == "forecast" and year == view.budget_year
    return Row((label, *cells), "total" if budget_year else "body")


def _demand(view: View) -> list[Paragraph]:
    """Return a sentence for each measure, the largest series of it speaking for it."""
    return [
        demand.sentence(view, series, "lead")
        for model in _series.models(view)
        for series in _series.largest(view, model, 1)
    ][:3]
