from __future__ import annotations

import io

import docx as python_docx
import numpy as np
import pytest
from docx.oxml.ns import qn
from support import reports

from forecast import reporting
from forecast.reporting import references
from forecast.reporting.document import Paragraph
from forecast.writers import docx


@pytest.mark.parametrize("area", ["751", "825", "000"])
def test_every_table_and_figure_is_there_with_its_text(area: str) -> None:
    report = reports.report(area)
    document = python_docx.Document(io.BytesIO(docx.render(report)))
    assert len(document.tables) == len(report.tables)
    assert len(document.inline_shapes) == len(report.figures)
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert described == [figure.alt for figure in report.figures]
    heads = [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1"]
    assert heads == [section.title for section in report.told]


def test_numbers_are_those_of_their_bundle_rows() -> None:
    shown = reports.in_docx(docx.render(reports.report()))
    rng = np.random.default_rng(9)
    some = [shown[i] for i in rng.choice(len(shown), 200, replace=False)]
    wrong = [s for s in some if not reports.agrees(reports.saved(), s, "da")]
    assert wrong == []


def test_no_protected_row_is_referred_to() -> None:
    forbidden = reports.hidden_rows(reports.saved())
    shown = reports.in_docx(docx.render(reports.report("825")))
    used = {row for s in shown for row in references.rows(s.ref)}
    assert used
    assert used & forbidden == set()


def test_hostile_text_stays_text_and_the_mark_is_on_every_page() -> None:
    document = python_docx.Document(io.BytesIO(docx.render(reports.hostile())))
    assert any("<script>alert(1)</script>" in p.text for p in document.paragraphs)
    assert "SYNTETISKE DATA" in document.sections[0].header.paragraphs[0].text


def test_same_bundle_same_bytes() -> None:
    assert docx.render(reports.report()) == docx.render(reports.report())


def test_of_a_long_text_only_the_end_stays_with_the_table_or_the_figure_that_it_leads_to() -> None:
    report = reports.report("000")
    document = python_docx.Document(io.BytesIO(docx.render(report)))
    assert all(style.font.size.pt >= 7 for style in document.styles
               if style.name in ("Cell", "Small Cell"))  # fmt: skip
    kept = {p.text: p.paragraph_format.keep_with_next for p in document.paragraphs}
    appendix = next(s for s in report.sections if s.name == "appendix")
    said = [b for b in appendix.blocks if isinstance(b, Paragraph)]
    table = next(i for i, b in enumerate(appendix.blocks) if not isinstance(b, Paragraph))
    assert table > 2
    led = [sum(len(b.text) for b in said[i:table]) for i in range(table)]
    assert [kept[b.text] for b in said[:table]] == [letters <= 600 for letters in led]
    assert kept[said[table - 1].text]
    assert not kept[said[0].text]


def test_what_explains_references_is_hidden_as_they_are() -> None:
    made = reports.saved()
    sources = reporting.sources(made, other=made)
    report = reporting.build(reporting.spec("compare"), sources, "000", "en")
    document = python_docx.Document(io.BytesIO(docx.render(report)))
    (told,) = [p for p in document.paragraphs if p.text.startswith("References in the hidden")]
    assert all(run.font.hidden for run in told.runs)
    assert told._p.find(f".//{qn('w:pPr')}/{qn('w:rPr')}/{qn('w:vanish')}") is not None
