from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.errors import ReportError
from forecast.reporting import references
from forecast.reporting.document import PROTECTED, Number

VALUES = {("cost", 3): 10.0, ("cost", 4): 4.0, ("comparison.own", 2): 7.0}


def lookup(table: str, row: int) -> float:
    return VALUES[table, row]


def test_a_reference_is_worth_what_its_rows_are() -> None:
    assert references.evaluate("cost:3", lookup) == 10.0
    assert references.evaluate("((cost:3-cost:4)/cost:4)", lookup) == 1.5
    assert references.evaluate("(comparison.own:2*100.0)", lookup) == 700.0
    assert references.rows("(cost:3-cost:4)") == [("cost", 3), ("cost", 4)]


@pytest.mark.parametrize("text", ["", "cost", "__import__('os')", "cost:3 if 1 else 2", "a" * 9999])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(ReportError, match="no reference"):
        references.evaluate(text, lookup)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_arithmetic_and_its_reference_agree(a: float, b: float) -> None:
    first, second = Number(a, "x:0"), Number(b, "x:1")
    values = {0: a, 1: b}
    for made in (first + second, first - second, first * second, first / second, abs(first)):
        found = references.evaluate(made.ref, lambda _, row: values[row])
        assert found == made.value or (math.isnan(found) and math.isnan(made.value))


def test_what_is_reckoned_from_a_protected_number_is_protected() -> None:
    assert (PROTECTED + 1.0).hidden
    assert (Number(1.0, "x:0") / PROTECTED).hidden
    assert not PROTECTED.given
