"""The dear tail of a small municipality against cases simulated one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support.money import shared_base

from forecast.costs import mapping, tail
from forecast.costs.refunds import yearly
from forecast.costs.shapes import partial_moments, standard
from forecast.costs.thresholds import Steps
from forecast.projection import Prepared
from forecast.seeds import generator

AREA, YEAR = "580", "2027"  # Aabenraa: middling


@pytest.fixture(scope="module")
def base() -> Prepared:
    return shared_base()


@pytest.fixture(scope="module")
def cases(base: Prepared) -> pd.DataFrame:
    assert base.costing is not None
    ledgers = base.costing.ledgers
    ground = tail.Ground(base.level, ledgers.limits, ledgers.shapes, base.seed)
    frame = tail.table(base.state, ground)
    texts = dict.fromkeys(("area", "year", "item", "group"), "str")
    return frame.astype(texts)


def mean(cases: pd.DataFrame, item: str, threshold: float) -> float:
    rows = cases[(cases["area"] == AREA) & (cases["year"] == YEAR) & (cases["group"] == "adults")]
    rows = rows[(rows["item"] == item) & (rows["threshold"] == threshold)]
    return float(rows.loc[rows["quantile"].isna(), "value"].item())


def one_by_one(base: Prepared) -> np.ndarray:
    """Costs of all adult cases of the municipality in many futures, fixed prices."""
    assert base.costing is not None
    state, ledgers = base.state, base.costing.ledgers
    row, column = state.base.codes.index(AREA), state.years.index(int(YEAR))
    factor = float(ledgers.prices.index([2027], state.base.year)[0])
    rng = generator(1, "one-by-one")
    costs = []
    for code, line in (("5.38.50", "s108"), ("5.38.51", "s85_residential"), ("5.38.52", "s107")):
        function = mapping.get(code)
        number = state.volume(function, line)[row, column].mean()
        unit = state.unit(function, line)[row, column].mean() * factor
        u = rng.random(round(number * 2000))
        costs.append(unit * ledgers.shapes["adults"].quantile(u))
    return np.concatenate(costs)


@pytest.mark.parametrize("threshold", tail.LIMITS)
def test_number_gross_and_refund_agree_with_cases_one_by_one(
    base: Prepared, cases: pd.DataFrame, threshold: float
) -> None:
    costs = one_by_one(base)
    dear = costs[costs >= threshold]
    assert base.costing is not None
    rule = base.costing.ledgers.limits.get("adults", int(YEAR))
    # four standard errors of a mean of counts over 40 draws, costs a little wider
    loose = max(0.05, 5 / np.sqrt(40 * len(dear) / 2000))
    assert mean(cases, "number", threshold) == pytest.approx(len(dear) / 2000, rel=loose)
    assert mean(cases, "gross", threshold) == pytest.approx(dear.sum() / 2000, rel=loose)
    refund = yearly(dear, rule).sum() / 2000
    assert mean(cases, "refund", threshold) == pytest.approx(refund, rel=loose)


@pytest.mark.parametrize("band", [(1000.0, 2000.0), (2000.0, 5000.0), (5000.0, np.inf)])
def test_refund_is_that_of_the_cases_not_of_their_mean(band: tuple[float, float]) -> None:
    shape, rule = standard()["adults"], Steps("adults", 2027, (1010, 1980, 2500), (0.25, 0.5, 0.75))
    costs = 1200 * shape.quantile((np.arange(1_000_000) + 0.5) / 1_000_000)
    inside = costs[(costs >= band[0]) & (costs < band[1])]
    mean = np.full((1, 1, 1), 1200.0)
    moments = partial_moments(shape, mean, band)
    ten = np.full((1, 1, 1), 10.0)
    cases = tail.Cases("adults", band, mean, moments, ten, 10 * moments[..., 1])
    found = tail.refunded(cases, 0, shape, rule).item()
    assert found == pytest.approx(10 * yearly(inside, rule).mean(), rel=0.005)
    by_mean = 10 * yearly(np.array([inside.mean()]), rule).item()
    assert (found > 1.04 * by_mean) == (band[0] == 2000)  # where a threshold lies in the middle


def test_net_is_gross_less_refund(cases: pd.DataFrame) -> None:
    for threshold in tail.LIMITS:
        gross, refund = mean(cases, "gross", threshold), mean(cases, "refund", threshold)
        assert mean(cases, "net", threshold) == pytest.approx(gross - refund)


def test_one_more_case_by_hand(base: Prepared, cases: pd.DataFrame) -> None:
    assert base.costing is not None
    rule = base.costing.ledgers.limits.get("adults", 2027)
    low, mid, high = rule.limits
    refund = 0.25 * (mid - low) + 0.5 * (high - mid) + 0.75 * (5000 - high)
    assert mean(cases, "marginal_net", 5000.0) == pytest.approx(5000 - refund)


def test_fewer_cases_above_a_higher_limit(cases: pd.DataFrame) -> None:
    numbers = [mean(cases, "number", threshold) for threshold in tail.LIMITS]
    assert numbers == sorted(numbers, reverse=True)
