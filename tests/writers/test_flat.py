from __future__ import annotations

from forecast.reporting.document import Column, Number, Row, Table
from forecast.writers import _flat


def test_no_column_is_narrower_than_its_longest_word() -> None:
    columns = (Column("Level"), Column("Enhedsudgift", "int"), Column("2027", "int"), Column("Art"))
    cells = ("municipalities", Number(1.0), Number(2.0), "et to tre")
    found = _flat.shares(Table("t", "c", columns, (Row(cells),)))
    level, unit_cost, year, kind = found
    assert level > unit_cost > year == kind == 1.0
    group = Row(("Specialpædagogiske foranstaltninger i alt",), "group")
    assert _flat.shares(Table("t", "c", columns, (group, Row(cells)))) == found
    long = Row(("x" * 200, *cells[1:]))
    assert _flat.shares(Table("t", "c", columns, (long,)))[0] == _flat.WIDEST
