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
    fills = range(26, 44)  # the paragraphs above that about fill a page
    for above in fills:
        section = Section("one", "One", (*(line,) * above, table))
        content = pdf.render(replace(reports.report(), sections=(section,)))
        told = subprocess.run([reader, "-", "-"], input=content, capture_output=True, check=True)
        pages = told.stdout.decode().split("\f")
        split += "lastrow" not in pages[0]
        assert [p for p in pages if "othernote" in p] == [p for p in pages if "lastrow" in p]
    assert 0 < split < len(fills)  # some stood on the first page, and some did not fit


def test_no_row_of_a_table_of_many_stands_alone_on_a_page_nor_what_is_said_below_it() -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no pdftotext here (make services installs poppler)")
    line = Paragraph((Run("A paragraph above."),))
    notes = (*("a note",) * 5, "othernote")  # of a height that a page's end would part
    parted = {"body": set[str](), "total": set[str]()}
    for kind, found in parted.items():
        last = (Row(("beforelast", "1")), Row(("lastrow", "2"), kind))
        for above in range(30, 60, 1 if kind == "body" else 4):
            rows = tuple(Row((f"line{i}", "0")) for i in range(above))
            columns = (Column("Name"), Column("Text"))
            table = Table("t", "Caption", columns, (*rows, *last), notes)
            section = Section("one", "One", (*(line,) * (above - 18), table))
            content = pdf.render(replace(reports.report(), sections=(section,)))
            told = subprocess.run(
                [reader, "-", "-"], input=content, capture_output=True, check=True
            )
            pages = told.stdout.decode().split("\f")
            [begun] = [p for p in pages if "line0" in p]
            [ended] = [p for p in pages if "lastrow" in p]
            assert "line1\n" in begun
            assert "beforelast" in ended
            assert "othernote" in ended
            found |= {"begun"} if "line2\n" not in begun else set()
            found |= {"ended"} if f"line{above - 1}\n" not in ended else set()
    assert parted["body"] == {"begun", "ended"}  # two rows with their heads, and no one alone
