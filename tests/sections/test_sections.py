from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from support import reports
from support.bundles import bundle

from forecast import parts, reporting
from forecast.engine.drivers import COLUMNS, FINDINGS
from forecast.reporting import danish, references, suppression, wording
from forecast.reporting.danish import NBSP
from forecast.reporting.document import (
    FORMS,
    Calculator,
    Figure,
    Paragraph,
    Section,
    Table,
    number_of,
)
from forecast.reporting.figures import bridge
from forecast.reporting.view import Store, View
from forecast.sections import _common, conclusion, headline, pressure

AREAS = ("751", "825", "081", "000")


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


def view(area: str, language: str, *, cost: bool = True) -> View:
    made = reports.saved(cost=cost)
    shield = suppression.shield(made)
    return View(Store(made), area, wording.load(language), shield)


def pressure_with(cost: pd.DataFrame) -> Section:
    """Return Aarhus' section on pressure as it is with another table of costs."""
    made = reports.saved()
    store = Store(replace(made, frames={**made.frames, "cost": cost}))
    built = pressure.build(View(store, "751", wording.load("da"), suppression.shield(made)))
    assert built is not None
    return built


def checked(section: Section) -> None:
    assert section.title
    assert section.blocks
    for block in section.blocks:
        if isinstance(block, Table):
            assert block.caption
            for row in block.rows:
                assert len(row.cells) == (1 if row.kind == "group" else len(block.columns))
            assert all(c.form in FORMS for c in block.columns if c.form)
        elif isinstance(block, Figure):
            assert len(block.alt) > len(block.caption)
        elif isinstance(block, Paragraph):
            assert block.text.strip()
        else:
            assert isinstance(block, Calculator)


@pytest.mark.parametrize("name", parts.names("sections"))
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_section_answers_for_every_area_with_and_without_cost(
    name: str, language: str
) -> None:
    for area in AREAS:
        for cost in (True, False):
            built = parts.find("sections", name).build(view(area, language, cost=cost))
            if built is not None:
                assert built.name == name
                checked(built)


@pytest.mark.parametrize("name", ["conclusion", "headline"])
def test_without_cost_the_first_section_says_so_and_why(name: str) -> None:
    section = parts.find("sections", name).build(view("000", "da", cost=False))
    last = section.blocks[-1]
    assert isinstance(last, Paragraph)
    assert "Udgifter er udeladt" in last.text
    assert len(section.blocks) > 1


@pytest.mark.parametrize("name", ["budget", "negotiation", "compare"])
def test_every_number_agrees_with_its_reference(name: str) -> None:
    made, earlier = reports.saved(), bundle(seed=2)
    given = reporting.sources(made, other=earlier)
    report = reporting.build(reporting.spec(name), given, "000", "da")
    tried = 0
    for table in report.tables:
        for number in (number_of(c) for row in table.rows for c in row.cells):
            if number.given and number.ref:
                found = references.evaluate(
                    number.ref,
                    lambda t, row: reports.value_of(
                        earlier if t.startswith("old.") else made, f"{t.removeprefix('old.')}:{row}"
                    ),
                )
                assert found == pytest.approx(number.value, rel=1e-12)
                tried += 1
    assert tried > 30


def test_the_bridge_in_the_report_sums_to_the_change() -> None:
    report = reports.report("751")
    table = next(t for t in report.tables if t.name == "bridge")
    expected = [number_of(row.cells[1]).value for row in table.rows]
    assert sum(expected[:-1]) == pytest.approx(expected[-1])


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_no_name_of_an_explanation_is_cut_short_in_its_chart(language: str) -> None:
    section = parts.find("sections", "bridge").build(view("751", language))
    [figure] = [b for b in section.blocks if isinstance(b, Figure)]
    drawn = plain(bridge.draw(figure.data).render(""))
    words = wording.load(language)
    assert all(words.text(f"term.{term}") in drawn for term in ("rate", "service_mix", "price"))
    assert "…" not in drawn


def test_functions_sum_to_the_total_in_expectation() -> None:
    tables = [t for t in reports.report("751").tables if t.variant]
    assert [t.variant for t in tables] == ["fixed", "current"]
    for table in tables:
        body = [row for row in table.rows if row.kind == "body"]
        *groups, total = (row for row in table.rows if row.kind == "total")
        assert len(groups) == 2
        for column in (1, 2, 3, 4, 5, 8, 11):
            whole = pytest.approx(number_of(total.cells[column]).value)
            assert sum(number_of(row.cells[column]).value for row in body) == whole
            assert sum(number_of(row.cells[column]).value for row in groups) == whole
        assert not any(number_of(row.cells[9]).given for row in groups)  # bounds do not add up


def test_conclusion_is_three_sentences_with_amount_and_certainty() -> None:
    section = reports.report("751").sections[0]
    leads = [b for b in section.blocks if isinstance(b, Paragraph) and b.style == "lead"]
    assert len(leads) == 3
    assert "Med 80\u00a0% sandsynlighed" in leads[0].text
    assert "vedtagne budget for 2026" in leads[1].text


@pytest.mark.parametrize(("budgets", "way"), [(0.5, "Presset er størst på "), (2.0, "under budg")])
def test_the_two_functions_farthest_from_the_budget_are_named_above_the_tables(
    budgets: float, way: str
) -> None:
    cost = reports.saved().table("cost").copy()
    adopted = cost["series"] == "budget"
    cost.loc[adopted, "value"] *= budgets
    _, where, fixed, *_ = pressure_with(cost).blocks
    assert isinstance(where, Paragraph)
    assert isinstance(fixed, Table)
    gaps = {
        row.cells[0]: number_of(row.cells[-1]).value for row in fixed.rows if row.kind == "body"
    }
    first, second, *_ = sorted(gaps, key=lambda f: gaps[f], reverse=budgets < 1)
    said = plain(where.text)
    assert way in said
    assert said.index(str(first)) < said.index(str(second))
    assert all(danish.number(abs(gaps[f]) / 1e3, 1) in said for f in (first, second))


def test_functions_are_not_named_where_there_is_no_budget_or_one_goes_the_other_way() -> None:
    cost = reports.saved().table("cost")
    adopted = cost["series"] == "budget"
    one = adopted & (cost["function"] != "") & (cost["function"] != "5.38.50")
    other = cost["value"].where(~one, cost["value"] * 100).where(adopted, cost["value"])
    for frame in (cost[~adopted], cost.assign(value=other)):
        built = pressure_with(frame)
        assert [b for b in built.blocks if isinstance(b, Paragraph)] == [built.blocks[0]]


def test_a_negotiation_begins_with_the_pressure_and_what_was_agreed() -> None:
    blocks = headline.build(view("000", "da")).blocks
    said = [b.text for b in blocks if isinstance(b, Paragraph)]
    assert said[0].startswith("Presset på servicerammen")
    assert said[-1].startswith("Fra regnskab")  # leads to its table, growth by explanation
    assert [b.name for b in blocks if isinstance(b, Table)][:2] == ["frame", "drivers"]


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_conclusion_puts_no_bracket_after_a_bracket(language: str) -> None:
    made = reports.saved()
    bridge = made.table("bridge").copy()
    need = (bridge["term"] == "rate") & (bridge["function"] == "")
    bridge.loc[need, "value"] = 1e6  # need explains most
    made = replace(made, frames={**made.frames, "bridge": bridge})
    section = conclusion.build(
        View(Store(made), "751", wording.load(language), suppression.shield(made))
    )
    assert section is not None
    said = plain(" ".join(b.text for b in section.blocks if isinstance(b, Paragraph)))
    assert {"da": "behov (+1.000,0", "en": "need (DKK +1,000.0"}[language] in said
    assert ") (" not in said


def test_a_service_that_functions_share_is_told_apart_by_the_function() -> None:
    seen = view("751", "da")
    assert _common.line_name(seen, "5.38.50", "s108") == "5.38.50 Ydelse s108"
    functions = seen.meta["functions"]
    shared = {**functions, "5.28.22": {**functions["5.38.50"], "da": "Plejefamilier"}}
    made = replace(seen.store.bundle, meta={**seen.meta, "functions": shared})
    other = View(Store(made), "751", seen.words, seen.shield)
    assert _common.line_name(other, "5.28.22", "s108") == "5.28.22 Plejefamilier"
    assert _common.line_name(other, "5.38.52", "s107") == "5.38.52 Ydelse s107"


def test_calculator_lines_come_to_the_totals() -> None:
    for area in AREAS:
        blocks = [b for s in reports.report(area).sections for b in s.blocks]
        found = next(b for b in blocks if isinstance(b, Calculator))
        for i, total in enumerate(found.totals):
            assert sum(line.costs[i].value for line in found.lines) == pytest.approx(total.value)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_drivers_and_members_that_took_no_part_are_told_either_way(language: str) -> None:
    from forecast.engine.bank import REASONS

    nan = float("nan")
    rows = [("length_of_stay", "s107", -0.3, 0.05, 0.08, 0.02, 0.14, 6, FINDINGS[0])]
    rows += [("length_of_stay", "s108", -0.1, 0.2, nan, nan, nan, 0, f) for f in FINDINGS[1:]]
    left = pd.DataFrame({"level": "nation", "member": "prophet", "series": 50, "why": REASONS})
    title = {"da": "Indlæggelsestid", "en": "Length of stay"}
    jumps = pd.DataFrame({"break": "law", "period": "2024", "group": ["0-5", ""], "jump": [0.1, 0]})
    extra = {
        "jumps": jumps, "drivers": pd.DataFrame(rows, columns=list(COLUMNS)), "left_out": left,
        "titles": {"length_of_stay": title},
    }  # fmt: skip
    built = parts.find("sections", "drivers").build(replace(view("000", language), extra=extra))
    assert built is not None
    checked(built)
    table = next(b for b in built.blocks if isinstance(b, Table))
    driver, *groups = table.rows
    assert (driver.kind, driver.cells) == ("group", (title[language],))
    assert [row.cells[-1] for row in groups] == [
        wording.load(language).text(f"drivers.findings.{f}") for f in FINDINGS
    ]

    def texts(style: str) -> list[str]:
        return [b.text for b in built.blocks if isinstance(b, Paragraph) and b.style == style]

    (acts,) = [text for text in texts("body") if title[language] in text]
    assert all(part in acts for part in ("107", "30", "6", "14"))
    told, left_out = texts("note")[:2], texts("note")[2:]
    assert all("2024" in note for note in told)
    assert "10" in told[0]
    assert wording.load(language).text("unit.ages", first="0", last="5") in told[0].replace(
        NBSP, " "
    )
    assert len(left_out) == len(REASONS)
    assert all("Prophet" in note and "50" in note for note in left_out)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_where_no_driver_takes_part_the_report_says_so(language: str) -> None:
    row = ("length_of_stay", "s82ab", 8.23, 2.79, *[float("nan")] * 3, 1, "no_effect")
    extra = {"drivers": pd.DataFrame([row], columns=list(COLUMNS))}
    built = parts.find("sections", "drivers").build(replace(view("000", language), extra=extra))
    assert built is not None
    texts = [b.text for b in built.blocks if isinstance(b, Paragraph)]
    assert wording.load(language).text("drivers.none_acts") in texts


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_what_the_heading_on_drivers_names_is_told_even_where_there_is_none(language: str) -> None:
    none = {
        "drivers": pd.DataFrame(columns=list(COLUMNS)),
        "jumps": pd.DataFrame(columns=["break", "period", "group", "jump"]),
        "left_out": pd.DataFrame(columns=["level", "member", "series", "why"]),
    }
    seen, words = replace(view("000", language), extra=none), wording.load(language)
    said = {"none_tried", "none_measured", "none_left_out"}
    registered: list[dict[str, str]] = [{"date": "2022", "action": "note"}]
    for breaks in (registered, []):
        made = replace(seen.store.bundle, meta={**seen.meta, "breaks": breaks})
        built = parts.find("sections", "drivers").build(replace(seen, store=Store(made)))
        assert built is not None
        keys = said if breaks else said - {"none_measured"} | {"no_breaks"}
        texts = {b.text for b in built.blocks if isinstance(b, Paragraph)}
        assert texts == {words.text(f"drivers.{key}") for key in keys}
    assert parts.find("sections", "drivers").build(view("000", language)) is None


def test_claims_have_a_figure_a_certainty_and_a_source() -> None:
    built = parts.find("sections", "claims").build(view("000", "da"))
    assert built is not None
    tables = [b for b in built.blocks if isinstance(b, Table)]
    assert {t.name for t in tables} == {"claims", "claims_cost"}
    for table in tables:
        for row in table.rows:
            *_, said, low, high, source = row.cells
            ends = [number_of(c).value for c in (low, said, high)]
            assert ends == sorted(ends)
            assert source


def test_what_is_missing_after_refund_is_the_difference_of_the_tables() -> None:
    pack = reports.saved()
    sources = reporting.sources(pack)
    built = reporting.build(reporting.spec("negotiation"), sources, "000", "da")
    said = [
        run
        for s in built.sections
        if s.name == "headline"
        for b in s.blocks
        if isinstance(b, Paragraph) and "Når refusionen" in b.text
        for run in b.runs
        if run.number is not None
    ]
    whole = next(t for t in built.tables if t.name == "pressure_fixed").rows[-1]
    assert said[0].number is not None
    assert said[0].number.value == pytest.approx(abs(number_of(whole.cells[-1]).value))


@pytest.mark.parametrize("apart", [0, 2])
def test_it_is_said_of_how_many_municipalities_the_difference_from_the_nation_is_sure(
    apart: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from forecast.sections import spread

    seen = view("000", "da")
    shares = spread.shares_of(seen)
    (nation,) = spread.shares_of(seen, ("000",))
    mean = nation.each.value
    assert mean == pytest.approx(
        sum(s.change.value for s in shares) / sum(s.people.value for s in shares)
    )
    shift = [2 if i < apart else 0 for i in range(len(shares))]  # in widths from the nation
    moved = [
        s._replace(low=s.people * (mean + k - 1), high=s.people * (mean + k + 1))
        for s, k in zip(shares, shift, strict=True)
    ]
    monkeypatch.setattr(spread, "shares_of", lambda _, codes=(): [nation] if codes else moved)
    built = spread.build(seen)
    assert built is not None
    (said,) = [b for b in built.blocks if isinstance(b, Paragraph) and "landsplan" in b.text]
    numbers = [run.number.value for run in said.runs if run.number]
    assert numbers == [mean, *([apart] if apart else []), len(shares)]
    assert ("Ingen af" in said.text) is (apart == 0)


def test_the_map_of_half_a_page_has_short_tables_before_and_behind_it() -> None:
    from forecast.sections import spread

    built = spread.build(view("000", "da"))
    assert built is not None
    named = [b.name for b in built.blocks if isinstance(b, Table | Figure)]
    assert named == ["spread_region", "spread_map", "spread_group", "spread_ranked"]
