"""Changes: this projection beside an earlier one, in cost, demand, models and data."""

from __future__ import annotations

from typing import Any

from forecast.reporting import danish
from forecast.reporting.document import (
    FORMS,
    Block,
    Column,
    Number,
    Row,
    Section,
    Shown,
    Table,
    number_of,
)
from forecast.reporting.view import View
from forecast.sections import _common, _scope, _series, assumptions, conclusion, known
from forecast.sections._scope import Pair


def build(view: View) -> Section | None:
    """Return old and new side by side; nothing where no earlier projection was given."""
    words = view.words
    title = words.text("changes.title")
    if view.other is None:
        return None
    blocks: list[Block] = [*_said(view), _intro(view, view.other)]
    blocks += _common.by_format(view, "changes.references", "reference")
    blocks += [*_cost(view), *_functions(view)]
    blocks += [*_demand(view, view.other), _inputs(view, view.other)]
    blocks += _remarks(view, view.other)
    return Section("changes", title, tuple(blocks))


def _intro(view: View, other: View) -> Block:
    """Say which projection is which: for what budget, and on what was known when."""
    told = {
        f"{which}{name}": text
        for which, v in (("old", other), ("new", view))
        for name, text in (
            ("", v.bundle.id),
            ("_year", v.budget_year),
            ("_date", v.words.date(str(v.meta["known_at"]))),
        )
    }
    return view.words.say("changes.intro", **told)


def _said(view: View) -> list[Block]:
    """Say how net cost of the budget year moved, like for like, and what only one counts."""
    year, words, form = view.budget_year, view.words, _common.money(view)
    found = _scope.pair(view, year)
    alike = found.alike
    if not (found.given and alike.given):
        return _without_cost(view, view.before)
    values = {"area": _common.subject(view), "year": year}
    share = abs(alike.change) / alike.old
    change = Shown(abs(alike.change), form)
    key = f"changes.{'alike' if found.only else 'said'}.{_way(alike.change, form)}"
    said: list[Block] = [words.say(key, "lead", **values, change=change, share=share)]
    if found.only:
        sizes = {"refund": Shown(found.refund, form), "total": Shown(found.change, form)}
        said.append(words.say(f"changes.counted.{found.only}", "lead", year=year, **sizes))
    return said


def _without_cost(view: View, other: View) -> list[Block]:
    """Say where only one of the two has cost, and why the other has none."""
    lacking = [(n, v) for n, v in (("old", other), ("new", view)) if not v.meta["cost_included"]]
    return [
        view.words.say(f"changes.only_{which}", "warning", text=conclusion.left_out(v).text)
        for which, v in lacking
        if len(lacking) == 1
    ]


def _way(change: Number, form: str) -> str:
    """Return `up`, `down` or `same` for a change as it is shown."""
    shape = FORMS[form]
    shown = round(change.value * shape.factor, shape.decimals)
    return "same" if not shown else "up" if shown > 0 else "down"


def _columns(view: View, first: str, form: str, change: str) -> tuple[Column, ...]:
    words = view.words
    return (
        Column(first),
        Column(words.text("changes.old"), form),
        Column(words.text("changes.new"), form),
        Column(words.text("column.change"), change),
        Column(words.text("changes.percent"), "pctch"),
    )


def _line(label: str, found: Pair, kind: str = "body") -> Row:
    share = found.change / found.old
    return Row((label, found.old, found.new, found.change, share), kind)


def _lines(view: View, label: str, found: Pair, kind: str = "body") -> list[Row]:
    """Return a cost like for like, what only one projection counts, and both as projected."""
    if not found.only:
        return [_line(label, found, kind)]
    parts = (("alike", found.alike), (f"only_{found.only}", found.alone), ("stated", found))
    return [_line(view.words.text(f"changes.scope.{n}", label=label), p, kind) for n, p in parts]


def _cost(view: View) -> list[Table]:
    words, form = view.words, _common.money(view)
    found = {year: _scope.pair(view, year) for year in view.budget_years}
    found = {year: pair for year, pair in found.items() if pair.given}
    rows = tuple(row for year, pair in found.items() for row in _lines(view, year, pair))
    caption = words.text("changes.cost", area=view.name, unit=words.unit("mio"))
    columns = _columns(view, words.text("column.year"), form, f"{form}ch")
    notes = (*_scoped(view, found), words.text("note.rounded"))
    return [Table("changes_cost", caption, columns, rows, notes)] if rows else []


def _scoped(view: View, found: dict[str, Pair]) -> tuple[str, ...]:
    """Return notes on the years in which only one of the two counts the refund of dear cases."""
    years = {only: [y for y, pair in found.items() if pair.only == only] for only in ("old", "new")}
    return tuple(
        view.words.text(f"changes.scoped.{only}", years=view.words.listing(some))
        for only, some in years.items()
        if some
    )


def _functions(view: View) -> list[Table]:
    words, year, form = view.words, view.budget_year, _common.money(view)
    found = {f: _scope.pair(view, year, f).alike for f in view.functions()}
    rows = [_line(view.function_name(f), pair) for f, pair in found.items() if pair.given]
    rows, notes = _moved(view, rows, f"{form}ch")
    whole = _scope.pair(view, year)
    if rows and whole.given:
        rows = [*rows, *_lines(view, words.text("pressure.total"), whole, "total")]
    caption = words.text("changes.functions", area=view.name, year=year, unit=words.unit("mio"))
    columns = _columns(view, words.text("column.function"), form, f"{form}ch")
    notes = (*_scoped(view, {year: whole}), *notes, words.text("note.rounded"))
    return [Table("changes_functions", caption, columns, tuple(rows), notes)] if rows else []


def _demand(view: View, other: View) -> list[Table]:
    words, year = view.words, view.budget_year
    rows = []
    for model in _series.models(view):
        for series in _series.of(view, model):
            old, new = (_series.expected(v, series, year) for v in (other, view))
            if old.given and new.given:
                label = f"{_series.name(view, series)} ({_series.unit(view, series)})"
                pair = Pair(_common.earlier(old), new)
                rows.append(_shown(_line(label, pair), _series.form(series)))
    rows, notes = _moved(view, rows)
    notes = (*notes, words.text("note.rounded"))
    caption = words.text("changes.demand", area=view.name, year=year)
    columns = _columns(view, words.text("column.service"), "int", "change")
    return [Table("changes_demand", caption, columns, tuple(rows), notes)] if rows else []


def _moved(view: View, rows: list[Row], form: str = "change") -> tuple[list[Row], tuple[str, ...]]:
    """Return the rows that differ as shown, and a note on how many are left out."""
    kept = [row for row in rows if _way(number_of(row.cells[3]), _form(row, form)) != "same"]
    left = len(rows) - len(kept)
    if not left or not kept:
        return rows, ()
    return kept, (view.words.text("changes.same", n=float(left)),)


def _form(row: Row, form: str) -> str:
    """Return how a row shows its change."""
    change = row.cells[3]
    return change.form if isinstance(change, Shown) else form


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
    return Table(
        "changes_inputs", words.text("changes.inputs"), columns, rows or (same,),
        _numbered(view, other),
    )  # fmt: skip


def _numbered(view: View, other: View) -> tuple[str, ...]:
    """Return a note where the earlier projection rests on versions with a higher number."""
    versions = [{n: int(m["version"]) for n, m in v.meta["models"].items()} for v in (other, view)]
    higher = any(number > versions[1].get(name, number) for name, number in versions[0].items())
    return (view.words.text("changes.numbered"),) if higher else ()


def _facts(view: View) -> dict[str, str]:
    """Return what a projection was made of, by readable name."""
    meta, words = view.meta, view.words
    facts = {
        words.text("changes.budget_year"): str(meta["budget_year"]),
        words.text("changes.known"): words.date(str(meta["known_at"])),
        words.text("changes.prices"): words.date(str(meta["price_vintage"])),
    }
    for name, entry in meta["models"].items():
        last = danish.period(str(entry["last"]), words.language)
        version = words.text("changes.version", version=str(entry["version"]), last=last)
        facts[view.model_name(name)] = version
    for vintage in meta["vintages"]:
        facts[known.name(view, vintage)] = _published(view, vintage)
    names = [str(a.get("name", a.get("id", ""))) for a in meta["adjustments"]]
    facts[words.text("adjustments.title")] = words.listing(names) or "–"
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
