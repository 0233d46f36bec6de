"""XLSX: a sheet a table, live formulas with named cells, native charts, and the data in long form.

Text from data is always written as text, never as a formula or a link.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from forecast.reporting import wording
from forecast.reporting.document import (
    Calculator,
    Paragraph,
    Report,
    Table,
    for_format,
)
from forecast.reporting.wording import Wording
from forecast.writers import _calculator, _lists, _sheets, _tables
from forecast.writers._xlsx import Sheet, Styles

SUFFIX = ".xlsx"


def render(report: Report) -> bytes:
    """Return the report as the bytes of one workbook."""
    import xlsxwriter

    report = for_format(report, "xlsx")
    words = wording.load(report.language)
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True,
               "nan_inf_to_errors": False}  # fmt: skip
    with xlsxwriter.Workbook(buffer, options) as book:
        _properties(book, report)
        styles = Styles(book)
        references: _tables.References = []
        cover = Sheet(book, styles, words.text("xlsx.cover"), report)
        names: dict[int, str] = {}
        for block in (b for s in report.sections for b in s.blocks):
            if isinstance(block, Table):
                name = names[id(block)] = _sheets.name(block, words, _taken(book))
                _tables.write(Sheet(book, styles, name, report), block, words, references)
            elif isinstance(block, Calculator):
                name = names[id(block)] = _sheets.free(words.text("xlsx.calculator"), _taken(book))
                _calculator.write(Sheet(book, styles, name, report), block, words, references)
        references[:0] = _cover(cover, report, words, names)
        for part, last in (("references", True), ("data", False)):
            name = _sheets.free(words.text(f"xlsx.{part}"), _taken(book))
            sheet = Sheet(book, styles, name, report)
            if last:
                _lists.references(sheet, references, words, report.example)
            else:
                _lists.data(sheet, report, words, references)
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


def _taken(book: Any) -> list[str]:
    return [str(sheet.get_name()) for sheet in book.worksheets()]


def _cover(
    sheet: Sheet, report: Report, words: Wording, names: dict[int, str]
) -> _tables.References:
    """Write what the report says, where each section's tables stand; return the references."""
    references: _tables.References = []
    sheet.widths([100])
    sheet.text(report.title, "title")
    sheet.text(report.subtitle, "aside")
    starts = [0]
    for section in report.sections:
        said = [b for b in section.blocks if isinstance(b, Paragraph)]
        sheets = [names[id(b)] for b in section.blocks if id(b) in names]
        if said or sheets:
            sheet.skip()
            starts.append(sheet.row)
            sheet.text(section.title, "heading")
        for paragraph in said:
            references += _referred(sheet, paragraph)
            sheet.text(paragraph.text, "wrapped")
        if sheets:
            where = words.text("xlsx.where", n=float(len(sheets)), sheets=words.listing(sheets))
            sheet.text(where, "aside")
    sheet.skip()
    starts.append(sheet.row)
    sheet.text(words.text("xlsx.help"), "aside")
    if any(isinstance(b, Calculator) for section in report.sections for b in section.blocks):
        sheet.text(words.text("xlsx.live"), "aside")
    sheet.text(report.footer, "aside")
    sheet.pages(starts)
    return references


def _referred(sheet: Sheet, paragraph: Paragraph) -> _tables.References:
    """Return the references of the numbers of a paragraph that is written next."""
    at = sheet.name, sheet.address(0)
    given = [(r.number, r.form) for r in paragraph.runs if r.number and r.number.given]
    return [(*at, number.ref, form) for number, form in given if number.ref]
