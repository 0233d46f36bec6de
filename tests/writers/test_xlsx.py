from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.worksheet import Worksheet
from support import reports

from forecast.reporting import ownrows, references
from forecast.reporting.document import (
    Calculator,
    Column,
    Number,
    Paragraph,
    Row,
    Run,
    Section,
    Table,
)
from forecast.writers import _xlsx, xlsx


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def sheet(book: openpyxl.Workbook, name: str) -> Worksheet:
    found = book[name]
    assert isinstance(found, Worksheet)
    return found


def listed(book: openpyxl.Workbook) -> list[tuple[str, str, str, str]]:
    rows = sheet(book, "Henvisninger").iter_rows(values_only=True)
    numbers = [r for r in rows if isinstance(r[3], int | float)]
    return [(str(r[0]), str(r[1]), str(r[2]), str(r[4])) for r in numbers]


def test_a_sheet_a_table() -> None:
    report = reports.report()
    book = opened(xlsx.render(report))
    assert {"Rapport", "Beregner", "Henvisninger", "Data"} <= set(book.sheetnames)
    assert {"Hovedtal", "Pris og mængde", "Udgifter i faste priser"} <= set(book.sheetnames)
    assert len(book.sheetnames) == len(report.tables) + 4


def test_numbers_are_those_of_their_bundle_rows() -> None:
    found = reports.in_xlsx(xlsx.render(reports.report()))
    rng = np.random.default_rng(8)
    some = [found[i] for i in rng.choice(len(found), 200, replace=False)]
    made = reports.saved()
    assert [c for c in some if not c.agrees(reports.value_of(made, c.ref), "da")] == []


def test_numbers_in_sentences_have_references_too() -> None:
    found = reports.in_xlsx(xlsx.render(reports.report()))
    said = [c for c in found if isinstance(c.value, str)]
    assert len(said) > 3
    wrong = [c for c in said if not c.agrees(reports.value_of(reports.saved(), c.ref), "da")]
    assert wrong == []


def test_the_first_sheet_names_the_sheets_of_each_section() -> None:
    report = reports.report()
    book = opened(xlsx.render(report))
    told = [str(c.value) for c in sheet(book, "Rapport")["A"] if c.value]
    lists = {"Henvisninger", "Data"}
    for name in set(book.sheetnames) - {"Rapport", *lists}:
        assert [text for text in told if "ark" in text and re.search(rf"\b{name}\b", text)], name
    at = told.index(next(s.title for s in report.sections if s.name == "record"))
    after = next(text for text in told[at:] if text.startswith("Tabel"))
    assert after.startswith(("Tabellen står i arket ", "Tabellerne står i arkene "))
    named = listed(book)
    assert [line[0] for line in named] == sorted(
        (line[0] for line in named), key=book.sheetnames.index
    )


def test_formulas_stand_only_in_the_calculator() -> None:
    book = opened(xlsx.render(reports.hostile()))
    for name in book.sheetnames:
        formulas = [
            c.coordinate for row in sheet(book, name).iter_rows() for c in row if c.data_type == "f"
        ]
        assert bool(formulas) == (name == "Beregner"), name


def test_data_of_a_model_report_has_its_own_numbers_in_words_beside_their_references() -> None:
    columns = (Column("Hvor langt frem"), Column("Antal", "int"), Column("Bemærkning"))
    table = Table("residuals", "Det, der blev tilbage", columns,
                  (Row(("1 år frem", Number(7.0), "få")),))  # fmt: skip
    score = Run("50 %", Number(0.5, "accuracy:3"), "pct")
    said = Paragraph((Run("I alt "), Run("12", Number(12.0), "int"), score))
    (section,), own = ownrows.kept([Section("standing", "Hvor versionen står", (said, table))])
    scores = pd.DataFrame(
        [(3, "recipients_adults", "naive", "nation", "small", 1.0, "wape", 0.5)],
        columns=["row", "model", "method", "level", "size_class", "horizon", "metric", "value"],
    )
    report = replace(reports.report(), sections=(section,), data={"accuracy": scores, **own})
    rows = list(sheet(opened(xlsx.render(report)), "Data").iter_rows(values_only=True))
    heads = next(list(row) for row in rows if row[0] == "tabel")
    assert all(re.fullmatch("[a-zæøå ,']+", str(head)) for head in heads)
    found = {
        (row[0], row[1]): dict(zip(heads, row, strict=True)) for row in rows if row[1] in (0, 3)
    }
    scored, residual, sentence = (
        found[key] for key in (("accuracy", 3), ("own_residuals", 0), ("own_said", 0))
    )
    assert [scored[head] for head in ("model", "metode", "niveau", "størrelse", "måltal")] == [
        "Voksne modtagere", "Seneste tal", "hele landet", "små", "Afvigelse (WAPE)"
    ]  # fmt: skip
    assert scored["model, kode"] == "recipients_adults"
    assert sentence["tabel eller afsnit"] == "Hvor versionen står"
    assert sentence["værdi"] == 12
    assert residual["tabel eller afsnit"] == "Det, der blev tilbage"
    kept = [dict(zip(heads, row, strict=True)) for row in rows if row[0] == "own_residuals"]
    told = [(r["linje"], r["kolonne"], r["kolonnens kode"], r["værdi"], r["tekst"]) for r in kept]
    assert told == [
        ("1 år frem", "Antal", "c1", 7, None), ("1 år frem", "Bemærkning", "c2", None, "få")
    ]  # fmt: skip
    named = {line[2] for line in listed(opened(xlsx.render(report)))}
    assert {"own_residuals.c1:0", "own_said:0"} <= named


def test_hostile_text_stays_text() -> None:
    content = xlsx.render(reports.hostile())
    book = opened(content)
    cells = [c for row in sheet(book, "Korrektioner").iter_rows() for c in row if c.value]
    texts = {str(c.value): c.data_type for c in cells}
    assert texts["=1+1"] == "s"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [n for n in archive.namelist() if "externalLink" in n]


def test_the_mark_stands_on_every_sheet() -> None:
    book = opened(xlsx.render(reports.report()))
    for name in book.sheetnames:
        assert str(sheet(book, name)["A1"].value).startswith("SYNTETISKE DATA"), name
        header = sheet(book, name).oddHeader
        assert header is not None
        assert "SYNTETISKE DATA" in str(header.left.text)


def test_no_protected_row_is_anywhere_in_the_file() -> None:
    forbidden = reports.hidden_rows(reports.saved())
    for area in ("825", "851", "000"):
        book = opened(xlsx.render(reports.report(area)))
        used = {row for line in listed(book) for row in references.rows(line[2])}
        rows = sheet(book, "Data").iter_rows(values_only=True)
        used |= {(str(r[0]), int(str(r[1]))) for r in rows if str(r[1]).isdigit()}
        assert used
        assert used & forbidden == set()


def test_totals_in_current_prices_are_fixed_times_index() -> None:
    report = reports.report()
    values = openpyxl.load_workbook(io.BytesIO(xlsx.render(report)), data_only=True)
    formulas = opened(xlsx.render(report))
    names = formulas.defined_names
    assert {"indeks_2027", "total_fast_2027", "total_loebende_2030"} <= set(names)
    place = names["total_loebende_2028"].attr_text.split("!")[1].replace("$", "")
    made = reports.saved()
    cost = made.table("cost")
    row = cost[
        (cost["area"] == "751") & (cost["function"] == "") & (cost["year"] == "2028")
        & (cost["price"] == "current") & (cost["component"] == "net")
        & (cost["series"] == "forecast") & cost["quantile"].isna()
    ]  # fmt: skip
    assert sheet(values, "Beregner")[place].value == pytest.approx(row["value"].iloc[0] / 1e3)


def test_same_bundle_same_bytes() -> None:
    assert xlsx.render(reports.report()) == xlsx.render(reports.report())


def test_lines_begin_at_zero_unless_something_is_below() -> None:
    content = xlsx.render(reports.report())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        charts = [archive.read(n).decode() for n in archive.namelist() if "charts/chart" in n]
    lines = [c for c in charts if "<c:lineChart>" in c]
    assert lines
    assert [c for c in lines if '<c:min val="0"/>' not in c] == []


def test_print_holds_the_whole_chart_and_its_largest_lines() -> None:
    rows = tuple(Row((f"Line {i}", Number(100.0 * i), Number(110.0 * i))) for i in range(1, 12))
    columns = (Column("Line"), Column("2027", "mio"), Column("2028", "mio"))
    table = Table("x", "Growth: all", columns, rows)
    report = replace(reports.report(), sections=(Section("one", "One", (table,)),))
    content = xlsx.render(report)
    book = opened(content)
    made = sheet(book, "Growth")
    left, right = str(made.print_area).split("!")[1].replace("$", "").split(":")
    drawing = made._charts[0].anchor  # type: ignore[attr-defined]  # openpyxl has no reader of it
    assert left == "A1"
    ends = coordinate_to_tuple(right)
    assert ends[0] >= drawing._from.row + 1 + _xlsx.CHART[1] / 17
    assert ends[1] >= 3
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        chart = next(archive.read(n).decode() for n in archive.namelist() if "charts/chart" in n)
    lines = re.findall(r"<c:tx><c:strRef><c:f>Growth!\$A\$(\d+)", chart)
    assert [made[f"A{row}"].value for row in lines] == [f"Line {i}" for i in range(6, 12)]
    assert "Growth: all: de 6 største" in chart


def test_what_is_shown_as_nothing_but_zeros_is_not_drawn() -> None:
    columns = (Column("Line"), Column("2027", "int"), Column("2028", "int"))
    for value, drawn in ((0.2, 0), (0.6, 1)):
        table = Table("x", "Few: all", columns, (Row(("A", Number(0.1), Number(value))),))
        report = replace(reports.report(), sections=(Section("one", "One", (table,)),))
        made = sheet(opened(xlsx.render(report)), "Few")
        assert len(made._charts) == drawn  # type: ignore[attr-defined]  # openpyxl has no reader of it


def test_long_texts_wrap_in_rows_that_are_high_enough() -> None:
    long = "a word and another " * 12
    table = Table("x", "Words: all", (Column("Name"), Column("What")), (Row(("a", long)),), (long,))
    report = replace(reports.report(), sections=(Section("one", "One", (table,)),))
    made = sheet(opened(xlsx.render(report)), "Words")
    cell = next(c for row in made.iter_rows() for c in row if c.value == long and c.column == 2)
    assert made.row_dimensions[cell.row].height > 15 * len(long) / 50
    assert made.column_dimensions["A"].width < 25 < made.column_dimensions["B"].width
    assert [str(r) for r in made.merged_cells.ranges] == [f"A{cell.row + 1}:B{cell.row + 1}"]


@pytest.mark.parametrize("text", ["short & sweet", "word & " * 80, "&" * 400])
def test_a_margin_holds_whole_words_of_what_excel_takes(text: str) -> None:
    shown = _xlsx._header(text)
    assert len(shown) < 240
    assert shown == text.replace("&", "&&") or shown.endswith(" …")
    assert shown.count("&") % 2 == 0


def test_the_calculator_is_named_only_where_there_is_one() -> None:
    report = reports.report()
    bare = [
        replace(s, blocks=tuple(b for b in s.blocks if not isinstance(b, Calculator)))
        for s in report.sections
    ]
    for made in (report, replace(report, sections=tuple(bare))):
        book = opened(xlsx.render(made))
        said = [str(c.value) for c in sheet(book, "Rapport")["A"]]
        assert any("Beregner" in text for text in said) == ("Beregner" in book.sheetnames)
    assert "Beregner" not in book.sheetnames
