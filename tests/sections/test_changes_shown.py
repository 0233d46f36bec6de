"""Two projections side by side: units, totals, and what only one of them remarks on."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from support import reports

from forecast import reporting
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


def test_functions_have_their_total_and_services_their_unit() -> None:
    functions = table(compared("da"), "changes_functions")
    *_, whole = functions.rows
    cost = table(compared("da"), "changes_cost").rows[0]
    assert whole.kind == "total"
    assert number_of(whole.cells[2]).value == number_of(cost.cells[2]).value
    services = table(compared("da"), "changes_demand").rows
    assert all(str(row.cells[0]).endswith("(helårspersoner)") for row in services)


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize(("low", "high"), [(0.01, 0.03), (-0.03, -0.01)])
def test_how_much_better_or_worse_a_version_is_lies_inside_its_interval_in_words(
    language: str, low: float, high: float
) -> None:
    version = SimpleNamespace(version=1)
    found = SimpleNamespace(
        new=version, old=version, skill=(low + high) / 2, lower=low, upper=high, cells=60,
        groups=pd.DataFrame(), same=True,
    )  # fmt: skip
    extra: dict[str, Any] = {"comparison": found}
    shield = suppression.shield(reports.saved())
    view = View(Store(reports.saved()), "000", wording.load(language), shield, extra=extra)
    said = next(b for b in standing.build(view).blocks if isinstance(b, Paragraph)
                and any(run.form == "pct1" for run in b.runs))  # fmt: skip
    numbers = [run.number.value for run in said.runs if run.number and run.form == "pct1"]
    assert numbers == pytest.approx([0.02, 0.01, 0.03])
    assert {run.number.ref for run in said.runs if run.number} == {""}  # the report names its own
