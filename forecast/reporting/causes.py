"""Causes: why a forecast or a cost changed, in words and as tables, in a report's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from forecast import areas, services
from forecast.reporting.document import (
    PROTECTED,
    Block,
    Cell,
    Column,
    Number,
    Paragraph,
    Row,
    Table,
)
from forecast.reporting.wording import Wording

if TYPE_CHECKING:
    import pandas as pd

    from forecast.specs import ModelSpec
    from forecast.versions.changes import Explanation

# In which they are taken in, and stand in tables.
ORDER = (
    *("data added", "data revised", "population", "prices"),
    *("specification", "adjustments", "seed", "software"),
)


class Line(NamedTuple):
    """One row of a table by function or by series; a protected one shows no causes."""

    name: str
    before: Number
    after: Number
    hidden: bool = False


class Forms(NamedTuple):
    """How values and their changes are displayed, and the unit that headings name."""

    value: str
    change: str
    unit: str


def of_forecast(found: Explanation, spec: ModelSpec, words: Wording) -> list[Block]:
    """Return why a model's forecast of a municipality changed between two versions."""
    forms = _forms(found, spec.measure, words)
    before, after = float(found.before.sum()), float(found.after.sum())
    said = words.text(
        "causes.forecast",
        area=_area(found.area, words), year=str(found.year), unit=forms.unit,
        title=spec.title[words.language],
        old=str(found.old.version), new=str(found.new.version),
        before=words.show(before, forms.value), after=words.show(after, forms.value),
        change=words.show(after - before, forms.change),
    )  # fmt: skip
    blocks: list[Block] = [words.say("causes.said", text=said), because(found.total, words, forms)]
    blocks += [summary(found.total, words, forms), *_by_series(found, words, forms)]
    blocks += figures(found.cells, words, forms)
    if found.software:
        blocks.append(words.say("causes.program", changes=words.listing(_program(found, words))))
    return blocks


def because(total: pd.Series[float], words: Wording, forms: Forms) -> Paragraph:
    """Return the causes in a sentence, the largest first; those too small to be seen are not."""
    order = total.abs().sort_values(ascending=False, kind="stable").index
    told = []
    for term in order:
        amount = words.show(float(total[term]), forms.change)
        if any(digit in amount for digit in "123456789"):
            told.append(f"{name_of(str(term), words)} ({amount})")
    if not told:
        return words.say("causes.none")
    return words.say("causes.because", causes=words.listing(told))


def summary(total: pd.Series[float], words: Wording, forms: Forms) -> Table:
    """Return one row a cause, in the order in which they are taken in, and the change in all."""
    rows = [Row((name_of(term, words), Number(float(total[term])))) for term in _terms(total.index)]
    whole = Row((words.text("causes.total"), Number(float(total.sum()))), "total")
    columns = (
        Column(words.text("causes.cause")),
        Column(words.text("column.change"), forms.change),
    )
    caption = words.text("causes.table", unit=forms.unit)
    notes = (words.text("causes.order"),)
    return Table("causes", caption, columns, (*rows, whole), notes)


def figures(
    cells: pd.DataFrame,
    words: Wording,
    forms: Forms,
    hides: Callable[[Mapping[str, Any]], bool] = lambda _: False,
) -> list[Table]:
    """Return the revised figures that matter most, with what each alone means; none: nothing.

    Args:
        cells: `forecast.versions.revisions.COLUMNS`, the largest effect first.
        words: the language.
        forms: of the effect.
        hides: whether a figure is protected; then neither it nor its effect is shown.
    """
    rows = []
    for cell in cells.to_dict("records"):
        numbers: tuple[Cell, ...] = tuple(
            Number(float(cell[name])) for name in ("old", "new", "effect")
        )
        if hides({str(k): v for k, v in cell.items()}):
            numbers = (PROTECTED,) * 3
        rows.append(Row((*_named(cell, words), *numbers)))
    names = ("dataset", "place", "period", "what", "before", "after")
    titles = [Column(words.text(f"causes.{n}"), "one" if n in names[4:] else "") for n in names]
    effect = Column(words.text("causes.effect", unit=forms.unit), forms.change)
    notes = (words.text("causes.alone"),)
    caption = words.text("causes.revised")
    table = Table("causes_figures", caption, (*titles, effect), tuple(rows), notes)
    return [table] if rows else []


def by_row(
    wide: pd.DataFrame, words: Wording, heading: tuple[str, str], lines: list[Line], forms: Forms
) -> Table:
    """Return before, each cause that changes something, and after.

    Args:
        wide: one row a line, one column a cause.
        words: the language.
        heading: the table's caption, and the title of its first column.
        lines: in the order of `wide`.
        forms: of values and changes.
    """
    terms = [t for t in _terms(wide.columns) if (wide[t] != 0).any()]
    columns = [Column(heading[1]), Column(words.text("changes.old"), forms.value)]
    columns += [Column(words.text(f"causes.short.{_key(t)}"), forms.change) for t in terms]
    columns.append(Column(words.text("changes.new"), forms.value))
    rows = []
    for n, line in enumerate(lines):
        parts = (Number(float(wide[t].iloc[n])) for t in terms)
        shown = [PROTECTED if line.hidden else part for part in parts]
        rows.append(Row((line.name, line.before, *shown, line.after)))
    notes = (words.text("note.rounded"),)
    return Table("causes_rows", heading[0], tuple(columns), tuple(rows), notes)


def name_of(term: str, words: Wording) -> str:
    """Return what readers call a cause."""
    return words.text(f"causes.term.{_key(term)}")


def _program(found: Explanation, words: Wording) -> list[str]:
    own = {"code": words.text("causes.code")}
    return [
        f"{own.get(name, name)} ({old or '–'} → {new or '–'})" for name, old, new in found.software
    ]


def _by_series(found: Explanation, words: Wording, forms: Forms) -> list[Block]:
    wide = found.table
    if len(wide) < 2:
        return []
    lines = [
        Line(_series(key, words), Number(float(row["before"])), Number(float(row["after"])))
        for key, row in wide.iterrows()
    ]
    heading = (words.text("causes.series", unit=forms.unit), words.text("column.service"))
    return [by_row(wide, words, heading, lines, forms)]


def _series(key: Any, words: Wording) -> str:
    parts = key if isinstance(key, tuple) else (key,)
    return " ".join(_readable(str(part), words) for part in parts)


def _named(cell: Mapping[Any, Any], words: Wording) -> tuple[str, str, str, str]:
    """Return dataset, municipality, period and what is counted, as readers call them."""
    dataset = words.named(f"dataset.{cell['dataset']}", cell["dataset"])
    if not cell["area"]:
        return (dataset, "", "", words.text("causes.rest", n=float(cell["number"])))
    keys = " ".join(_readable(str(v), words) for v in cell["keys"].values())
    return (dataset, _area(str(cell["area"]), words), str(cell["period"]), keys)


def _area(code: str, words: Wording) -> str:
    return words.text("area.nation") if code == areas.NATION else areas.name(code)


def _readable(text: str, words: Wording) -> str:
    return services.title(text, words.language) if text in services.table() else text


def _terms(found: Iterable[Any]) -> list[str]:
    there = {str(term) for term in found}
    return [term for term in ORDER if term in there]


def _forms(found: Explanation, measure: str, words: Wording) -> Forms:
    """Return forms with as many decimals as the numbers need to tell a change."""
    unit = words.named(f"measure.{measure}", "")
    size = max(abs(float(found.before.sum())), abs(float(found.after.sum())))
    if size >= 10:
        return Forms("one", "change1", unit)
    return Forms("three", "change3", unit)


def _key(term: str) -> str:
    return term.replace(" ", "_")
