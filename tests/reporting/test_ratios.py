from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecast.reporting import ratios
from forecast.reporting.ratios import AHEAD, Recipients

YEARS = ("2023", "2024")


def recipients(**services: tuple[float, float]) -> Recipients:
    """Recipients of services that are paid on 5.38.38 in Aarhus."""
    cells = {("751", "5.38.38", s): np.array(v) for s, v in services.items()}
    return Recipients(YEARS, cells)


def test_one_hidden_service_hides_the_unit_costs_of_its_function() -> None:
    known = recipients(s85_home=(400.0, 410.0), s82ab=(2.0, 0.0))
    found = ratios.hidden_money(known, {("751", "s82ab")}, 5)
    assert found == {("751", "5.38.38", "2023")}  # in 2024 nobody was there to be found


def test_projected_unit_costs_are_hidden_where_the_last_ones_are() -> None:
    known = recipients(s85_home=(400.0, 410.0), s82ab=(0.0, 2.0))
    found = ratios.hidden_money(known, {("751", "s82ab")}, 5)
    assert found == {("751", "5.38.38", "2024"), ("751", "5.38.38", AHEAD)}


def test_several_hidden_services_with_enough_beside_each_hide_nothing_more() -> None:
    known = recipients(s85_home=(400.0, 410.0), s82ab=(40.0, 40.0), s85a=(30.0, 30.0))
    assert ratios.hidden_money(known, {("751", "s82ab"), ("751", "s85a")}, 5) == set()
    lopsided = recipients(s85_home=(400.0, 410.0), s95_96=(4.0, 4.0), s85a=(1.0, 1.0))
    assert ratios.hidden_money(lopsided, {("751", "s95_96"), ("751", "s85a")}, 5)


def test_nothing_hidden_hides_no_money() -> None:
    assert ratios.hidden_money(recipients(s85_home=(400.0, 410.0)), set(), 5) == set()


def test_a_joint_report_and_what_is_split_from_it_are_hidden_together() -> None:
    assert ratios.with_partners({("183", "s107")}) == {("183", "s107"), ("187", "s107")}
    assert ratios.with_partners({("751", "s107")}) == {("751", "s107")}


def test_sums_by_kind_of_place_are_hidden_in_the_region() -> None:
    assert ratios.split_by_place({("825", "placement"), ("751", "s107")}) == {
        ("081", "placement"),
        ("000", "placement"),
    }


def shares(value: float, preventive: float, placed: tuple[float, float]) -> pd.DataFrame:
    names = ["measure", "model", "area", "service", "age", "period", "value"]
    rows = [
        ("supported_share", "support_share", "751", "any", "0-22", "2024", value),
        ("supported", "supported_children", "751", "preventive", "0-22", "2024", preventive),
        ("placed", "recipients_children", "751", "placement", "0-5", "2024", placed[0]),
        ("placed", "recipients_children", "751", "placement", "12-17", "2024", placed[1]),
    ]
    return pd.DataFrame(rows, columns=names)


HIDDEN = {("751", "recipients_children", "placement", "0-5")}
SHARE = {("751", "support_share", "any", "0-22")}


@pytest.mark.parametrize(
    ("people", "expected"),
    [(1000.0, set[object]()), (200.0, SHARE), (None, SHARE)],
)
def test_a_share_of_few_or_of_nobody_knows_how_many_is_hidden(
    people: float | None, expected: set[object]
) -> None:
    history = shares(2.0, 15.0, (3.0, 20.0))
    size = {} if people is None else {("751", "0-22"): people}
    assert ratios.telling_shares(history, size, set(), 5) == expected


def test_a_share_that_bounds_hidden_placements_from_below_is_hidden() -> None:
    size = {("751", "0-22"): 1000.0}
    tight = shares(4.0, 15.0, (3.0, 22.0))  # 40 with support, 15 with measures: 3 or more left
    assert ratios.telling_shares(tight, size, HIDDEN, 5) == SHARE
    loose = shares(3.0, 15.0, (3.0, 22.0))
    assert ratios.telling_shares(loose, size, HIDDEN, 5) == set()
