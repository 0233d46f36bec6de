from __future__ import annotations

import pytest
from docx.oxml.ns import qn

from forecast.writers._table import TOGETHER, Cell, Line, element


def kept(lines: list[Line], noted: bool = False) -> list[bool]:
    """Whether each row of a table is told to stay on the page of the next."""
    made = element(lines, [1.0], "A table", noted)
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
