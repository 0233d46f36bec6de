from __future__ import annotations

import numpy as np

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
