"""Social investment against sums done by hand, and what must hold for any."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forecast.errors import SpecError
from forecast.projection import investment
from forecast.projection.investment import Investment

FILE = Path(__file__).parents[2] / "docs" / "scenarios" / "social_investment.toml"
SHARES = {"municipality": 0.5, "region": 0.2, "state": 0.3}
# 100 people a year, a tenth fewer, each 200 a year for one year only; costs 1,500 a year for two
PLAIN = Investment("plain", "hand", 4, (1500.0,), 2, 100.0, -0.10, 0.0, 0.0, 0.0, 200.0,
                   SHARES, discount=0.0)  # fmt: skip


def test_by_hand_without_delay_or_stay() -> None:
    found = investment.returns(PLAIN, 10, 1)
    saved = np.sum(list(found.saved.values()), axis=0)
    assert saved[:, 0] == pytest.approx([2000, 2000, 0, 0])
    assert found.cost == pytest.approx([1500, 1500, 0, 0])
    assert found.present_value("total") == pytest.approx(np.full(10, 1000.0))
    assert found.present_value("municipality") == pytest.approx(np.full(10, -1000.0))
    assert found.present_value("state") == pytest.approx(np.full(10, 1200.0))
    assert found.payback("total")[0] == 1
    assert np.isinf(found.payback("municipality")).all()


def test_those_who_would_have_stayed_save_in_later_years_too() -> None:
    found = investment.returns(replace(PLAIN, stay=0.5), 3, 1)
    assert np.sum(list(found.saved.values()), axis=0)[:, 0] == pytest.approx(
        [2000, 3000, 1500, 750]
    )


def test_a_delay_moves_the_gain_and_half_a_year_splits_it() -> None:
    late = investment.returns(replace(PLAIN, delay=1.0), 3, 1)
    assert np.sum(list(late.saved.values()), axis=0)[:, 0] == pytest.approx([0, 2000, 2000, 0])
    half = investment.returns(replace(PLAIN, delay=0.5), 3, 1)
    assert np.sum(list(half.saved.values()), axis=0)[:, 0] == pytest.approx([1000, 2000, 1000, 0])


def test_discounting_and_pay_back_in_a_later_year() -> None:
    given = replace(PLAIN, cost=(3000.0, 0.0), runs=3, discount=0.10, shares={
        "municipality": 1.0, "region": 0.0, "state": 0.0})  # fmt: skip
    found = investment.returns(given, 3, 1)
    # −1000, then 2000 / 1.1 and 2000 / 1.21
    assert found.present_value("municipality")[0] == pytest.approx(-1000 + 2000 / 1.1 + 2000 / 1.21)
    assert found.payback("municipality")[0] == 2


def test_an_uncertain_effect_gives_an_interval_around_the_certain_one() -> None:
    spread = investment.returns(replace(PLAIN, uncertain=0.03), 20_000, 1).present_value("total")
    assert spread.mean() == pytest.approx(1000, rel=0.03)
    assert spread.std() == pytest.approx(0.3 * 4000, rel=0.03)


def test_payers_sum_to_the_total_in_every_draw() -> None:
    found = investment.returns(investment.read(FILE), 500, 1)
    parts = sum(found.present_value(payer) for payer in investment.PAYERS)
    assert parts == pytest.approx(found.present_value("total"))


def test_the_example_file_has_an_answer_for_every_payer() -> None:
    table = investment.table(investment.returns(investment.read(FILE), 2000, 1))
    assert list(table["payer"]) == ["municipality", "region", "state", "total"]
    assert (table["value_p10"] < table["value_p90"]).all()
    assert table["probability_paid_back"].between(0, 1).all()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("municipality = 0.72", "municipality = 0.9", "sum 1"),
        ("region = 0.10", "county = 0.10", "expected municipality, region, state"),
        ("stay = 0.70", "stay = 1.0", "expected a stay of 0 to below 1"),
        ("stay = 0.70", "stay = nan", "stay is nan; expected a number"),
        ("inflow = 60.0", "inflow = inf", "inflow is inf; expected a number"),
        ("years = 10", "years = 100000000", "1 to 100 years"),
        ("runs = 6 ", "runs = -2 ", "runs is -2; expected 1 to 100 years"),
        ("runs = 6 ", "runs = 9000000000000 ", "runs is 9000000000000; expected 1 to 100"),
        ("cost = [6000.0, 8000.0]", "cost = [6000.0, inf]", r"cost is \(6000.0, inf\); expected"),
        ("discount = 0.035", "discount = inf", "discount is inf; expected a number"),
        ("discount = 0.035", "discount = -1", "discount is -1.0; expected a rate above -1"),
        ("inflow = 60.0", "people = 60.0", "unknown key 'people'"),
        ("cost = [6000.0, 8000.0]", "cost = [-1.0]", "expected yearly costs of 0 or more"),
    ],
)
def test_a_file_that_cannot_be_is_refused(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    path = tmp_path / "x.toml"
    path.write_text(FILE.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(SpecError, match=sentence):
        investment.read(path)
