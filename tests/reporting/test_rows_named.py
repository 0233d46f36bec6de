"""Who has a report can follow its numbers: each row that one names is in its data."""

from __future__ import annotations

import io

import openpyxl
import pytest
from support import reports

from forecast import reporting
from forecast.reporting import suppression, wording
from forecast.reporting.references import rows, table_of
from forecast.writers import xlsx


def named(area: str) -> set[tuple[str, int]]:
    made = reports.report(area)
    found = {row for _, number in reports.numbers(made) for row in rows(number.ref)}
    return {(table.partition(".")[0], row) for table, row in found}


@pytest.mark.parametrize("area", ["751", "825", "082", "000"])
def test_every_row_that_a_number_names_is_in_the_data(area: str) -> None:
    data = reports.report(area).data
    have = {(n, int(row)) for n, frame in data.items() if "row" in frame for row in frame["row"]}
    wanted = {(table, row) for table, row in named(area) if not table.startswith("own_")}
    assert {table for table, _ in wanted} >= {"cost", "accuracy", "prices"}
    assert wanted <= have


@pytest.mark.parametrize("area", ["751", "825", "082", "000"])
def test_no_hidden_row_comes_in_by_a_name(area: str) -> None:
    made = reports.saved()
    shield = suppression.shield(made)
    data = reports.report(area).data
    names = {"history", "demand", "cost", "bridge"}
    if area != "082":  # price × volume is of municipalities and the nation
        names.add("volumes")
    assert names <= set(data)
    for name in names:
        rows = data[name].to_dict("records")
        assert rows
        for row in rows:
            assert not shield.hides(name, "value", str(row["area"]), row)


def test_a_workbook_holds_the_rows_that_its_references_name() -> None:
    words = wording.load("da")
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(reports.report("751"))))
    found = list(book[words.text("xlsx.data")].iter_rows(values_only=True))
    have = {(row[0], row[1]) for row in found if isinstance(row[1], int)}
    wanted = {(table, row) for table, row in named("751") if not table.startswith("own_")}
    assert wanted <= have
    told = {str(value) for row in found for value in row}
    assert {
        "modtagere",
        "modtagere pr. 1.000 i målgruppen",
        "Afvigelse (WAPE)",
        "Kombination",
    } <= told


def test_rows_of_the_earlier_projection_are_in_the_data_of_a_comparison() -> None:
    made = reports.saved()
    given = reporting.sources(made, other=made)
    data = reporting.build(reporting.spec("compare"), given, "751", "en").data
    assert {"old.cost", "old.demand"} <= set(data)
    whole = made.table("cost").iloc[data["old.cost"]["row"]]
    assert list(data["old.cost"]["value"]) == list(whole["value"])
    assert table_of("old.comparison.own") == "old.comparison"
    assert [table_of(n) for n in ("cost", "comparison.own", "s1.cost")] == [
        "cost", "comparison", "s1.cost"
    ]  # fmt: skip
