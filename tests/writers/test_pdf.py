from __future__ import annotations

import re

import pytest
from support import reports

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
