from __future__ import annotations

import pytest
from support import reports

from forecast import reporting
from forecast.reporting import wording
from forecast.reporting.document import Column, Number, Row, Table
from forecast.writers import _widths

ARIAL = {"0": 1139, "W": 1933, "i": 455, "m": 1706, "ø": 1251}  # of 2048
ARIAL_BOLD = {"0": 1139, "W": 1933, "i": 569, "m": 1821, "ø": 1251}


@pytest.mark.parametrize(("bold", "known"), [(False, ARIAL), (True, ARIAL_BOLD)])
def test_letters_are_as_wide_as_those_of_arial(bold: bool, known: dict[str, int]) -> None:
    for sign, units in known.items():
        assert _widths.measure(sign, 100.0, bold) == pytest.approx(units / 20.48, abs=0.6)
    whole = _widths.measure("Wim 0", 7.0, bold)
    parts = [_widths.measure(sign, 7.0, bold) for sign in "Wim 0"]
    assert whole == pytest.approx(sum(parts))


@pytest.mark.parametrize("name", ["budget", "negotiation", "compare"])
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_no_word_of_a_report_is_wider_than_its_column_nor_smaller_than_seven_points(
    name: str, language: str
) -> None:
    made = reports.saved()
    report = reporting.build(
        reporting.spec(name), reporting.sources(made, other=made), "000", language
    )
    words = wording.load(language)
    for table in report.tables:
        layout = _widths.layout(table, words)
        assert layout.size >= 7.0
        assert sum(layout.widths) == pytest.approx(_widths.PAGE)
        for width, column in zip(layout.widths, table.columns, strict=True):
            longest = max(_widths.measure(w, layout.size, True) for w in column.title.split(" "))
            assert width >= longest + _widths.PADDING - 1e-9, (table.name, column.title)


def test_columns_of_numbers_are_alike_where_there_is_room() -> None:
    columns = (Column("A"), Column("2027", "int"), Column("A longer heading", "int"))
    row = Row(("Name", Number(1.0), Number(123456.0)))
    found = _widths.layout(Table("t", "c", columns, (row,)), wording.load("en"))
    assert found.widths[1] == found.widths[2]
    assert sum(found.widths) == pytest.approx(_widths.PAGE)


def test_a_text_that_is_no_word_leaves_room_for_the_others() -> None:
    columns = (Column("A"), *(Column("2027", "int") for _ in range(8)))
    row = Row(("x" * 500, *[Number(1234.0)] * 8))
    found = _widths.layout(Table("t", "c", columns, (row,)), wording.load("en"))
    assert min(found.widths) >= _widths.measure("1,234", found.size) + _widths.PADDING


@pytest.mark.parametrize(("words", "lines"), [(1, 1), (10, 1), (11, 2), (20, 2), (21, 3)])
def test_lines_of_a_text_are_those_that_its_words_fill(words: int, lines: int) -> None:
    text = " ".join(["000"] * words)
    room = _widths.measure(" ".join(["000"] * 10), 7.5) + 0.1
    layout = _widths.Layout((room + _widths.PADDING,), 7.5)
    assert layout.lines([text]) == lines
