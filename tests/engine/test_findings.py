"""Findings of a training name services and ages as a reader does, not by their codes."""

from __future__ import annotations

import pandas as pd
import pytest

from forecast import services
from forecast.engine import findings


@pytest.mark.parametrize(
    ("group", "called"),
    [
        ("any · 0-22", " for Any support · 0-22 years"),
        ("s107 · 18+", f" for {services.title('s107', 'en')} · 18+ years"),
        ("5.38.52", " for 5.38.52"),  # a function's number is its name in the accounts
        ("", ""),
    ],
)
def test_a_jump_is_said_of_a_named_group(group: str, called: str) -> None:
    rows = [("law", "2024", group, 0.031)]
    table = pd.DataFrame(rows, columns=["break", "period", "group", "jump"])
    assert findings.jumps(table) == [
        f"break law: jump in 2024, taken out of history: +3.1 %{called}"
    ]


def test_a_driver_that_is_not_admitted_names_its_groups() -> None:
    table = pd.DataFrame({"driver": "stay", "group": ["s107", "any · 0-22"], "finding": "no_gain"})
    [said] = findings.drivers(table)
    first = services.title("s107", "en")
    assert said == (
        f"driver stay: not admitted for {first}, Any support · 0-22 years: "
        "past forecasts did not get better"
    )
