from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape

import pytest
from support import reports

from forecast.reporting.document import Column, Number, Paragraph, Report, Row, Run, Section, Table
from forecast.writers import _hyphens, docx, html, pdf

NBSP = "\N{NO-BREAK SPACE}"
KEPT = ["109-110", "a-b", "2027-priser", "%-interval", "0-22-årige"]
FREE = [
    "pris- og lønudvikling",
    "Kontaktperson- og ledsageordninger",
    "social-forecast",
    "−3",
    "a - b",
]


@pytest.mark.parametrize("word", KEPT)
def test_a_hyphen_within_a_number_or_a_paragraph_ends_no_line(word: str) -> None:
    found = list(_hyphens.pieces(f"Efter §§{NBSP}{word} (mio. kr.)"))
    assert [piece for piece, kept in found if kept] == [word]
    assert "".join(piece for piece, _ in found) == f"Efter §§{NBSP}{word} (mio. kr.)"


@pytest.mark.parametrize("text", [*FREE, "", "-", "å" * 10_000 + "-" * 10_000])
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert "".join(piece for piece, _ in _hyphens.pieces(text)) == text
    assert not any(kept for _, kept in _hyphens.pieces(text))


def short() -> Report:
    name = f"Botilbud (§§{NBSP}109-110)"
    table = Table("t", "Udgift, 2027-priser", (Column("Funktion"), Column("2027-priser", "int")),
                  (Row((name, Number(5.0, "cost:2"))),))  # fmt: skip
    said = Paragraph((Run(f"Et 80{NBSP}%-interval efter §§{NBSP}82 a-b."),))
    section = Section("s", "Afsnit", (said, table))
    return replace(reports.report("751"), sections=(section,))


def test_a_document_keeps_them_on_their_line_and_reads_as_written() -> None:
    import docx as word

    made = word.Document(io.BytesIO(docx.render(short())))
    assert any("Et 80\N{NO-BREAK SPACE}%-interval" in p.text for p in made.paragraphs)
    assert "(§§\N{NO-BREAK SPACE}109-110)" in made.tables[0].rows[1].cells[0].text
    assert made.tables[0].rows[0].cells[1].text == "2027-priser"
    assert made.element.body.xml.count("<w:noBreakHyphen/>") == 5
    assert [n.ref for n in reports.in_docx(docx.render(short()))] == ["cost:2"]


def test_a_page_keeps_them_on_their_line_and_reads_as_written() -> None:
    body = html.render(short()).decode().partition("<main")[2]
    assert body.count('<span class="k">') == 5
    text = unescape(re.sub("<[^>]+>", "", body))
    for written in ("80\N{NO-BREAK SPACE}%-interval", "109-110)", "Udgift, 2027-priser"):
        assert written in text


def test_a_set_page_breaks_no_line_there() -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no pdftotext here (make services installs poppler)")
    filled = Paragraph((Run("Beløb er i 2027-priser efter §§ 109-110 og 80 %-interval. " * 60),))
    report = replace(short(), sections=(Section("s", "Afsnit", (filled,)),))
    told = subprocess.run(
        [reader, "-", "-"], input=pdf.render(report), capture_output=True, check=True
    )
    text = told.stdout.decode()
    assert text.count("2027-priser") == text.count("109-110") == text.count("%-interval") == 60
    assert not re.search(r"(2027|109|%)-\n", text)
