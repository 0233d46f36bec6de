"""Breaks stand in the charts of the series that they are breaks of, and in the reader's words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support import reports

from forecast.dataroom import breaks
from forecast.reporting import suppression, wording
from forecast.reporting.document import Figure, Table
from forecast.reporting.figures.fan import Fan
from forecast.reporting.view import Store, View
from forecast.sections import _past, _series, assumptions, claims, demand

MODEL, MEASURE = "recipients_adults", "full_year_services"


def view(entries: list[dict[str, Any]], language: str = "da") -> View:
    made = reports.saved()
    made = replace(made, meta={**made.meta, "breaks": entries})
    return View(Store(made), "000", wording.load(language), suppression.shield(made))


def shown(entries: list[dict[str, Any]]) -> set[str]:
    """Return the charts in which a break stands."""
    section = demand.build(view(entries))
    assert section is not None
    figures = [b for b in section.blocks if isinstance(b, Figure)]
    assert figures
    drawn = {f.name: f.data.breaks for f in figures if isinstance(f.data, Fan)}
    return {name for name, found in drawn.items() if found}


def entry(**about: Any) -> dict[str, Any]:
    return {**breaks.of("hand01")[1].record(MODEL, MEASURE), "services": [], "areas": [], **about}


def test_a_break_of_some_services_stands_in_their_charts_only() -> None:
    everywhere = shown([entry()])
    largest = _series.of(view([]), MODEL)[0].service
    assert len(everywhere) > 1
    (alone,) = shown([entry(services=[largest])])
    assert alone in everywhere
    assert largest in alone


def test_a_break_of_another_models_data_or_of_other_areas_stands_in_no_chart() -> None:
    assert shown([entry(model="crisis_shelters")]) == set()
    assert shown([entry(areas=["183", "187"])]) == set()


def test_breaks_of_bundles_that_name_no_model_stand_by_measure() -> None:
    old = {"measure": MEASURE, "date": "2020Q3", "note": "x", "source": "VIVE"}
    assert shown([old]) == shown([entry()])


@pytest.mark.parametrize(("language", "said"), [("da", "source_da"), ("en", "source")])
def test_the_table_of_breaks_names_model_and_source_in_the_readers_language(
    language: str, said: str
) -> None:
    first = breaks.of("hand01")[1]
    tables = [
        b
        for b in assumptions.build(view([first.record(MODEL, MEASURE)], language)).blocks
        if isinstance(b, Table) and b.name == "breaks"
    ]
    cells = tables[0].rows[0].cells
    assert cells[1] == reports.saved().meta["models"][MODEL][f"title_{language}"]
    assert cells[-1] == getattr(first, said)


def test_a_claim_names_the_breaks_that_its_change_spans() -> None:
    inside, before = entry(date="2020Q3"), entry(date="2010")
    section = claims.build(view([before, inside]))
    assert section is not None
    rows = next(b for b in section.blocks if isinstance(b, Table) and b.name == "claims").rows
    assert rows
    assert all(str(row.cells[-1]).endswith("databrud 2") for row in rows)
    alone = claims.build(view([before]))
    assert alone is not None
    rows = next(b for b in alone.blocks if isinstance(b, Table) and b.name == "claims").rows
    assert not any("databrud" in str(row.cells[-1]) for row in rows)


def test_a_break_of_a_few_municipalities_stands_in_the_tables_of_none_other() -> None:
    made = replace(reports.saved(), meta={**reports.saved().meta,
                   "breaks": [entry(areas=["183", "187"]), entry()]})  # fmt: skip
    shield, words = suppression.shield(made), wording.load("da")
    numbers, marked = {}, {}
    for area in ("101", "183", "000"):
        seen = View(Store(made), area, words, shield)
        blocks = assumptions.build(seen).blocks
        table = next(b for b in blocks if isinstance(b, Table) and b.name == "breaks")
        numbers[area] = [row.cells[0] for row in table.rows]
        series = _series.of(seen, MODEL)[0]
        marked[area] = [number for _, number in _past.breaks(seen, series)]
    assert numbers == {"101": ["1"], "183": ["1", "2"], "000": ["1", "2"]}
    assert marked == {"101": ["1"], "183": ["1", "2"], "000": ["2"]}  # as the table numbers them
