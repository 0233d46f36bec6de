"""Changes: this projection beside an earlier one, in cost, demand, models and data."""

from __future__ import annotations

from typing import Any

from forecast.reporting import references
from forecast.reporting.document import Block, Column, Number, Row, Section, Shown, Table, number_of
from forecast.reporting.view import View
from forecast.sections import _common, _series, assumptions, conclusion


def build(view: View) -> Section | None:
    """Return old and new side by side; nothing where no earlier projection was given."""
    words = view.words
    title = words.text("changes.title")
    if view.other is None:
        return None
    blocks: list[Block] = [
        *_said(view, view.other),
        words.say(
            "changes.intro",
            **{"old": view.other.bundle.id, "old_date": words.date(str(view.other.meta["today"]))},
            **{"new": view.bundle.id, "new_date": words.date(str(view.meta["today"]))},
        ),
        *_common.by_format(view, "changes.references"),
    ]
    blocks += [*_cost(view, view.other), *_functions(view, view.other)]
    blocks += [*_demand(view, view.other), _inputs(view, view.other)]
    blocks += _remarks(view, view.other)
    return Section("changes", title, tuple(blocks))


def _said(view: View, other: View) -> list[Block]:
    """Say in a sentence how net cost of the budget year moved between the two."""
    year = view.budget_year
    old, new = other.cost(year, "current"), view.cost(year, "current")
    if not (old.given and new.given):
        return []
    change = new - old_ref(old)
    way = conclusion.direction(change)
    values = {"area": _common.subject(view), "year": year}
    share = abs(change) / old_ref(old)
    said = view.words.say(f"changes.said.{way}", "lead", **values, change=abs(change), share=share)
    return [said]


def old_ref(number: Number) -> Number:
    """Return a number of the earlier projection; its reference says so."""
    if not number.given:
        return number
    return Number(number.value, references.elsewhere(number.ref, "old"))


def _columns(view: View, first: str, form: str, change: str) -> tuple[Column, ...]:
    words = view.words
    return (
        Column(first),
        Column(words.text("changes.old"), form),
        Column(words.text("changes.new"), form),
        Column(words.text("column.change"), change),
        Column(words.text("changes.percent"), "pctch"),
    )


def _line(label: str, old: Number, new: Number) -> Row:
    before = old_ref(old)
    return Row((label, before, new, new - before, (new - before) / before))


def _cost(view: View, other: View) -> list[Table]:
    words = view.words
    years = [y for y in view.budget_years if other.cost(y, "current").given]
    rows = tuple(_line(y, other.cost(y, "current"), view.cost(y, "current")) for y in years)
    caption = words.text("changes.cost", area=view.name, unit=words.unit("mio"))
    columns = _columns(view, words.text("column.year"), "mio", "mioch")
    return [Table("changes_cost", caption, columns, rows)] if rows else []


def _functions(view: View, other: View) -> list[Table]:
    words, year = view.words, view.budget_year
    rows = []
    for function in view.functions():
        old, new = (v.cost(year, "current", function=function) for v in (other, view))
        if old.given and new.given:
            rows.append(_line(view.function_name(function), old, new))
    rows, notes = _moved(view, rows)
    old, new = (v.cost(year, "current") for v in (other, view))
    if rows and old.given and new.given:
        whole = _line(words.text("pressure.total"), old, new)
        rows = [*rows, Row(whole.cells, "total")]
    caption = words.text("changes.functions", area=view.name, year=year, unit=words.unit("mio"))
    columns = _columns(view, words.text("column.function"), "mio", "mioch")
    return [Table("changes_functions", caption, columns, tuple(rows), notes)] if rows else []


def _demand(view: View, other: View) -> list[Table]:
    words, year = view.words, view.budget_year
    rows = []
    for model in _series.models(view):
        for series in _series.of(view, model):
            old, new = (_series.expected(v, series, year) for v in (other, view))
            if old.given and new.given:
                label = f"{_series.name(view, series)} ({_series.unit(view, series)})"
                rows.append(_shown(_line(label, old, new), _series.form(series)))
    rows, notes = _moved(view, rows)
    caption = words.text("changes.demand", area=view.name, year=year)
    columns = _columns(view, words.text("column.service"), "int", "change")
    return [Table("changes_demand", caption, columns, tuple(rows), notes)] if rows else []


def _moved(view: View, rows: list[Row]) -> tuple[list[Row], tuple[str, ...]]:
    """Return the rows that differ, and a note on how many are left out because they do not."""
    kept = [row for row in rows if abs(number_of(row.cells[3]).value) > 1e-9]
    left = len(rows) - len(kept)
    if not left or not kept:
        return rows, ()
    return kept, (view.words.text("changes.same", n=float(left)),)


def _shown(row: Row, form: str) -> Row:
    label, old, new, change, share = row.cells
    if form == "int":
        return row
    pair = [Shown(n, form) for n in (old, new) if isinstance(n, Number)]
    last = Shown(change, "change1") if isinstance(change, Number) else change
    return Row((label, *pair, last, share))


def _inputs(view: View, other: View) -> Table:
    words = view.words
    columns = (
        Column(words.text("changes.input")),
        Column(words.text("changes.old")),
        Column(words.text("changes.new")),
    )
    old, new = _facts(other), _facts(view)
    rows = tuple(
        Row((name, old.get(name, "–"), new.get(name, "–")))
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    )
    same = Row((words.text("changes.nothing"), "", ""))
    return Table("changes_inputs", words.text("changes.inputs"), columns, rows or (same,))


def _facts(view: View) -> dict[str, str]:
    """Return what a projection was made of, by readable name."""
    meta, words = view.meta, view.words
    facts = {
        view.model_name(name): words.text("changes.version", version=str(entry["version"]))
        for name, entry in meta["models"].items()
    }
    for vintage in meta["vintages"]:
        facts[_dataset(view, vintage)] = _published(view, vintage)
    names = [str(a.get("name", a.get("id", ""))) for a in meta["adjustments"]]
    facts[words.text("adjustments.title")] = words.listing(names) or "–"
    facts[words.text("changes.prices")] = words.date(str(meta["price_vintage"]))
    facts[words.text("changes.known")] = words.date(str(meta["known_at"]))
    facts[words.text("changes.budget_year")] = str(meta["budget_year"])
    facts[words.text("changes.seed")] = str(meta["seed"])
    return facts


def _published(view: View, vintage: dict[str, Any]) -> str:
    """Return the date of a vintage, and the end of its name, which tells two of a day apart."""
    end = str(vintage["id"]).rsplit("-", 1)[-1]
    day = str(vintage.get("published", ""))
    return f"{view.words.date(day)} ({end})" if day else end


def _remarks(view: View, other: View) -> list[Block]:
    """Say what the one projection remarks on and the other does not: refunds left out, a lift."""
    old, new = ([note.text for note in assumptions.notes(v)] for v in (other, view))
    alone = {"old": [t for t in old if t not in new], "new": [t for t in new if t not in old]}
    return [
        view.words.say(f"changes.only_{which}", text=" ".join(texts))
        for which, texts in alone.items()
        if texts
    ]


def _dataset(view: View, vintage: dict[str, Any]) -> str:
    key = f"dataset.{vintage['dataset']}"
    return view.words.text(key) if view.words.has(key) else str(vintage["dataset"])
