"""What is said of one format is said in that one only."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from support import reports

from forecast import parts, reporting
from forecast.reporting import suppression, wording
from forecast.reporting.document import Paragraph, Report, Run, Section, Table, for_format
from forecast.reporting.view import Store, View
from forecast.sections import _common


def told(report: Report, name: str) -> list[str]:
    blocks = [b for s in for_format(report, name).sections for b in s.blocks]
    return [b.text for b in blocks if isinstance(b, Paragraph) and b.only]


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_each_format_says_where_its_references_are(language: str) -> None:
    made = reports.saved()
    view = View(Store(made), "000", wording.load(language), suppression.shield(made))
    built = parts.find("sections", "claims").build(view)
    assert any(isinstance(b, Table) for b in built.blocks)
    report = replace(reports.report("751", language), sections=(built,))
    said = {name: told(report, name) for name in _common.FORMATS}
    assert all(len(lines) == 1 for lines in said.values())
    assert len({lines[0] for lines in said.values()}) == len(_common.FORMATS)
    assert "¶" in said["docx"][0]
    sheet = wording.load(language).text("xlsx.references")
    assert sheet in said["xlsx"][0]
    assert "HTML" in said["pdf"][0]  # a page in print has none of its own


def test_references_to_the_earlier_projection_are_explained_where_there_are_any() -> None:
    made = reports.saved()
    given = reporting.sources(made, other=reports.saved())
    report = reporting.build(reporting.spec("compare"), given, "751", "da")
    assert {name: len(told(report, name)) for name in _common.FORMATS} == {
        "html": 1, "xlsx": 1, "docx": 1, "pdf": 0,
    }  # fmt: skip


def test_writers_leave_out_what_is_about_another_format() -> None:
    lines = tuple(Paragraph((Run(f"about{name}"),), only=name) for name in _common.FORMATS)
    section = Section("s", "Section", (*lines, Paragraph((Run("aboutall"),))))
    report = replace(reports.report("751"), sections=(section,))
    assert texts(report, "html") == {"abouthtml", "aboutall"}
    assert texts(report, "docx") == {"aboutdocx", "aboutall"}
    assert texts(report, "xlsx") == {"aboutxlsx", "aboutall"}
    writer = parts.find("writers", "pdf")
    alone = replace(section, blocks=(lines[3], section.blocks[-1]))
    assert writer.render(report) == writer.render(replace(report, sections=(alone,)))


def texts(report: Report, name: str) -> set[str]:
    content: bytes = parts.find("writers", name).render(report)
    if name == "html":
        found = content.decode().replace("<", " ").replace(">", " ").split()
    elif name == "docx":
        import docx

        found = [p.text for p in docx.Document(io.BytesIO(content)).paragraphs]
    else:
        import openpyxl

        cover = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        found = [str(value) for (value,) in cover.iter_rows(max_col=1, values_only=True)]
    return {word for word in found if word.startswith("about")}
