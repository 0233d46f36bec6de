"""Two projections side by side: units, totals, and what only one of them remarks on."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from support import explained, reports

from forecast import reporting
from forecast.bundle import Bundle
from forecast.reporting import suppression, wording
from forecast.reporting.document import Paragraph, Report, Table, number_of
from forecast.reporting.view import Store, View
from forecast.sections import standing

LEFT_OUT = {"code": "refund_left_out", "params": {"years": [2028, 2029, 2030]}}
LIFT = {"code": "lift_assumed", "params": {"from": 2026, "year": 2027}}


@cache
def compared(language: str) -> Report:
    """The made-up bundle beside an earlier one, of which refunds are left out."""
    now = reports.saved()
    old = replace(now, meta={**now.meta, "notes": [LEFT_OUT], "known_at": "2025-12-01"})
    now = replace(now, meta={**now.meta, "notes": [LIFT]})
    sources = reporting.sources(now, other=old)
    return reporting.build(reporting.spec("compare"), sources, "000", language)


@cache
def apart(only: str, language: str = "da") -> Report:
    """Two projections, the later 1 % dearer, of which one alone counts the budget year's refund.

    In the made-up bundle the refund is 4 % of every gross cost.
    """
    now = reports.saved()
    now = replace(now, meta={**now.meta, "notes": [LIFT]})
    earlier = replace(now, frames={**now.frames, "cost": _times(now.frames["cost"], 1 / 1.01)})
    if only == "new":
        earlier = _without_refund(earlier)
    else:
        now = _without_refund(now)
    extra = {"causes": explained.change(earlier, now, "000")}
    sources = reporting.sources(now, other=earlier, extra=extra)
    return reporting.build(reporting.spec("compare"), sources, "000", language)


def _times(cost: pd.DataFrame, factor: float) -> pd.DataFrame:
    return cost.assign(value=cost["value"] * factor)


def _without_refund(made: Bundle) -> Bundle:
    """The bundle as it is where the thresholds of its budget year are not known."""
    cost, note = made.frames["cost"], {"code": "refund_left_out", "params": {"years": [2027]}}
    year = cost["year"] == "2027"
    net, refund = (year & (cost["component"] == name) for name in ("net", "refund"))
    value = cost["value"].where(~net, cost["value"] / 0.96).where(~refund, 0.0)
    frames = {**made.frames, "cost": cost.assign(value=value)}
    return replace(made, frames=frames, meta={**made.meta, "notes": [note]})


def texts(report: Report, start: str) -> list[str]:
    said = [b.text for s in report.sections for b in s.blocks if isinstance(b, Paragraph)]
    return [text for text in said if text.startswith(start)]


def table(report: Report, name: str) -> Table:
    return next(t for t in report.tables if t.name == name)


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [("da", "Kun for den tidligere", "Kun for den nye"), ("en", "Of the earlier", "Of the new")],
)
def test_what_only_one_projection_remarks_on_is_said(language: str, old: str, new: str) -> None:
    (before,), (after,) = (texts(compared(language), start) for start in (old, new))
    assert "2028" in before
    assert "2026" in after


def test_what_was_known_stands_among_what_differs_with_a_date_in_words() -> None:
    rows = {str(r.cells[0]): r.cells[1:] for r in table(compared("da"), "changes_inputs").rows}
    known = rows[wording.load("da").text("changes.known")]
    assert [str(c).replace("\N{NO-BREAK SPACE}", " ") for c in known] == [
        "1. december 2025",
        "1. maj 2026",
    ]


@pytest.mark.parametrize("which", ["old", "new"])
def test_beside_a_projection_without_cost_nothing_is_said_to_have_changed_by_all_of_it(
    which: str,
) -> None:
    whole = reports.saved()
    cost = whole.frames["cost"]
    reason = {"code": "no_unit_costs", "params": {}, "text": ""}
    bare = replace(
        whole,
        frames={**whole.frames, "cost": cost[cost["series"] == "accounts"]},
        meta={**whole.meta, "cost_included": False, "cost_reason": reason},
    )
    now, old = (bare, whole) if which == "new" else (whole, bare)
    report = reporting.build(
        reporting.spec("compare"), reporting.sources(now, other=old), "000", "en"
    )
    assert not any(t.name in ("changes_cost", "changes_functions") for t in report.tables)
    assert table(report, "changes_demand").rows
    start = "Of the new projection only" if which == "new" else "Of the earlier projection only"
    (said,) = texts(report, start)
    assert "unit costs" in said


@pytest.mark.parametrize("only", ["new", "old"])
def test_costs_are_compared_on_the_same_scope_and_the_refund_of_one_is_named_apart(
    only: str,
) -> None:
    report = apart(only)
    gross = reports.saved().table("cost").query(
        "area == '000' and function == '' and component == 'gross' and series == 'forecast' "
        "and price == 'current' and year == '2027' and quantile != quantile"
    )["value"].item()  # fmt: skip
    rows = {str(r.cells[0]): [number_of(c) for c in r.cells[1:]] for r in
            table(report, "changes_cost").rows}  # fmt: skip
    refund = 0.04 * gross / (1.0 if only == "new" else 1.01)
    alike, whole = rows["2027, samme grundlag"], rows["2027, som opgjort"]
    which = "nye" if only == "new" else "tidligere"
    apart_ = rows[f"2027, central refusion kun i den {which}"]
    assert [n.value for n in alike] == pytest.approx(
        [gross / 1.01, gross, gross - gross / 1.01, 0.01]
    )
    assert apart_[2].value == pytest.approx(-refund if only == "new" else refund)
    assert apart_[0].given == (only == "old")
    assert apart_[1].given == (only == "new")
    assert whole[2].value == pytest.approx(alike[2].value + apart_[2].value)
    assert number_of(table(report, "changes_cost").rows[3].cells[1]).given  # 2028: as it was
    assert str(table(report, "changes_cost").rows[3].cells[0]) == "2028"


@pytest.mark.parametrize("only", ["new", "old"])
def test_functions_are_compared_on_the_same_scope_and_their_totals_agree(only: str) -> None:
    functions = table(apart(only), "changes_functions")
    body = [row for row in functions.rows if row.kind == "body"]
    alike, refund, whole = functions.rows[-3:]
    assert [number_of(row.cells[4]).value for row in body] == pytest.approx([0.01] * len(body))
    for i in (1, 2, 3):
        sums = sum(number_of(row.cells[i]).value for row in body)
        assert number_of(alike.cells[i]).value == pytest.approx(sums)
    change = number_of(alike.cells[3]).value + number_of(refund.cells[3]).value
    assert number_of(whole.cells[3]).value == pytest.approx(change)


@pytest.mark.parametrize(("language", "alike"), [("da", "På samme grundlag"), ("en", "Like for")])
def test_headline_says_the_change_like_for_like_before_the_refund(
    language: str, alike: str
) -> None:
    section = apart("new", language).sections[0]
    first, second = (b for b in section.blocks[:2] if isinstance(b, Paragraph))
    assert first.style == second.style == "lead"
    assert first.text.startswith(alike)
    assert [run.number.value for run in first.runs if run.form == "pct1" and run.number] == (
        pytest.approx([0.01])
    )
    assert "refus" in second.text or "refund" in second.text


def test_sizes_of_a_comparison_stand_from_small_to_large() -> None:
    groups = [("size_class", size) for size in ("large", "medium", "small")]
    lines = pd.DataFrame(
        [(by, group, 0.0, 0.0, 0.0, 9) for by, group in [("region", "082"), *groups]],
        columns=["by", "group", "skill", "lower", "upper", "n"],
    )
    shield = suppression.shield(reports.saved())
    extra: dict[str, Any] = {"comparison": against(groups=lines, same=False)}
    view = View(Store(reports.saved()), "000", wording.load("en"), shield, extra=extra)
    shown = next(b for b in standing.build(view).blocks if isinstance(b, Table))
    assert [str(row.cells[1]) for row in shown.rows][1:] == ["small", "medium", "large"]


def test_changes_that_round_to_nothing_are_left_out_and_counted() -> None:
    now = reports.saved()
    demand = now.frames["demand"]
    first = demand["service"] == "s107"
    moved = demand.assign(value=demand["value"] + first * 20.0 + ~first * 0.01)
    sources = reporting.sources(now, other=replace(now, frames={**now.frames, "demand": moved}))
    report = reporting.build(reporting.spec("compare"), sources, "000", "en")
    shown = table(report, "changes_demand")
    assert [str(row.cells[0])[:12] for row in shown.rows] == ["Service s107"]
    assert shown.notes[0] == "5 rows without a change after rounding are left out."


def test_assumptions_of_a_comparison_say_that_they_are_those_of_the_new_one() -> None:
    said = wording.load("da").text("changes.of_the_new")
    assert len(texts(compared("da"), said)) == 2
    alone = reporting.build(
        reporting.spec("budget"), reporting.sources(reports.saved()), "751", "da"
    )
    assert not texts(alone, said)


def test_causes_say_how_much_of_the_change_is_a_refund_that_only_one_counts() -> None:
    blocks = [b for s in apart("new").sections for b in s.blocks if isinstance(b, Paragraph)]
    (said,) = (b for b in blocks if b.text.startswith("Heraf er"))
    rows = {str(r.cells[0]): r.cells for r in table(apart("new"), "changes_cost").rows}
    change = number_of(rows["2027, central refusion kun i den nye"][3])
    assert [r.number.value for r in said.runs if r.number] == [pytest.approx(change.value)]
    assert table(apart("new"), "causes_rows").notes[0] == wording.load("da").text("note.rounded")


def test_nothing_is_said_of_scope_where_both_count_the_same() -> None:
    assert len(table(compared("da"), "changes_cost").rows) == 4
    assert not texts(compared("da"), "På samme grundlag")


def test_older_projection_with_higher_version_numbers_is_explained() -> None:
    now = reports.saved()
    models = {n: {**m, "version": 2} for n, m in now.meta["models"].items()}
    old = replace(now, meta={**now.meta, "models": models, "known_at": "2025-12-01"})
    sources = reporting.sources(now, other=old)
    report = reporting.build(reporting.spec("compare"), sources, "000", "da")
    inputs = table(report, "changes_inputs")
    assert inputs.notes == (wording.load("da").text("changes.numbered"),)
    assert inputs.rows[0].cells[0] == wording.load("da").text("changes.known")
    assert not table(compared("da"), "changes_inputs").notes


@pytest.mark.parametrize(("key", "older"), [("known_at", "2025-12-01"), ("budget_year", 2026)])
def test_older_projection_stands_first_in_whatever_order_they_are_named(
    key: str, older: object
) -> None:
    new = reports.saved()
    old = replace(new, meta={**new.meta, key: older})
    assert reporting.in_order(new, old) == reporting.in_order(old, new) == (old, new)
    same = replace(new, meta={**new.meta, "today": "2020-01-01"})
    assert reporting.in_order(new, same)[0] is new


def test_functions_have_their_total_and_services_their_unit() -> None:
    functions = table(compared("da"), "changes_functions")
    *_, whole = functions.rows
    cost = table(compared("da"), "changes_cost").rows[0]
    assert whole.kind == "total"
    assert number_of(whole.cells[2]).value == number_of(cost.cells[2]).value
    services = table(compared("da"), "changes_demand").rows
    assert all(str(row.cells[0]).endswith("(helårspersoner)") for row in services)


def against(**values: Any) -> SimpleNamespace:
    """A comparison of a champion with a challenger that was trained on older figures."""
    old = SimpleNamespace(version=1, tags={"known_at": "", "when": "2026-05-01T00:00:00"})
    new = SimpleNamespace(version=2, tags={"known_at": "2025-12-01"})
    usual = {
        "skill": 0.0, "lower": 0.0, "upper": 0.0, "cells": 60, "groups": pd.DataFrame(),
        "same": True, "origins": ("2022", "2023"), "shares": {}, "rerun": False,
    }  # fmt: skip
    return SimpleNamespace(**{**usual, **values}, old=old, new=new)


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize(("low", "high"), [(0.01, 0.03), (-0.03, -0.01)])
def test_how_much_better_or_worse_a_version_is_lies_inside_its_interval_in_words(
    language: str, low: float, high: float
) -> None:
    found = against(skill=(low + high) / 2, lower=low, upper=high)
    extra: dict[str, Any] = {"comparison": found}
    shield = suppression.shield(reports.saved())
    view = View(Store(reports.saved()), "000", wording.load(language), shield, extra=extra)
    said = next(b for b in standing.build(view).blocks if isinstance(b, Paragraph)
                and any(run.form == "pct1" for run in b.runs))  # fmt: skip
    numbers = [run.number.value for run in said.runs if run.number and run.form == "pct1"]
    assert numbers == pytest.approx([0.02, 0.01, 0.03])
    assert {run.number.ref for run in said.runs if run.number} == {""}  # the report names its own


def test_standing_names_both_versions_what_each_knew_and_how_often_their_intervals_held() -> None:
    found = against(shares={"coverage80": (0.78, 0.81), "coverage95": (0.94, 0.96)})
    shield = suppression.shield(reports.saved())
    extra: dict[str, Any] = {"comparison": found, "drivers": pd.DataFrame()}
    view = View(Store(reports.saved()), "000", wording.load("en"), shield, extra=extra)
    said = [b.text for b in standing.build(view).blocks if isinstance(b, Paragraph)]
    text = " ".join(said).replace("\N{NO-BREAK SPACE}", " ")
    assert "Version 1 is in use and rests on what was known on 1 May 2026" in text
    assert "Version 2 is the challenger and rests on what was known on 1 December 2025" in text
    assert "from 2 points in time" in text
    assert "78.0% of cases in version 1 and in 81.0% in version 2" in text
    assert "94.0% and 96.0%" in text
    assert "rivers" not in text  # they have a section of their own
    found.rerun = True
    again = [b.text for b in standing.build(view).blocks if isinstance(b, Paragraph)]
    assert any("tried again" in text for text in again)


@pytest.mark.parametrize(
    ("language", "said"),
    [("da", "De har ingen tilbageblik til fælles"), ("en", "cannot be compared")],
)
def test_standing_says_where_champion_and_challenger_share_no_past(
    language: str, said: str
) -> None:
    found = against()
    shield = suppression.shield(reports.saved())
    extra: dict[str, Any] = {"apart": (found.old, found.new), "drivers": pd.DataFrame()}
    view = View(Store(reports.saved()), "000", wording.load(language), shield, extra=extra)
    first, *_ = [b.text for b in standing.build(view).blocks if isinstance(b, Paragraph)]
    assert said in first
    assert first.startswith("Version 1 ")
    assert "2025" in first
    assert "2026" in first
