"""The calculator sheet: change a unit cost, a number of recipients or an index, see the total."""

from __future__ import annotations

import re

from forecast.reporting.document import Calculator, Line
from forecast.reporting.wording import Wording
from forecast.writers._xlsx import Sheet

_FIRST_YEAR = 6  # name, recipients: forecast and yours, unit cost: forecast and yours, factor


def write(
    sheet: Sheet,
    calculator: Calculator,
    words: Wording,
    references: list[tuple[str, str, str, str]],
) -> None:
    """Write lines, totals in fixed prices, named index cells, and totals in current prices."""
    years = calculator.years
    sheet.widths([64, 18, 14, 22, 14, 10, *(13 for _ in years)])
    sheet.text(calculator.title, "heading")
    sheet.text(words.text("calculator.help"), "aside")
    heads = [words.text(f"calculator.{h}") for h in ("line", "recipients", "yours", "unit_cost",
                                                      "yours", "factor")]  # fmt: skip
    sheet.tall(2)
    sheet.cells([(heads[0], "head"), *((h, "head_number") for h in [*heads[1:], *years])])
    sheet.freeze()
    first = sheet.row
    for line in calculator.lines:
        _line(sheet, line, words, references, calculator.form)
    last = sheet.row
    found = _totals(sheet, calculator, words, (first, last))
    references += [(sheet.name, *where) for where in found]
    for note in calculator.notes:
        sheet.text(note, "aside")


def _line(
    sheet: Sheet,
    line: Line,
    words: Wording,
    references: list[tuple[str, str, str, str]],
    form: str,
) -> None:
    sheet.put(0, line.name, "text")
    live = line.recipients.given and line.unit_cost.given
    if live:
        _inputs(sheet, line, words, references)
    for i, cost in enumerate(line.costs):
        value = cost.value / 1e3
        column = _FIRST_YEAR + i
        if not cost.given:
            continue
        if live:
            factor = sheet.address(5)
            sheet.formula(column, f"={value!r}*${factor}", value, (form, False))
        else:
            sheet.number(column, value, (form, False))
        references.append((sheet.name, sheet.address(column), cost.ref, form))
    sheet.skip()


def _inputs(
    sheet: Sheet, line: Line, words: Wording, references: list[tuple[str, str, str, str]]
) -> None:
    for column, number, form in ((1, line.recipients, "one"), (3, line.unit_cost, "one")):
        sheet.number(column, number.value, (form, False))
        references.append((sheet.name, sheet.address(column), number.ref, form))
        sheet.number(column + 1, number.value, (form, False), "input")
        sheet.validate(column + 1, words.text("calculator.yours"), words.text("calculator.input"))
    code = re.sub(r"[^A-Za-z0-9]", "_", line.name.split()[0])
    sheet.name_cell(f"antal_{code}_{sheet.row}", 2)
    sheet.name_cell(f"enhedsudgift_{code}_{sheet.row}", 4)
    cells = [sheet.address(c) for c in (1, 2, 3, 4)]
    ratio = f"=({cells[1]}/{cells[0]})*({cells[3]}/{cells[2]})"
    sheet.formula(5, ratio, 1.0, ("three", False))


def _totals(
    sheet: Sheet, calculator: Calculator, words: Wording, rows: tuple[int, int]
) -> list[tuple[str, str, str]]:
    """Write totals and indices; return the cell, reference and form of each as forecast."""
    years, form, found = calculator.years, calculator.form, list[tuple[str, str, str]]()
    totals = [t.value / 1e3 for t in calculator.totals]
    fixed = sheet.row
    sheet.put(0, words.text("calculator.fixed"), "bold")
    for i, (year, total) in enumerate(zip(years, totals, strict=True)):
        column = _FIRST_YEAR + i
        top, end = sheet.address(column, rows[0]), sheet.address(column, rows[1] - 1)
        sheet.formula(column, f"=SUM({top}:{end})", total, (form, True))
        sheet.name_cell(f"total_fast_{year}", column)
        found.append((sheet.address(column), calculator.totals[i].ref, form))
    sheet.skip()
    sheet.put(0, words.text("calculator.index"), "text")
    for i, (year, index) in enumerate(zip(years, calculator.index, strict=True)):
        sheet.number(_FIRST_YEAR + i, index.value, ("three", False), "input")
        sheet.name_cell(f"indeks_{year}", _FIRST_YEAR + i)
        found.append((sheet.address(_FIRST_YEAR + i), index.ref, "three"))
    sheet.skip()
    sheet.put(0, words.text("calculator.current"), "bold")
    for i, (year, total) in enumerate(zip(years, totals, strict=True)):
        column = _FIRST_YEAR + i
        value = total * calculator.index[i].value
        above = sheet.address(column, fixed)
        sheet.formula(column, f"={above}*indeks_{year}", value, (form, True))
        sheet.name_cell(f"total_loebende_{year}", column)
        whole = calculator.totals[i] * calculator.index[i]
        found.append((sheet.address(column), whole.ref, form))
    sheet.skip()
    return found
