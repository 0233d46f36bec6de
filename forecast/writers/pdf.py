"""PDF: tagged, PDF/UA-1 and PDF/A-2a in one file, set by typst from a fixed template."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

from forecast import files
from forecast.errors import ReportError
from forecast.reporting import wording
from forecast.reporting.document import Report, for_format, plain
from forecast.writers import _flat, _typesetter

SUFFIX = ".pdf"
STANDARDS = ["ua-1", "a-2a"]
FAMILY = "Report Sans"


def render(report: Report) -> bytes:
    """Return the report as the bytes of one PDF.

    Raises:
        ReportError: the typesetter refuses the report; the sentence says why.
    """
    import typst

    report = for_format(report, "pdf")
    words = wording.load(report.language)
    day = datetime.fromisoformat(report.facts.get("today", "2000-01-01")[:10]).replace(tzinfo=UTC)
    try:
        made: Any = _typesetter.compiler().compile(
            input=(files.assets() / "reports" / "templates" / "report.typ"),
            format="pdf",
            sys_inputs={"data": _data(report, words)},
            pdf_standards=STANDARDS,
            timestamp=day,
        )
    except typst.TypstError as error:
        raise ReportError(f"the PDF of {report.title} cannot be set: {error.message}") from error
    return bytes(made)


def _data(report: Report, words: wording.Wording) -> str:
    value = {
        "title": plain(report.title),
        "subtitle": plain(report.subtitle),
        "author": "social-forecast",
        "description": plain("; ".join([*report.marks, report.footer])),
        "language": report.language,
        "fonts": [FAMILY],
        "marks": [plain(mark) for mark in report.marks],
        "footer": plain(report.footer),
        "words": {"page": words.text("report.page"), "of": words.text("report.of")},
        "sections": _flat.sections(report, words),
    }
    return _set(json.dumps(value, ensure_ascii=False))


def _set(text: str) -> str:
    """Return text with signs that no font of the report holds replaced; PDF/A allows none."""
    missing = {ord(c) for c in set(text)} - _signs() - {10}
    return text.translate(dict.fromkeys(missing, "?")) if missing else text


@cache
def _signs() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # comes with matplotlib

    font = TTFont(files.assets() / "reports" / "fonts" / "ReportSans-Regular.ttf", lazy=True)
    return frozenset(font.getBestCmap())
