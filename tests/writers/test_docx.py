from __future__ import annotations

import io

import docx as python_docx
import numpy as np
import pytest
from support import reports

from forecast.reporting import references
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
