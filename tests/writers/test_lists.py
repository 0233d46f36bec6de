from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest
from support import reports

from forecast.reporting import wording
from forecast.reporting.document import FORMS
from forecast.writers import _lists, html, xlsx

CODES = {"fixed", "current", "gross", "net", "forecast", "accounts", "observed", "unit_cost"}


def rows(language: str, key: str) -> list[tuple[object, ...]]:
    words = wording.load(language)
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(reports.report("751", language))))
    return list(book[words.text(f"xlsx.{key}")].iter_rows(values_only=True))


def test_the_data_of_a_danish_workbook_are_named_in_danish() -> None:
    found = rows("da", "data")
    heads = next(row for row in found if row[0] == "tabel")
    assert {"område", "ydelse", "prisniveau", "værdi"} <= set(heads)
    told = {str(value) for row in found for value in row}
    assert {"faste priser", "prognose", "regnskab", "observeret", "alderssammensætning"} <= told
    assert told & (CODES - {"net"}) == set()


def test_a_row_of_the_data_is_the_one_that_references_name() -> None:
    found = rows("en", "data")
    heads = next(list(row) for row in found if row[0] == "table")
    at = {name: heads.index(name) for name in ("table", "row", "value", "price level")}
    made = reports.saved()
    cost = [row for row in found if row[0] == "cost"]
    assert cost
    for row in cost[:20]:
        number = int(str(row[at["row"]]))
        expected = reports.value_of(made, f"cost:{number}")
        assert row[at["value"]] == pytest.approx(expected, rel=1e-12)
        price = made.table("cost")["price"].astype("str").iloc[number]
        assert row[at["price level"]] == f"{price} prices"


def test_references_are_explained_by_one_that_the_report_has() -> None:
    report = reports.report("751", "en")
    table, row = report.example
    assert f"{table}:{row}" in {str(line[2]) for line in rows("en", "references")}
    said = f"e.g. {table}:{row} = row {row} of the table {table}"
    assert any(said in str(line[0]) for line in rows("en", "references"))
    assert said in html.render(report).decode()
    assert replace(report, sections=()).example == ("cost", "12")


def test_a_long_reference_is_shown_whole() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(reports.report("000", "en"))))
    sheet = book["References"]
    long = [c for (c,) in sheet.iter_rows(min_col=3, max_col=3) if len(str(c.value or "")) > 58]
    assert long
    for cell in long:
        assert cell.alignment.wrap_text
        lines = len(str(cell.value)) / 58
        assert sheet.row_dimensions[int(str(cell.row))].height >= min(15 * lines, 400)
        ended = sum(-(-len(part) // 58) for part in str(cell.value).split("/"))  # a line ends at /
        assert sheet.row_dimensions[int(str(cell.row))].height >= min(15 * ended, 400)
    assert any("/" in str(cell.value) for cell in long)


def test_services_and_models_are_named_with_their_codes_at_the_end() -> None:
    found = rows("da", "data")
    heads = next(list(row) for row in found if row[0] == "tabel")
    (line, *_) = [dict(zip(heads, row, strict=True)) for row in found if row[0] == "demand"]
    made = reports.saved().meta
    assert line["ydelse"] == made["services"][line["ydelse, kode"]]["da"]
    assert line["model"] == made["models"][line["model, kode"]]["title_da"]
    assert line["område"] == "Aarhus"
    assert str(heads[-1]).endswith(", kode")


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_how_a_number_is_shown_is_said_in_words(language: str) -> None:
    words = wording.load(language)
    said = {form: _lists._shown(form, words) for form in FORMS}
    assert said["mio"] == {"da": "mio.\xa0kr., 1 decimal", "en": "DKK\xa0m, 1 decimal"}[language]
    assert said["mio2ch"].endswith({"da": "med fortegn", "en": "with sign"}[language])
    assert said["int"] == {"da": "tal, 0 decimaler", "en": "number, 0 decimals"}[language]
    listed = rows(language, "references")
    shown = {str(row[4]) for row in listed if isinstance(row[3], int | float)}
    assert shown
    assert shown <= set(said.values())
    assert not shown & set(FORMS)
