"""DOCX: real styles, captions, tables and pictures with alternative text, to paste and edit."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from forecast.reporting import wording
from forecast.reporting.document import (
    Cell as Shown,
)
from forecast.reporting.document import (
    Column,
    Figure,
    Paragraph,
    Report,
    Row,
    Run,
    Table,
    for_format,
    form_of,
    number_of,
    plain,
)
from forecast.reporting.wording import Wording
from forecast.writers import _docx, _flat, _pictures, _together, _widths
from forecast.writers import _table as _table_xml
from forecast.writers._table import Cell, Line

SUFFIX = ".docx"


def render(report: Report) -> bytes:
    """Return the report as the bytes of one document."""
    report = for_format(report, "docx")
    words = wording.load(report.language)
    document = _docx.new(report.language)
    _properties(document, report)
    _docx.header(document, [plain(mark) for mark in report.marks])
    _docx.footer(document, plain(report.footer), words)
    document.add_paragraph(plain(report.title), style="Title")
    document.add_paragraph(plain(report.subtitle), style="Subtitle")
    pictures = _pictures.drawn(report.figures)
    numbers = {id(t): i + 1 for i, t in enumerate(report.tables)}
    numbers |= {id(f): i + 1 for i, f in enumerate(report.figures)}
    for section in report.told:
        document.add_heading(plain(section.title), level=1)
        for i, block in enumerate(section.blocks):
            if isinstance(block, Paragraph):
                _paragraph(document, block, _together.introduces(section.blocks, i))
            elif isinstance(block, Table):
                _table(document, block, words, numbers[id(block)])
            elif isinstance(block, Figure):
                _figure(document, block, pictures[block.name], (words, numbers[id(block)]))
    buffer = io.BytesIO()
    document.save(buffer)
    return _docx.fixed(buffer.getvalue())


def _properties(document: Any, report: Report) -> None:
    day = datetime.fromisoformat(report.facts.get("today", "2000-01-01")[:10])
    about = document.core_properties
    about.title, about.author = plain(report.title)[:255], "social-forecast"
    about.language = report.language
    about.comments = plain("; ".join([*report.marks, report.footer]))[:255]
    about.created = about.modified = day
    about.revision, about.last_modified_by = 1, ""


def _paragraph(document: Any, block: Paragraph, kept: bool) -> None:
    """Add a paragraph; what it introduces stays on its page, what explains references is hidden."""
    if block.style == "reference":
        hidden = _docx.paragraph(document, "Note", plain(block.text))
        hidden.paragraph_format.keep_with_next = kept
        _docx.hide(hidden)
        return
    style = {"lead": "Lead", "note": "Note", "warning": "Warning"}.get(block.style, "Body Text")
    paragraph = _docx.paragraph(document, style)
    paragraph.paragraph_format.keep_with_next = kept
    for run in block.runs:
        _run(paragraph, run)


def _run(paragraph: Any, run: Run) -> None:
    _docx.write(paragraph, plain(run.text))
    if run.number is not None and run.number.given and run.number.ref:
        _docx.hidden(paragraph, f" [{run.number.ref}|{run.form}]")


def _table(document: Any, table: Table, words: Wording, number: int) -> None:
    label = words.text("report.table", n=str(number))
    _docx.caption(document, label, plain(table.caption))
    head = tuple(Cell(plain(c.title), right=bool(c.form), bold=True) for c in table.columns)
    lines = [Line(head, head=True), *(_line(row, table.columns, words) for row in table.rows)]
    description = plain(table.caption)
    made = _table_xml.element(lines, _widths.layout(table, words), description, bool(table.notes))
    document.element.body.insert_element_before(made, "w:sectPr")
    for note in table.notes:
        _docx.paragraph(document, "Note", plain(note))
    if not table.notes:
        _docx.paragraph(document, "Gap")


def _line(row: Row, columns: tuple[Column, ...], words: Wording) -> Line:
    if row.kind == "group":
        return Line((Cell(plain(str(row.cells[0])), bold=True),), joined=True)
    cells = zip(row.cells, columns, strict=True)
    return Line(tuple(_cell(cell, column, row, words) for cell, column in cells))


def _cell(cell: Shown, column: Column, row: Row, words: Wording) -> Cell:
    text, number = _flat.cell_text(cell, column, words), number_of(cell)
    behind = ""
    if number.given and number.ref:
        behind = f" [{number.ref}|{form_of(cell, column)}]"
    return Cell(text, behind, right=bool(column.form), bold=row.kind == "total")


def _figure(document: Any, figure: Figure, png: bytes, look: tuple[Wording, int]) -> None:
    words, number = look
    label = words.text("report.figure", n=str(number))
    _docx.caption(document, label, plain(figure.caption))
    _docx.picture(document, png, plain(figure.alt))
