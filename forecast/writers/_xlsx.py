"""A worksheet written from the top, with the house's styles, headers and charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from typing import Any

from forecast.reporting.document import FORMS, Report, plain

_FONT = {"font_name": "Calibri", "font_size": 11, "font_color": "#1c2b33"}
_MARGIN = 236  # of the 255 characters that a header holds with its codes
CHART = 760, 340  # pixels
REMARK = 110  # signs in a line of a remark below a table
SCALE = 90  # per cent
PAGE = 500.0  # points between the margins of A4 on its side, at that scale
_WIDTH = 8.43  # of a column that nobody set, in signs
SPACE = "_m"  # in a number's format: as much as an m is wide, to the column beside
_LOWEST = 17  # pixels of the lowest row that a spreadsheet program gives a line of text
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "text_wrap": True},
    "heading": {"bold": True, "font_size": 13, "font_color": "#0b5a78"},
    "muted": {"font_color": "#55636b"},
    "label": {"text_wrap": True, "valign": "top"},
    "apart": {"text_wrap": True, "valign": "top", "align": "left", "indent": 1},
    "indented": {"align": "left", "indent": 1},
    "aside": {"font_color": "#55636b", "text_wrap": True, "valign": "top"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "mark": {"bold": True, "font_color": "#5a3200", "bg_color": "#fdf1dc"},
    "text": {"valign": "top"},
    "bold": {"bold": True, "valign": "top"},
    "bold_apart": {"bold": True, "valign": "top", "align": "left", "indent": 1},
    "right": {"align": "right", "num_format": f"@{SPACE}", "valign": "top"},
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"},
    "head_number": {"bold": True, "bottom": 1, "text_wrap": True, "align": "right", "indent": 1},
    "head_apart": {"bold": True, "bottom": 1, "text_wrap": True, "align": "left", "indent": 1},
    "input": {
        "bg_color": "#fff7d6",
        "border": 1,
        "border_color": "#9a4a00",
        "locked": False,
        "valign": "top",
    },
}


def number_format(form: str) -> str:
    """Return the spreadsheet format of a form."""
    shape = FORMS[form]
    digits = "#,##0" + ("." + "0" * shape.decimals if shape.decimals else "")
    digits += ("%" if shape.unit == "%" else "") + SPACE
    if not shape.signed:
        return digits
    least = 0.5 * 10.0 ** -(shape.decimals + (2 if shape.unit == "%" else 0))
    return f"[>={least:.6f}]+{digits};[<=-{least:.6f}]-{digits};{digits}"


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
        self._widths: list[float] = [_WIDTH]
        self._high = dict[int, float]()  # rows of other than one line, in points
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
            self.sheet.set_row(0, None, styles.look("mark"))  # a band over all columns
            self.text(mark, "mark")

    def widths(self, widths: Sequence[float]) -> None:
        """Set the widths of the columns from the left."""
        self._widths = list(widths)
        for i, width in enumerate(widths):
            self.sheet.set_column(i, i, width)

    def apart(self, columns: Sequence[int]) -> None:
        """Keep the words of some columns from the numbers left of them."""
        for i in columns:
            self.sheet.set_column(i, i, self._widths[i], self._styles.look("indented"))

    def text(self, text: str, look: str) -> None:
        """Write a line of text; where it wraps in its columns, the row is made high enough."""
        width = self._joined(look) if look == "aside" else self._widths[0]
        self.put(0, text, look)
        if look in ("wrapped", "aside", "title"):
            room = width * (0.6 if look == "title" else 1.05)
            lines = -(-len(text) // max(int(room), 1))
            self._high[self.row] = lines * (26 if look == "title" else 15.5)
            self.sheet.set_row(self.row, self._high[self.row])
        self.skip()

    def _joined(self, look: str) -> float:
        """Join the cells of the row that a remark takes; return how wide they are together."""
        width, last = self._widths[0], 0
        while width < REMARK and last + 1 < len(self._widths):
            last += 1
            width += self._widths[last]
        if last:
            self.sheet.merge_range(self.row, 0, self.row, last, "", self._styles.look(look))
        return width

    def pages(self, starts: Sequence[int]) -> None:
        """Print on full pages, each of which begins with one of some rows."""
        self.sheet.set_print_scale(SCALE)  # no page is broken by hand where all is made to fit
        breaks, used = [0], 0.0
        for first, end in pairwise([*starts, self.row]):
            high = sum(self._high.get(row, 15.0) for row in range(first, end))
            if used + high > PAGE and used:
                breaks.append(first)
                used = 0.0
            used += high
        self.sheet.set_h_pagebreaks(breaks[1:])
        self.sheet.print_area(0, 0, self.row - 1, 1)  # the mark is longer than a line

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

    def chart(self, kind: str, title: str) -> Any:
        """Return a new native chart with its title; `place` puts it below what is written."""
        chart = self._book.add_chart({"type": kind})
        name = {"name": _clean(title)[:120], "overlay": False, "name_font": {"size": 11}}
        chart.set_title(name)
        chart.set_size({"width": CHART[0], "height": CHART[1]})
        return chart

    def place(self, chart: Any, title: str) -> None:
        """Put a chart below what is written; print holds all of it."""
        self.skip()
        about = {"description": _clean(title)[:250], "object_position": 2}
        self.sheet.insert_chart(self.row, 0, chart, about)
        shown = [*self._widths, *[_WIDTH] * 9]
        ends = accumulate(7 * width + 5 for width in shown)
        right = next(i for i, end in enumerate(ends) if end > CHART[0])
        self.row += -(-CHART[1] // _LOWEST) + 1
        self.sheet.print_area(0, 0, self.row, max(right, len(self._widths) - 1))

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
