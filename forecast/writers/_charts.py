"""Native charts of a workbook: what has years as lines, and the growth bridge as bars."""

from __future__ import annotations

import re

from forecast.reporting.document import FORMS, Row, Table, number_of
from forecast.reporting.wording import Wording
from forecast.writers._xlsx import Sheet, number_format

WHOLE = 20  # above it an axis has no decimals
MOST = 6  # lines that can be told apart


def draw(sheet: Sheet, table: Table, words: Wording, head: int) -> None:
    """Draw a table below itself, with alternative text; what has no years is not drawn.

    Args:
        sheet: where the table has been written.
        table: what it holds.
        words: the language.
        head: the sheet's row of its headings; its rows follow.
    """
    years = [i for i, c in enumerate(table.columns) if re.fullmatch(r"\d{4}", c.title)]
    body = [
        (head + 1 + i, row)
        for i, row in enumerate(table.rows)
        if row.kind == "body" and any(number_of(c).given for c in row.cells)
    ]
    if table.name == "bridge" and body:
        _bars(sheet, table, (head, body[0][0], body[-1][0]))
    elif len(years) > 1 and body and _seen(table, body, years):
        _lines(sheet, table, _largest(body, years), (words, head, len(body)))


def _seen(table: Table, body: list[tuple[int, Row]], years: list[int]) -> bool:
    """Whether some figure is not zero as it is shown; an axis of nothing but zeros says nothing."""
    for column in years:
        form = FORMS[table.columns[column].form]
        given = [n.value for _, row in body if (n := number_of(row.cells[column])).given]
        if any(round(value * form.factor, form.decimals) for value in given):
            return True
    return False


def _largest(body: list[tuple[int, Row]], years: list[int]) -> list[tuple[int, Row]]:
    """Return the rows with the largest figures in the last year, in the order of the table."""

    def size(line: tuple[int, Row]) -> float:
        number = number_of(line[1].cells[years[-1]])
        return -abs(number.value) if number.given else 0.0

    kept = sorted(body, key=size)[:MOST]
    return [line for line in body if line in kept]


def _lines(
    sheet: Sheet, table: Table, rows: list[tuple[int, Row]], said: tuple[Wording, int, int]
) -> None:
    words, head, found = said
    years = [i for i, c in enumerate(table.columns) if re.fullmatch(r"\d{4}", c.title)]
    title = table.caption
    if found > len(rows):
        title = words.text("xlsx.largest", title=title, n=str(len(rows)))
    chart = sheet.chart("line", title)
    for at, _ in rows:
        chart.add_series(
            {
                "name": [sheet.name, at, 0],
                "categories": [sheet.name, head, years[0], head, years[-1]],
                "values": [sheet.name, at, years[0], at, years[-1]],
                "marker": {"type": "automatic"},
            }
        )
    drawn = [number_of(row.cells[i]) for _, row in rows for i in years]
    below = any(number.given and number.value < 0 for number in drawn)
    high = max((abs(number.value) for number in drawn if number.given), default=0.0)
    axis = {"num_format": "#,##0" if high > WHOLE else number_format(table.columns[years[0]].form)}
    chart.set_y_axis(axis if below else {**axis, "min": 0})
    sheet.place(chart, title)


def _bars(sheet: Sheet, table: Table, rows: tuple[int, int, int]) -> None:
    head, first, last = rows
    chart = sheet.chart("bar", table.caption)
    chart.add_series(
        {
            "name": [sheet.name, head, 1],
            "categories": [sheet.name, first, 0, last, 0],
            "values": [sheet.name, first, 1, last, 1],
            "fill": {"color": "#0b5a78"},
        }
    )
    chart.set_y_axis({"reverse": True, "label_position": "low"})
    chart.set_legend({"none": True})
    sheet.place(chart, table.caption)
