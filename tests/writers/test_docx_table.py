from __future__ import annotations

import pytest
from docx.oxml.ns import qn

from forecast.writers._table import TOGETHER, Cell, Line, element
from forecast.writers._widths import PAGE, SIZE, SMALL, Layout

WHOLE = Layout((PAGE,), SIZE)


def kept(lines: list[Line], noted: bool = False) -> list[bool]:
    """Whether each row of a table is told to stay on the page of the next."""
    made = element(lines, WHOLE, "A table", noted)
    rows = made.iter(qn("w:tr"))  # type: ignore[attr-defined]  # python-docx has no types
    return [next(row.iter(qn("w:keepNext")), None) is not None for row in rows]


@pytest.mark.parametrize("rows", [TOGETHER + 5, 40])
def test_headings_of_a_long_table_stay_with_two_rows_and_its_last_rows_together(
    rows: int,
) -> None:
    line = Line((Cell("a"),))
    lines = [Line((Cell("Head"),), head=True), *[line] * rows]
    lines[9] = Line((Cell("Group"),), joined=True)
    found = kept(lines)
    assert [i for i, together in enumerate(found) if together] == [0, 1, 9, 10, len(lines) - 2]


def test_a_short_table_is_not_parted() -> None:
    assert kept([Line((Cell("a"),))] * 5) == [True] * 4 + [False]
    assert kept([Line((Cell("a"),))] * 5, noted=True) == [True] * 5  # and its note is not alone


def test_a_table_of_few_rows_of_many_lines_is_parted() -> None:
    long = Line((Cell("word " * 120),))
    assert not all(kept([Line((Cell("Head"),), head=True), *[long] * 8])[:-1])


def test_totals_stay_with_the_row_above_them() -> None:
    line, total = Line((Cell("a"),)), Line((Cell("Total", bold=True),))
    found = kept([Line((Cell("Head"),), head=True), *[line] * 30, total, total, total])
    assert found[-5:] == [False, True, True, True, False]


def test_small_letters_are_a_style_of_their_own() -> None:
    made = element([Line((Cell("a", bold=True),))], Layout((PAGE,), SMALL), "A table")
    (style,) = made.iter(qn("w:pStyle"))  # type: ignore[attr-defined]
    assert style.get(qn("w:val")) == "SmallCell"
    assert not list(made.iter(qn("w:sz")))  # type: ignore[attr-defined]
