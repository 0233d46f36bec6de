from __future__ import annotations

import re

import numpy as np
import pytest
from support import reports

from forecast import reporting
from forecast.reporting import references
from forecast.reporting.document import Figure, Table
from forecast.writers import html


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("area", ["751", "825", "081", "000"])
def test_every_table_figure_and_paragraph_is_there(area: str, language: str) -> None:
    report = reports.report(area, language)
    text = html.render(report).decode()
    assert text.count("<table") == len(report.tables) > 5
    assert text.count("<svg xmlns") == text.count('role="img"') == len(report.figures) >= 2
    over_time = [f for f in report.figures if f.kind in html.OVER_TIME]
    assert (
        text.count('<svg class="axis"')
        == len(over_time)
        == text.count("<svg ") - len(report.figures)
    )
    assert all(f'id="{section.name}"' in text for section in report.told)


def test_nothing_is_asked_of_the_net() -> None:
    text = html.render(reports.report()).decode()
    assert "default-src &#39;none&#39;" in text
    outside = re.findall(r'(?:src|href|url)\s*[=(]\s*["\']?(?!#|data:)[^"\'\s)]+', text)
    assert outside == []


def test_hostile_text_stays_text() -> None:
    text = html.render(reports.hostile()).decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "\u202e" not in text
    assert text.count("<script>") == 1


def test_same_bundle_same_bytes() -> None:
    again = reports.report.__wrapped__()
    assert html.render(again) == html.render(reports.report())


@pytest.mark.parametrize("language", ["da", "en"])
def test_numbers_are_those_of_their_bundle_rows(language: str) -> None:
    shown = reports.in_html(html.render(reports.report("751", language)))
    rng = np.random.default_rng(7)
    some = [shown[i] for i in rng.choice(len(shown), 200, replace=False)]
    wrong = [s for s in some if not reports.agrees(reports.saved(), s, language)]
    assert wrong == []


def test_no_protected_row_is_referred_to() -> None:
    forbidden = reports.hidden_rows(reports.saved())
    assert forbidden
    for area in ("825", "851", "081", "000"):
        shown = reports.in_html(html.render(reports.report(area)))
        used = {row for s in shown for row in references.rows(s.ref)}
        assert used & forbidden == set()


def test_the_mark_stands_on_every_page_and_only_where_data_are_synthetic() -> None:
    text = html.render(reports.report()).decode()
    assert re.search(r"@top-left\{content:\"SYNTETISKE DATA", text)
    real = html.render(reports.report(synthetic=False, cost=False)).decode().lower()
    assert "syntetisk" not in real
    assert "udgifter er udeladt, fordi der ikke er indlæst regnskaber" in real


def test_names_of_blocks_are_unique() -> None:
    report = reports.report()
    names = [b.name for s in report.sections for b in s.blocks if isinstance(b, Table | Figure)]
    tables = [t.name for t in report.tables]
    assert len(set(tables)) == len(tables)
    assert len(names) >= len(tables)


def test_paper_says_nothing_of_switches_and_references_are_explained_with_them_only() -> None:
    made = reports.saved()
    pages = [
        html.render(reporting.build(reporting.spec(name), reporting.sources(made, other=made),
                                    "000", "en")).decode()
        for name in ("compare", "negotiation")
    ]  # fmt: skip
    assert '<p class="reference screen">References that begin with old' in pages[0]
    assert '<p class="note screen">Switch references on' in pages[1]
    style = re.search(r"@media print \{.*", pages[0], re.DOTALL)
    assert style is not None
    assert re.search(r"\.screen[^{]*\{ display: none; \}", style[0])
    assert "p.reference { display: none; }" in pages[0]
