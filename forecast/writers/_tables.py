"""A report's table on a sheet of its own: columns as wide as their text, notes, and a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from forecast.reporting import danish
from forecast.reporting.document import (
    FORMS,
    HIDDEN,
    Cell,
    Number,
    Row,
    Table,
    form_of,
    number_of,
)
from forecast.reporting.wording import Wording
from forecast.writers import _charts
from forecast.writers._xlsx import Sheet

References = list[tuple[str, str, str, str]]  # sheet, cell, reference, form
BOLD = 0.9  # letters of a heading to a sign
NUMBER = 16  # signs in a column of numbers, with the distance to the next
APART = 1  # signs that a column's text keeps from the next
FIRST, OTHER = (18, 64), (12, 40)  # signs in a column of text: at least, and where it wraps
TOTALS = {"label": "bold", "apart": "bold_apart"}
HEADS = {"number": "head_number", "apart": "head_apart", "label": "head"}


@dataclass(frozen=True)
class Layout:
    """How wide the columns of a table are, in signs, and how their cells look."""

    widths: tuple[int, ...]
    looks: tuple[str, ...]

    def lines(self, texts: Sequence[Cell], letters: float = 1.1) -> int:
        """Return how many lines the texts of a row take, with so many letters to a sign."""
        pairs = zip(texts, self.widths, strict=False)
        return max(
            (len(wrap(t, int(letters * (w - APART)))) for t, w in pairs if isinstance(t, str)),
            default=1,
        )


def write(sheet: Sheet, table: Table, words: Wording, references: References) -> None:
    """Write a table with its notes, and draw it below; note the references of its numbers."""
    layout = _layout(table)
    sheet.widths(layout.widths)
    sheet.text(table.caption, "heading")
    sheet.skip()
    head = sheet.row
    titles = [column.title for column in table.columns]
    sheet.tall(layout.lines(titles, BOLD))
    sheet.cells([(t, HEADS[look]) for t, look in zip(titles, layout.looks, strict=True)])
    sheet.freeze()
    for row in table.rows:
        _row(sheet, table, row, (layout, references))
    for note in table.notes:
        sheet.text(note, "aside")
    _charts.draw(sheet, table, words, head)


def _layout(table: Table) -> Layout:
    rows = [row for row in table.rows if row.kind != "group"]
    widths = []
    for i, column in enumerate(table.columns):
        least, most = OTHER if i else FIRST
        texts = [cell for row in rows if isinstance(cell := row.cells[i], str)]
        longest = max(map(len, [column.title, *texts])) + 3
        widths.append(NUMBER if column.form else min(max(longest, least), most))
    numbers = [bool(column.form) for column in table.columns]
    looks = ("number" if number else "apart" if i else "label" for i, number in enumerate(numbers))
    return Layout(tuple(widths), tuple(looks))


def _row(sheet: Sheet, table: Table, row: Row, how: tuple[Layout, References]) -> None:
    layout, references = how
    if row.kind == "group":
        sheet.put(0, str(row.cells[0]), "bold")
        sheet.skip()
        return
    sheet.tall(layout.lines(row.cells))
    bold = row.kind != "body"
    for i, cell in enumerate(row.cells):
        if isinstance(cell, str):
            look = "apart" if layout.looks[i] == "apart" else "label"
            sheet.put(i, cell, TOTALS[look] if bold else look)
        else:
            form = form_of(cell, table.columns[i])
            references += _number(sheet, i, number_of(cell), (form, bold))
    sheet.skip()


def _number(sheet: Sheet, column: int, number: Number, style: tuple[str, bool]) -> References:
    """Write a number, or a sign for one that is not shown; return its reference, if any."""
    if number.hidden or not number.given:
        sheet.put(column, HIDDEN if number.hidden else danish.MISSING, "right")
        return []
    sheet.number(column, scaled(number, style[0]), style)
    found = (sheet.name, sheet.address(column), number.ref, style[0])
    return [found] if number.ref else []


def scaled(number: Number, form: str) -> float:
    """Return a number in the unit that its form shows; per cent stay shares for Excel's format."""
    shape = FORMS[form]
    if shape.unit == "%":
        return number.value / (100.0 if shape.factor == 1.0 else 1.0)
    return number.value * shape.factor
