"""DOCX: real styles, captions, tables and pictures with alternative text, to paste and edit."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from forecast import wording
from forecast.document import (
    FORMS,
    Cell,
    Column,
    Figure,
    Paragraph,
    Report,
    Row,
    Run,
    Table,
    form_of,
    number_of,
    plain,
)
from forecast.wording import Wording
from forecast.writers import _docx, _flat, _pictures

SUFFIX = ".docx"


def render(report: Report) -> bytes:
    """Return the report as the bytes of one document."""
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
        for block in section.blocks:
            if isinstance(block, Paragraph):
                _paragraph(document, block)
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


def _paragraph(document: Any, block: Paragraph) -> None:
    style = {"lead": "Lead", "note": "Note", "warning": "Warning"}.get(block.style, "Body Text")
    paragraph = document.add_paragraph(style=style)
    for run in block.runs:
        _run(paragraph, run)


def _run(paragraph: Any, run: Run) -> None:
    paragraph.add_run(plain(run.text))
    if run.number is not None and run.number.given and run.number.ref:
        _docx.hidden(paragraph, f" [{run.number.ref}|{run.form}]")


def _table(document: Any, table: Table, words: Wording, number: int) -> None:
    label = words.text("report.table", n=str(number))
    _docx.caption(document, label, plain(table.caption))
    made = document.add_table(rows=1, cols=len(table.columns), style="Report Table")
    _docx.describe(made, plain(table.caption))
    for i, column in enumerate(table.columns):
        _docx.put(made.rows[0].cells[i], plain(column.title), bold=True, right=bool(column.form))
    _docx.repeat(made.rows[0])
    for row in table.rows:
        _row(made, row, table.columns, words)
    _docx.widths(made, _flat.shares(table))
    for note in table.notes:
        document.add_paragraph(plain(note), style="Note")
    if not table.notes:
        document.add_paragraph(style="Gap")


def _row(made: Any, row: Row, columns: tuple[Column, ...], words: Wording) -> None:
    line = made.add_row()
    cells = line.cells
    if row.kind == "group":
        joined = cells[0].merge(cells[-1])
        _docx.put(joined, plain(str(row.cells[0])), bold=True)
        return
    for place, (cell, column) in enumerate(zip(row.cells, columns, strict=True)):
        _cell(cells[place], cell, column, (row.kind == "total", words))


def _cell(place: Any, cell: Cell, column: Column, look: tuple[bool, Wording]) -> None:
    bold, words = look
    text = _flat.cell_text(cell, column, words)
    paragraph = _docx.put(place, text, bold=bold, right=bool(column.form))
    number = number_of(cell)
    if number.given and number.ref:
        form = form_of(cell, column)
        assert form in FORMS
        _docx.hidden(paragraph, f" [{number.ref}|{form}]")


def _figure(document: Any, figure: Figure, png: bytes, look: tuple[Wording, int]) -> None:
    words, number = look
    label = words.text("report.figure", n=str(number))
    _docx.caption(document, label, plain(figure.caption))
    _docx.picture(document, png, plain(figure.alt))
