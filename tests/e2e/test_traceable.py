"""Numbers of every report on the embedded data, taken back to their bundle rows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from support import reports
from support.demonstration import Demo
from support.reports import Entry, Shown

from forecast import registry, reporting
from forecast.bundle import Bundle
from forecast.reporting import modelview
from forecast.reporting.document import Report
from forecast.writers import docx, html, xlsx

pytestmark = pytest.mark.e2e
KINDS = ("budget_small", "budget_large", "region", "negotiation", "model", "compare", "scenario")
MODEL = "recipients_adults"


@dataclass(frozen=True)
class Made:
    """A report, the bundle that it is of, and what else its references may name."""

    report: Report
    bundle: Bundle
    others: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def sources(bundle: Bundle) -> reporting.Sources:
    return reporting.sources(bundle)


@pytest.fixture(scope="module", params=KINDS)
def made(request: pytest.FixtureRequest, demo: Demo, sources: reporting.Sources) -> Made:
    bundle, kind = sources.store.bundle, str(request.param)
    if kind == "model":
        info = registry.version(demo.workspace, MODEL, "champion")
        report = modelview.report(demo.workspace, info, "en", "2026-05-01")
        return Made(report, modelview.of(demo.workspace, info), {"own": report.data})
    area = {"budget_small": "825", "budget_large": "101", "scenario": "751", "compare": "751",
            "region": "081"}.get(kind, "000")  # fmt: skip
    others: dict[str, Any] = {}
    given = sources
    if kind in ("compare", "negotiation"):
        given = replace(sources, other=sources)
        others["old"] = bundle
    if kind == "scenario":
        given = replace(sources, scenarios=(sources,))
        others["s1"] = bundle
    name = kind if kind in ("negotiation", "compare") else "budget"
    report = reporting.build(reporting.spec(name), given, area, "da")
    return Made(report, bundle, {**others, "own": report.data})


def some(found: Sequence[Any], most: int = 200) -> list[Any]:
    """So many at random, or all where there are fewer."""
    assert len(found) > 20
    return random.Random(1).sample(list(found), min(most, len(found)))


def test_numbers_of_the_page(made: Made) -> None:
    shown: list[Shown] = some(reports.in_html(html.render(made.report)))
    language = made.report.language
    wrong = [s for s in shown if not reports.agrees(made.bundle, s, language, **made.others)]
    assert wrong == []


def test_numbers_of_the_document(made: Made) -> None:
    shown: list[Shown] = some(reports.in_docx(docx.render(made.report)))
    language = made.report.language
    wrong = [s for s in shown if not reports.agrees(made.bundle, s, language, **made.others)]
    assert wrong == []


def test_numbers_of_the_workbook(made: Made) -> None:
    found: list[Entry] = some(reports.in_xlsx(xlsx.render(made.report)))
    language = made.report.language
    values = {e: reports.value_of(made.bundle, e.ref, **made.others) for e in found}
    assert [e for e, value in values.items() if not e.agrees(value, language)] == []


def test_no_number_is_without_a_reference(made: Made) -> None:
    bare = [
        (section.name, number)
        for section, number in reports.numbers(made.report)
        if number.given and not number.ref
    ]
    assert bare == []
