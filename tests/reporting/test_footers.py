"""Footers: what a page says of itself, in words; codes stand where they can be traced."""

from __future__ import annotations

import pytest
from support import reports

from forecast import reporting
from forecast.reporting import suppression, wording
from forecast.reporting.view import Store, View


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_foot_of_a_page_names_models_by_their_titles(language: str) -> None:
    report = reports.report("751", language)
    made = reports.saved()
    assert made.id in report.footer
    for name, entry in made.meta["models"].items():
        assert str(entry[f"title_{language}"]) in report.footer.replace("\N{NO-BREAK SPACE}", " ")
        assert name not in report.footer
        assert f"{name}@{entry['version']}" in report.facts["models"]
    versions = next(t for t in report.tables if t.name == "versions")
    codes = {f"{name}@{entry['version']}" for name, entry in made.meta["models"].items()}
    assert {row.cells[1] for row in versions.rows} == codes


def test_models_of_one_version_stand_together_and_a_long_title_is_cut() -> None:
    made = reports.saved()
    [(name, entry)] = list(made.meta["models"].items())[:1]
    many = {
        name: {**entry, "version": 2, "title_da": "Voksne"},
        "b": {**entry, "version": 1, "title_da": "Børn " * 100},
        "c": {**entry, "version": 2, "title_da": "Unge"},
    }
    made = type(made)({**made.meta, "models": many}, made.frames)
    view = View(Store(made), "751", wording.load("da"), suppression.shield(made))
    said = reporting._footer(view)
    assert "modeller i version 2: Voksne; Unge" in said
    assert said.endswith("…")
    assert len(said) < 200
