"""XLSX: a sheet a table, live formulas with named cells, native charts, and the data in long form.

Text from data is always written as text, never as a formula or a link.
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from forecast.reporting import danish, wording
from forecast.reporting.document import (
    FORMS,
    HIDDEN,
    Calculator,
    Cell,
    Number,
    Paragraph,
    Report,
    Table,
    form_of,
    number_of,
)
from forecast.reporting.wording import Wording
from forecast.writers import _calculator
from forecast.writers._xlsx import Sheet, Styles

if TYPE_CHECKING:
    import pandas as pd

SUFFIX = ".xlsx"
_LONG = ("cost", "demand", "history", "bridge")


def render(report: Report) -> bytes:
    """Return the report as the bytes of one workbook."""
    import xlsxwriter

    words = wording.load(report.language)
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True,
               "nan_inf_to_errors": False}  # fmt: skip
    with xlsxwriter.Workbook(buffer, options) as book:
        _properties(book, report)
        styles = Styles(book)
        references: list[tuple[str, str, str, str]] = []
        _cover(Sheet(book, styles, words.text("xlsx.cover"), report), report, words, references)
        for block in (b for s in report.sections for b in s.blocks):
            if isinstance(block, Table):
                sheet = Sheet(book, styles, _sheet_name(block.name, book), report)
                _table(sheet, block, references)
            elif isinstance(block, Calculator):
                name = _sheet_name(words.text("xlsx.calculator"), book)
                _calculator.write(Sheet(book, styles, name, report), block, words, references)
        for part, last in (("references", True), ("data", False)):
            sheet = Sheet(book, styles, _sheet_name(words.text(f"xlsx.{part}"), book), report)
            _references(sheet, references, words) if last else _data(sheet, report)
    return buffer.getvalue()


def _properties(book: Any, report: Report) -> None:
    day = datetime.fromisoformat(report.facts.get("today", "2000-01-01")[:10])
    about = "; ".join([*report.marks, report.footer])
    book.set_properties(
        {"title": _line(report.title), "comments": _line(about), "created": day, "author": ""}
    )


def _line(text: str) -> str:
    """Return text of at most 255 characters without what XML does not hold."""
    return "".join(c for c in text if c >= " ")[:255]


def _sheet_name(name: str, book: Any) -> str:
    base = re.sub(r"[^A-Za-z0-9_]", "_", name)[:28]
    taken = {str(s.get_name()).lower() for s in book.worksheets()}
    candidates = [base, *(f"{base}_{i}" for i in range(2, 1000))]
    return next(c for c in candidates if c.lower() not in taken)


def _cover(
    sheet: Sheet, report: Report, words: Wording, references: list[tuple[str, str, str, str]]
) -> None:
    sheet.widths([100])
    sheet.text(report.title, "title")
    sheet.text(report.subtitle, "aside")
    for section in report.sections:
        said = [b for b in section.blocks if isinstance(b, Paragraph)]
        if said:
            sheet.skip()
            sheet.text(section.title, "heading")
        for paragraph in said:
            at = sheet.name, sheet.address(0)
            given = [(r.number, r.form) for r in paragraph.runs if r.number and r.number.given]
            references += [(*at, number.ref, form) for number, form in given if number.ref]
            sheet.text(paragraph.text, "wrapped")
    sheet.skip()
    sheet.text(words.text("xlsx.help"), "aside")
    if any(isinstance(b, Calculator) for section in report.sections for b in section.blocks):
        sheet.text(words.text("xlsx.live"), "aside")
    sheet.text(report.footer, "aside")


WIDTH = 64  # signs of a row's name; a longer one goes on in a second line


def _table(sheet: Sheet, table: Table, references: list[tuple[str, str, str, str]]) -> None:
    sheet.widths([WIDTH, *(14 if c.form else 22 for c in table.columns[1:])])
    sheet.text(table.caption, "heading")
    sheet.skip()
    first = sheet.row
    heads = [wrap(c.title, 13 if c.form else 20) for c in table.columns[1:]]
    sheet.tall(max((len(lines) for lines in heads), default=1))
    sheet.cells([(c.title, "head_number" if c.form else "head") for c in table.columns])
    sheet.freeze()
    for row in table.rows:
        bold = row.kind != "body"
        sheet.tall(1 + len(str(row.cells[0])) // WIDTH)
        for i, cell in enumerate(row.cells):
            column = table.columns[i] if row.kind != "group" else table.columns[0]
            _cell(sheet, i, cell, (form_of(cell, column), bold, references))
        sheet.skip()
    for note in table.notes:
        sheet.text(note, "aside")
    _chart(sheet, table, first)


def _cell(
    sheet: Sheet, column: int, cell: Cell, look: tuple[str, bool, list[tuple[str, str, str, str]]]
) -> None:
    form, bold, references = look
    if isinstance(cell, str):
        sheet.put(column, cell, "bold" if bold else "label")
        return
    number = number_of(cell)
    if number.hidden or not number.given:
        sheet.put(column, HIDDEN if number.hidden else danish.MISSING, "right")
        return
    sheet.number(column, scaled(number, form), (form, bold))
    if number.ref:
        references.append((sheet.name, sheet.address(column), number.ref, form))


def scaled(number: Number, form: str) -> float:
    """Return a number in the unit that its form shows; per cent stay shares for Excel's format."""
    shape = FORMS[form]
    if shape.unit == "%":
        return number.value / (100.0 if shape.factor == 1.0 else 1.0)
    return number.value * shape.factor


def _chart(sheet: Sheet, table: Table, first: int) -> None:
    """Draw what has years as lines and the bridge as bars, natively, with alternative text."""
    years = [i for i, c in enumerate(table.columns) if re.fullmatch(r"\d{4}", c.title)]
    body = [
        (first + 1 + i, row)
        for i, row in enumerate(table.rows)
        if row.kind == "body" and any(number_of(c).given for c in row.cells)
    ]
    if table.name == "bridge" and body:
        sheet.chart("bar", table.caption, [(first, body[0][0], body[-1][0], 1)])
    elif len(years) > 1 and body:
        rows = [(at, years[0], years[-1]) for at, _ in body[:6]]
        drawn = [number_of(row.cells[i]) for _, row in body[:6] for i in years]
        below = any(number.given and number.value < 0 for number in drawn)
        sheet.lines(table.caption, first, rows, from_zero=not below)


def _references(sheet: Sheet, references: list[tuple[str, str, str, str]], words: Wording) -> None:
    sheet.widths([24, 10, 60, 10])
    sheet.text(words.text("report.references_help"), "muted")
    heads = ("sheet", "cell", "reference", "form")
    sheet.cells([(words.text(f"xlsx.{h}"), "head") for h in heads])
    sheet.freeze()
    for line in references:
        sheet.cells([(part, "text") for part in line])


def _data(sheet: Sheet, report: Report) -> None:
    names = ["table", "row"]
    frames = {name: _short(report.data[name]) for name in _LONG if name in report.data}
    for frame in frames.values():
        names += [c for c in frame.columns if c not in names]
    sheet.widths([10, 8, *(12 for _ in names[2:])])
    sheet.cells([(name, "head") for name in names])
    sheet.freeze()
    for name, frame in frames.items():
        places = [names.index(c) for c in frame.columns]
        for values in frame.itertuples(index=False, name=None):
            sheet.plain(0, name)
            for place, value in zip(places, values, strict=True):
                sheet.plain(place, value)
            sheet.skip()


def _short(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that a planner pivots: years, the mean and P10, P50, P90.

    All other quantiles and quarters are in the data format.
    """
    if "quantile" in frame:
        frame = frame[frame["quantile"].isna() | frame["quantile"].isin([0.1, 0.5, 0.9])]
    if "component" in frame:
        frame = frame[(frame["component"] == "net") | frame["quantile"].isna()]
    if "term" in frame:
        frame = frame[frame["function"] == ""]
    if "period" in frame:
        frame = frame[~frame["period"].str.contains("Q")]
    return frame
