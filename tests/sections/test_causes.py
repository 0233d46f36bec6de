"""The section that says why a cost changed, on the made-up bundle."""

from dataclasses import replace

import pytest
from support.bundles import bundle
from support.explained import change

from forecast import reporting
from forecast.bundle import Bundle
from forecast.reporting import wording
from forecast.reporting.document import Report, Section, Table, number_of
from forecast.versions.bundlechanges import CostChange


def _change(area: str = "751") -> CostChange:
    return change(*_pair(), area)


def _pair() -> tuple[Bundle, Bundle]:
    old, new = bundle(seed=2), bundle()
    old.meta["id"], new.meta["id"] = "a" * 16, "b" * 16
    return old, new


def _report(found: CostChange | None, area: str = "751", language: str = "da") -> Report:
    old, new = _pair()
    given = reporting.sources(new, 5.0, old, {"causes": found})
    return reporting.build(reporting.spec("compare"), given, area, language)


def _section(report: Report) -> Section | None:
    return next((s for s in report.sections if s.name == "causes"), None)


def _tables(section: Section | None) -> dict[str, Table]:
    assert section is not None
    return {b.name: b for b in section.blocks if isinstance(b, Table)}


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_causes_sum_to_the_change_that_the_bundles_show(language: str) -> None:
    tables = _tables(_section(_report(_change(), language=language)))
    *parts, whole = (number_of(row.cells[1]).value for row in tables["causes"].rows)
    assert sum(parts) == pytest.approx(whole)
    for row in tables["causes_rows"].rows:
        before, *terms, after = (number_of(cell) for cell in row.cells[1:])
        if not any(t.hidden for t in terms):
            assert before.value + sum(t.value for t in terms) == pytest.approx(after.value)
        assert (before.ref.split(":")[0], after.ref.split(":")[0]) == ("old.cost", "cost")


def test_a_cause_that_changes_nothing_has_no_column() -> None:
    table = _tables(_section(_report(_change())))["causes_rows"]
    assert [c.title for c in table.columns][2:-1] == ["Reviderede tal", "Priser"]


def test_few_persons_and_single_cases_are_not_shown() -> None:
    table = _tables(_section(_report(_change())))["causes_figures"]
    shown = [[number_of(c) for c in row.cells[4:]] for row in table.rows]
    assert [n.value for n in shown[0]] == [414.0, 455.0, 900.0]
    assert all(n.hidden for n in shown[1])
    assert all(n.hidden for n in shown[2])
    assert shown[3][2].value == -3.0
    assert table.rows[3].cells[3] == "12 andre reviderede tal tilsammen"


def test_nothing_is_said_of_another_area_or_pair() -> None:
    assert _section(_report(None)) is None
    assert _section(_report(_change("101"))) is None
    assert _section(_report(replace(_change(), old="c" * 16))) is None
