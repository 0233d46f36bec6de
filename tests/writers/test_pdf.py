from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from support import reports

from forecast.reporting.document import Column, Paragraph, Row, Run, Section, Table
from forecast.writers import pdf


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("area", ["751", "825", "000"])
def test_the_file_claims_both_standards_and_is_tagged(area: str, language: str) -> None:
    content = pdf.render(reports.report(area, language))
    assert content.startswith(b"%PDF-1.7")
    assert re.search(rb"pdfuaid:part>1<", content)
    assert re.search(rb"pdfaid:part>2<", content)
    assert b"/StructTreeRoot" in content


def test_hostile_text_is_set_as_text() -> None:
    assert pdf.render(reports.hostile()).startswith(b"%PDF")


def test_same_bundle_same_bytes() -> None:
    assert pdf.render(reports.report()) == pdf.render(reports.report())


def test_what_is_said_below_a_table_of_few_rows_stands_on_its_page() -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no pdftotext here (make services installs poppler)")
    rows = (Row(("first",)), Row(("lastrow",)))
    table = Table("t", "Caption", (Column("Name"),), rows, ("one note", "othernote"))
    line = Paragraph((Run("A paragraph above."),))
    split = 0
    for above in range(32, 44):
        section = Section("one", "One", (*(line,) * above, table))
        content = pdf.render(replace(reports.report(), sections=(section,)))
        told = subprocess.run([reader, "-", "-"], input=content, capture_output=True, check=True)
        pages = told.stdout.decode().split("\f")
        split += "lastrow" not in pages[0]
        assert [p for p in pages if "othernote" in p] == [p for p in pages if "lastrow" in p]
    assert 0 < split < 12  # some stood on the first page, and some did not fit


def test_the_last_row_of_a_table_of_many_stands_with_the_one_before() -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no pdftotext here (make services installs poppler)")
    parted = {"body": 0, "total": 0}
    for kind in parted:
        last = (Row(("beforelast", "1")), Row(("lastrow", "2"), kind))
        for count in range(36, 60):
            many = tuple(Row((f"line{i}", "0")) for i in range(count))
            table = Table("t", "Caption", (Column("Name"), Column("Text")), (*many, *last))
            content = pdf.render(
                replace(reports.report(), sections=(Section("one", "One", (table,)),))
            )
            told = subprocess.run(
                [reader, "-", "-"], input=content, capture_output=True, check=True
            )
            [page] = [p for p in told.stdout.decode().split("\f") if "lastrow" in p]
            assert "beforelast" in page
            parted[kind] += f"line{count - 1}" not in page  # the two with their heads alone
    assert all(parted.values())
