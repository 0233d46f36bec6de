"""A heading and the lines that lead to a table or a figure do not end a page without it."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from support import browser, office, reports

from forecast.reporting.document import (
    Calculator,
    Column,
    Paragraph,
    Report,
    Row,
    Run,
    Section,
    Table,
)
from forecast.writers import docx, html, pdf
from forecast.writers._together import ROOM, introduces

FIGURE = next(f for f in reports.report().figures if f.kind == "fan")
TABLE = Table("t", "Caption", (Column("Name"),), (Row(("first",)),))
READER = shutil.which("pdftotext")
reads = pytest.mark.skipif(READER is None, reason="no pdftotext here (make services installs it)")


def line(text: str, style: str = "body") -> Paragraph:
    return Paragraph((Run(text),), style)


def test_few_lines_stay_with_what_they_lead_to() -> None:
    for drawn in (FIGURE, TABLE):
        blocks = (line("one"), line("two"), drawn, line("after"))
        assert [introduces(blocks, i) for i in (0, 1, 3)] == [True, True, False]


def test_of_many_lines_the_last_paragraph_stays() -> None:
    blocks = (line("a" * ROOM), line("b"), line("c" * ROOM * 2), TABLE)
    assert [introduces(blocks, i) for i in range(3)] == [False, False, True]
    full = (line("a"), line("b" * (ROOM - 1)), TABLE)
    assert introduces(full, 0)
    assert not introduces((line("aa"), *full[1:]), 0)


def test_what_explains_references_takes_no_room_and_a_calculator_is_not_seen() -> None:
    assert introduces((line("one"), line("x" * ROOM, "reference"), TABLE), 0)
    assert not introduces((line("one"), Calculator("c", "Title", (), (), (), ())), 0)


def many(above: range) -> Report:
    """A report of sections, each a heading, two paragraphs and a figure below so many lines."""
    sections: list[Section] = []
    for n in above:
        filling = tuple(line("A line of filling.") for _ in range(n))
        sections += [Section(f"f{n}", f"Filling {n}", filling)] if n else []
        named = replace(FIGURE, name=f"fan{n}", caption=f"Picture-{n}.")
        lead = (line(f"Leading-{n} to it."), line("And a second sentence."))
        sections.append(Section(f"s{n}", f"Heading-{n}.", (*lead, named)))
    return replace(reports.report(), sections=tuple(sections))


def check(content: bytes, above: range) -> None:
    """Hold that heading, first sentence and caption stand on one page, some of them at its top."""
    told = subprocess.run([str(READER), "-layout", "-", "-"], input=content, capture_output=True)
    pages = told.stdout.decode().split("\f")
    tops = 0
    for n in above:
        (page,) = [p for p in pages if f"Picture-{n}." in p]
        assert f"Leading-{n} " in page
        assert f"Heading-{n}." in page.replace("\n", " ")
        tops += f"Filling {n}" not in page
    assert tops > 0


@reads
def test_in_pdf() -> None:
    check(pdf.render(many(range(8, 24))), range(8, 24))


@reads
@pytest.mark.service
@pytest.mark.skipif(office.program() is None, reason="no LibreOffice here (make services)")
@pytest.mark.parametrize("lines", [27, 31, 35])
def test_in_a_document(tmp_path: Path, lines: int) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "report.docx"
    path.write_bytes(docx.render(many(range(lines, lines + 1))))
    check(office.converted(path, "pdf", tmp_path).read_bytes(), range(lines, lines + 1))


@reads
@pytest.mark.service
@pytest.mark.skipif(browser.program() is None, reason="no Chromium here (make services)")
def test_on_a_printed_page(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(html.render(many(range(8, 24))))
    with browser.browser(tmp_path / "profile") as page:
        page.open(path)
        check(page.pdf(), range(8, 24))
