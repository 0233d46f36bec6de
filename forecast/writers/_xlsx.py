"""A worksheet written from the top, with the house's styles, headers and charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

from forecast.reporting.document import FORMS, Report, plain

_FONT = {"font_name": "Calibri", "font_size": 11, "font_color": "#1c2b33"}
_MARGIN = 236  # of the 255 characters that a header holds with its codes
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "text_wrap": True},
    "heading": {"bold": True, "font_size": 13, "font_color": "#0b5a78"},
    "muted": {"font_color": "#55636b"},
    "label": {"text_wrap": True, "valign": "top"},
    "aside": {"font_color": "#55636b", "text_wrap": True, "valign": "top"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "mark": {"bold": True, "font_color": "#5a3200", "bg_color": "#fdf1dc"},
    "text": {},
    "bold": {"bold": True},
    "right": {"align": "right"},
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"},
    "head_number": {"bold": True, "bottom": 1, "text_wrap": True, "align": "right"},
    "input": {"bg_color": "#fff7d6", "border": 1, "border_color": "#9a4a00", "locked": False},
}


def number_format(form: str) -> str:
    """Return the spreadsheet format of a form."""
    shape = FORMS[form]
    digits = "#,##0" + ("." + "0" * shape.decimals if shape.decimals else "")
    digits += "%" if shape.unit == "%" else ""
    return f"+{digits};-{digits};{digits}" if shape.signed else digits


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        """Remember the workbook."""
        self._book = book
        self._made: dict[object, Any] = {}

    def look(self, name: str) -> Any:
        """Return a named format."""
        return self._get(name, _LOOKS[name])

    def number(self, form: str, bold: bool, look: str = "text") -> Any:
        """Return the format of a number."""
        style = {**_LOOKS[look], "num_format": number_format(form), "bold": bold}
        return self._get((form, bold, look), style)

    def _get(self, key: object, style: dict[str, Any]) -> Any:
        if key not in self._made:
            self._made[key] = self._book.add_format({**_FONT, **style})
        return self._made[key]


class Sheet:
    """One worksheet; the marks of the report stand on top and in the printed header."""

    def __init__(self, book: Any, styles: Styles, name: str, report: Report) -> None:
        """Add a worksheet to a workbook."""
        self.name = name
        self.row = 0
        self._first = 8.43
        self._book, self._styles = book, styles
        self.sheet = book.add_worksheet(name)
        self.sheet.set_paper(9)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.hide_gridlines(2)
        which = report.footer.partition(" · ")[0]  # all of it stands on the first sheet
        self.sheet.set_footer(f"&L&8{_header(which)}&R&8&P / &N")
        if report.marks:
            mark = " · ".join(report.marks)
            self.sheet.set_header(f"&L&8{_header(mark)}")
            self.text(mark, "mark")

    def widths(self, widths: Sequence[float]) -> None:
        """Set the widths of the columns from the left."""
        self._first = widths[0]
        for i, width in enumerate(widths):
            self.sheet.set_column(i, i, width)

    def text(self, text: str, look: str) -> None:
        """Write a line of text; where it wraps in its column, the row is made high enough."""
        self.put(0, text, look)
        if look in ("wrapped", "aside", "title"):
            room = self._first * (0.6 if look == "title" else 1.05)
            lines = -(-len(text) // max(int(room), 1))
            self.sheet.set_row(self.row, lines * (26 if look == "title" else 15.5))
        self.skip()

    def put(self, column: int, text: str, look: str) -> None:
        """Write text into a cell of the current row."""
        self.sheet.write_string(self.row, column, _clean(text), self._styles.look(look))

    def cells(self, cells: Sequence[tuple[str, str]]) -> None:
        """Write a row of texts with their looks."""
        for i, (text, look) in enumerate(cells):
            self.put(i, text, look)
        self.skip()

    def number(
        self, column: int, value: float, style: tuple[str, bool], look: str = "text"
    ) -> None:
        """Write a number into a cell of the current row."""
        self.sheet.write_number(self.row, column, value, self._styles.number(*style, look))

    def formula(self, column: int, formula: str, value: float, style: tuple[str, bool]) -> None:
        """Write a formula with the value it has now."""
        self.sheet.write_formula(self.row, column, formula, self._styles.number(*style), value)

    def tall(self, lines: int) -> None:
        """Make the current row high enough for some lines of text."""
        self.sheet.set_row(self.row, min(15.5 * lines, 400.0))  # Excel allows 409

    def plain(self, column: int, value: object) -> None:
        """Write a value of the long table: a number as a number, all else as text."""
        if isinstance(value, int | float):
            if not math.isnan(value):
                self.sheet.write_number(self.row, column, value)
        elif value not in (None, ""):
            self.sheet.write_string(self.row, column, _clean(str(value)))

    def skip(self) -> None:
        """Go to the next row."""
        self.row += 1

    def freeze(self) -> None:
        """Keep the rows above in sight, and repeat the last of them in print."""
        self.sheet.freeze_panes(self.row, 1)
        self.sheet.repeat_rows(self.row - 1)

    def address(self, column: int, row: int | None = None) -> str:
        """Return a cell of the current row as B7."""
        at = self.row if row is None else row
        return f"{self._columns[column]}{at + 1}"

    def name_cell(self, name: str, column: int) -> None:
        """Give a cell of the current row a name that formulas can use."""
        letter = self._columns[column]
        quoted = self.name.replace("'", "''")
        self._book.define_name(name, f"='{quoted}'!${letter}${self.row + 1}")

    def validate(self, column: int, title: str, message: str) -> None:
        """Let a cell of the current row take numbers from zero up only."""
        rule = {"validate": "decimal", "criteria": ">=", "value": 0, "input_title": title[:32],
                "input_message": message[:255]}  # fmt: skip
        self.sheet.data_validation(self.row, column, self.row, column, rule)

    def chart(self, kind: str, title: str, series: list[tuple[int, int, int, int]]) -> None:
        """Draw columns as a native chart; a series is (head row, first, last row, column)."""
        chart = self._book.add_chart({"type": kind})
        for head, first, last, column in series:
            chart.add_series(
                {
                    "name": [self.name, head, column],
                    "categories": [self.name, first, 0, last, 0],
                    "values": [self.name, first, column, last, column],
                    "fill": {"color": "#0b5a78"},
                }
            )
        chart.set_y_axis({"reverse": kind == "bar", "label_position": "low"})
        chart.set_legend({"none": True})
        self._place(chart, title)

    def lines(
        self, title: str, head: int, rows: list[tuple[int, int, int]], from_zero: bool = True
    ) -> None:
        """Draw rows as lines over the years in the heading; a row is (row, first, last column)."""
        chart = self._book.add_chart({"type": "line"})
        for row, first, last in rows:
            chart.add_series(
                {
                    "name": [self.name, row, 0],
                    "categories": [self.name, head, first, head, last],
                    "values": [self.name, row, first, row, last],
                    "marker": {"type": "automatic"},
                }
            )
        if from_zero:
            chart.set_y_axis({"min": 0})
        self._place(chart, title)

    def _place(self, chart: Any, title: str) -> None:
        chart.set_title({"name": _clean(title)[:120], "overlay": False, "name_font": {"size": 11}})
        chart.set_size({"width": 760, "height": 340})
        self.skip()
        self.sheet.insert_chart(self.row, 0, chart, {"description": _clean(title)[:250]})

    @cached_property
    def _columns(self) -> list[str]:
        letters = [chr(65 + i) for i in range(26)]
        return letters + [a + b for a in letters for b in letters]


def _header(text: str) -> str:
    """Return a text for the margin of a page, cut between words where Excel takes no more."""
    whole = _clean(text).replace("&", "&&")
    return whole if len(whole) <= _MARGIN else whole[: max(whole.rfind(" ", 0, _MARGIN), 0)] + " …"


@lru_cache(maxsize=4096)  # the long table says the same few words many times
def _clean(text: str) -> str:
    """Return text that a cell holds: at most 32,767 signs."""
    return plain(text)[:32767]
