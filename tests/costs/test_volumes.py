"""Recipients by calendar year and municipality, from quarters, ages and joint reports."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecast import areas
from forecast.costs import volumes
from forecast.costs.mapping import Use

QUARTERS = tuple(f"{y}Q{q}" for y in (2023, 2024) for q in (1, 2, 3, 4))


def test_a_year_is_the_mean_of_its_quarters() -> None:
    values, years = volumes.yearly(np.array([[1.0, 2, 3, 4, 10, 10, 10, 10]]), QUARTERS)
    assert years == [2023, 2024]
    assert values.tolist() == [[2.5, 10.0]]


def test_a_part_of_a_year_is_no_year() -> None:
    _, years = volumes.yearly(np.ones((1, 6)), QUARTERS[:6])
    assert years == [2023]


def test_a_missing_report_takes_the_others_mean_and_a_missing_year_stays_missing() -> None:
    values = np.array([[1.0, np.nan, 3, 2, np.nan, np.nan, np.nan, np.nan]])
    found, _ = volumes.yearly(values, QUARTERS)
    assert found[0, 0] == 2.0
    assert np.isnan(found[0, 1])


def test_quarters_before_a_service_existed_count_as_none() -> None:
    values = np.array([[np.nan] * 6 + [4.0, 8.0]])
    found, _ = volumes.yearly(values, QUARTERS, started="2024Q3")
    assert found.tolist() == [[0.0, 3.0]]


def test_ages_are_summed_and_an_unseen_municipality_is_unknown() -> None:
    people = np.ones((3, 1))
    found = volumes.by_municipality(
        np.array([[2.0], [3.0], [np.nan]]), ["101", "101", "147"], ["101", "147", "151"], people
    )
    assert found[0].tolist() == [5.0]
    assert np.isnan(found[1:]).all()


def test_a_joint_report_is_split_by_population_in_every_draw() -> None:
    codes = ["183", "187"]
    people = np.array([[24_000.0], [18_000.0]])
    draws = np.arange(10.0).reshape(1, 1, 10)
    found = volumes.by_municipality(draws, ["183"], codes, people)
    assert found.sum(axis=0) == pytest.approx(draws[0])
    assert found[0] / np.maximum(found[1], 1e-9) == pytest.approx(
        np.where(draws[0] > 0, 24 / 18, 0.0)
    )


def test_who_reports_alone_keeps_the_own_count() -> None:
    found = volumes.by_municipality(
        np.array([[5.0], [2.0]]), ["183", "187"], ["183", "187"], np.ones((2, 1))
    )
    assert found.tolist() == [[5.0], [2.0]]


def test_a_source_without_municipalities_is_shared_by_population_and_nothing_is_lost() -> None:
    codes = areas.municipalities()
    people = np.linspace(5_000.0, 500_000.0, 98)[:, None].repeat(2, axis=1)
    draws = np.random.default_rng(1).gamma(9.0, 50.0, (5, 2, 4))
    found = volumes.by_municipality(draws, areas.regions(), codes, people)
    for region, series in zip(areas.regions(), draws, strict=True):
        mine = [codes.index(code) for code in areas.municipalities(region)]
        assert found[mine].sum(axis=0) == pytest.approx(series)
        rate = found[mine] / people[mine][:, :, None]
        assert rate == pytest.approx(np.broadcast_to(rate[:1], rate.shape))
    whole = volumes.by_municipality(draws[:1], [areas.NATION], codes, people)
    assert whole.sum(axis=0) == pytest.approx(draws[0])
    unseen = volumes.by_municipality(np.full((1, 2), np.nan), [areas.NATION], codes, people)
    assert np.isnan(unseen).all()


def placements() -> pd.DataFrame:
    rows = [("101", "foster", 600.0), ("101", "institution", 400.0), ("147", "foster", 5.0)]
    frame = pd.DataFrame(rows, columns=["area", "service", "value"])
    return frame.assign(measure="placed", period="2023")


def test_place_shares_sum_to_one_and_small_ones_lean_on_the_nation() -> None:
    found = volumes.places(placements(), ["101", "147", "151"], 2024)
    total = sum(found.values())
    assert total == pytest.approx(np.ones(3))
    nation = 605 / 1005
    assert found["foster"][0] == pytest.approx(0.6, abs=0.001)
    assert found["foster"][1] == pytest.approx((5 + 10 * nation) / 15)
    assert found["foster"][2] == pytest.approx(nation)  # left out of the table


def test_without_the_table_the_mappings_own_share_holds() -> None:
    assert volumes.places(None, ["101"], 2024) == {}
    use = Use("recipients_children", share=0.63, place="foster")
    assert volumes.share(use, {}, 2).tolist() == [0.63, 0.63]


def test_reporters_are_in_the_table_of_areas() -> None:
    assert areas.get("183").reports_for.split() == ["187"]
