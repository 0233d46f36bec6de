"""Signs, order and notes that hold in every table: what is hidden, what is not there, and why."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
import pytest
from support import reports
from support.bundles import bundle
from support.shown import build, table, view

from forecast import parts, reporting
from forecast.bundle import Bundle
from forecast.reporting import wording
from forecast.reporting.document import Calculator, Figure, Number, Paragraph, Table, number_of
from forecast.sections import _series, conclusion
from forecast.writers import xlsx


def by_age(made: Bundle, sizes: dict[str, float]) -> Bundle:
    """Return a bundle in which one service is counted by age."""
    for name in ("demand", "history"):
        frame = made.frames[name]
        own = frame["service"] == "s104"
        ages = [frame[own].assign(age=a, value=frame["value"] * f) for a, f in sizes.items()]
        made.frames[name] = pd.concat([frame[~own], *ages], ignore_index=True)
    return made


def test_ages_stand_in_their_order_and_services_by_size() -> None:
    seen = view(by_age(bundle(), {"6-11": 0.1, "18+": 9.0, "0-5": 0.5, "12-17": 2.0}), "751")
    found = _series.of(seen, "recipients_adults")
    assert [s.age for s in found[:4]] == ["0-5", "6-11", "12-17", "18+"]
    assert {s.service for s in found[:4]} == {"s104"}  # its largest age is the largest series
    sizes = [_series.expected(seen, s, "2027").value for s in found[4:]]
    assert sizes == sorted(sizes, reverse=True)
    largest = _series.largest(seen, "recipients_adults", 2)
    assert [s.age for s in largest[:1]] == ["18+"]


def test_charts_are_of_the_largest_series_and_stand_in_the_order_of_the_table() -> None:
    seen = view(by_age(bundle(), {"18+": 9.0, "0-5": 0.5, "12-17": 8.0}), "751")
    built = parts.find("sections", "demand").build(seen)
    drawn = [b.name for b in built.blocks if isinstance(b, Figure)]
    assert drawn[:2] == ["fan_recipients_adults_s104_12_17", "fan_recipients_adults_s104_18"]
    assert len(drawn) == 3


def test_nobody_has_no_unit_cost_and_costs_nothing() -> None:
    made = bundle()
    frame = made.frames["comparison"]
    none = (frame["service"] == "s108") & (frame["item"] == "users_per_1000")
    made.frames["comparison"] = frame.assign(own=frame["own"].where(~none, 0.0))
    rows = {
        str(r.cells[0]): r.cells for r in table(build("peers", view(made, "751")), "peers").rows
    }
    users, unit_cost, cost = (number_of(rows["5.38.50 Ydelse s108"][i]) for i in (1, 4, 7))
    assert users.value == cost.value == 0
    assert not unit_cost.given
    assert not unit_cost.hidden
    assert number_of(rows["5.38.52 Ydelse s107"][4]).given


@pytest.mark.parametrize(("factor", "rows"), [(1.0, 8), (0.0, 5)])
def test_a_cut_that_rounds_to_nothing_has_no_rows_but_a_note(factor: float, rows: int) -> None:
    made = bundle()
    frame = made.frames["frame"]
    cut = frame["item"].str.startswith("sanction")
    made.frames["frame"] = frame.assign(value=frame["value"].where(~cut, frame["value"] * factor))
    seen = view(made, "000")
    shown = table(build("headline", seen), "frame")
    assert len(shown.rows) == rows
    assert (seen.words.text("frame.no_sanction") in shown.notes) == (factor == 0)


@pytest.mark.parametrize("factor", [1.0, 1.00002])
def test_a_difference_between_price_levels_in_their_own_year_is_explained(factor: float) -> None:
    made = bundle()
    cost = made.frames["cost"]
    year = (cost["year"] == "2027") & (cost["price"] == "current")
    same = cost[(cost["year"] == "2027") & (cost["price"] == "fixed")]["value"].to_numpy()
    made.frames["cost"] = cost.assign(value=cost["value"].where(~year, 0.0))
    made.frames["cost"].loc[year, "value"] = same * factor
    seen = view(made, "751")
    note = seen.words.text("note.prices", year="2027")
    calculator = parts.find("sections", "calculator").build(seen).blocks[0]
    assert isinstance(calculator, Calculator)
    for notes in (
        table(build("conclusion", seen), "conclusion").notes,
        table(build("pressure", seen), "pressure_current").notes,
        calculator.notes,
    ):
        assert (note in notes) == (factor != 1)
    assert note not in table(build("pressure", seen), "pressure_fixed").notes


@pytest.mark.parametrize(("area", "form"), [("751", "mio"), ("825", "mio2")])
def test_the_calculator_shows_amounts_as_tables_of_the_area_do(area: str, form: str) -> None:
    calculator = parts.find("sections", "calculator").build(view(reports.saved(), area)).blocks[0]
    assert calculator.form == form
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(reports.report(area))))
    words = wording.load("da")
    lines = list(book[words.text("xlsx.calculator")].iter_rows())
    [total] = [row for row in lines if row[0].value == words.text("calculator.fixed")]
    decimals = {"mio": 1, "mio2": 2}[form]
    assert total[6].number_format.split(";")[0].startswith("#,##0." + decimals * "0" + "_")


@pytest.mark.parametrize(
    ("area", "change", "way"),
    [("825", 20.0, "up"), ("751", 20.0, "same"), ("751", -60.0, "down"), ("825", 4.0, "same")],
)
def test_a_change_is_one_where_the_decimals_of_the_area_show_it(
    area: str, change: float, way: str
) -> None:
    assert conclusion.direction(view(reports.saved(), area), Number(change)) == way


def test_an_assumed_lift_is_told_where_the_frame_is_shown() -> None:
    made = bundle()
    made.meta["notes"] = [{"code": "lift_assumed", "params": {"year": 2027, "from": 2026}}]
    given = reporting.sources(made)
    for name, area, told in (("budget", "751", False), ("negotiation", "000", True)):
        report = reporting.build(reporting.spec(name), given, area, "da")
        [section] = [s for s in report.sections if s.name == "assumptions"]
        said = " ".join(b.text for b in section.blocks if isinstance(b, Paragraph))
        assert ("løftet for 2026" in said) == told


def test_a_table_of_nothing_but_hidden_numbers_is_a_sentence() -> None:
    made = bundle()
    for name in ("demand", "history"):
        frame = made.frames[name]
        made.frames[name] = frame[frame["service"] == "s108"]
    for area, hidden in (("825", True), ("751", False)):
        seen = view(made, area)
        built = parts.find("sections", "demand").build(seen)
        model = seen.model_name("recipients_adults")
        said = seen.words.text("demand.protected", series=model)
        assert any(isinstance(b, Table) for b in built.blocks) != hidden
        assert any(isinstance(b, Paragraph) and b.text == said for b in built.blocks) == hidden


def test_refund_is_no_price() -> None:
    rows = table(build("headline", view(reports.saved(), "000")), "drivers").rows
    kinds = {str(row.cells[0]): row.cells[-1] for row in rows}
    assert kinds["Statsrefusion"] == "refusion"
    assert kinds["Pris- og lønudvikling"] == "pris"


def test_the_first_table_explains_the_signs() -> None:
    budget, pack = view(reports.saved(), "751"), view(reports.saved(), "000")
    said = budget.words.text("note.signs")
    assert said in table(build("conclusion", budget), "conclusion").notes
    assert said in table(build("headline", pack), "frame").notes
