"""Unit costs: own figures where numbers are large, similar places' where they are small."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.costs.unit_costs import pooled
from forecast.seeds import generator


def made(size: float, spread: float, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """Money and persons of 60 municipalities in 6 years, one of each five very small."""
    rng = generator(1, "test-unit-costs", str(size))
    persons = np.repeat(np.where(np.arange(60) % 5 == 0, 2.0, size)[:, None], 6, axis=1)
    level = 1000 * np.exp(rng.normal(0, spread, (60, 1)))
    cost = level * np.exp(rng.normal(0, noise, (60, 6)) / np.sqrt(persons))
    return cost * persons, persons


GROUPS = ["rural"] * 30 + ["city"] * 30


def test_large_ones_keep_their_own_figure_exactly() -> None:
    money, persons = made(80.0, 0.2, 0.3)
    values, own = pooled(money, persons, GROUPS)
    large = persons > 5
    assert values[large] == pytest.approx((money / persons)[large])
    assert (own[large] > 0.8).all()


def test_small_ones_are_drawn_toward_their_group_and_come_nearer_the_truth() -> None:
    money, persons = made(80.0, 0.1, 1.0)
    values, own = pooled(money, persons, GROUPS)
    small = persons[:, 0] == 2.0
    raw = (money / persons)[small]
    truth = raw.mean(axis=1, keepdims=True)
    assert np.abs(values[small] - truth).mean() < np.abs(raw - truth).mean()
    assert (own[small] < own[~small].min()).all()


def test_no_recipients_takes_the_groups_figure_never_an_infinite_one() -> None:
    money, persons = made(80.0, 0.2, 0.3)
    money[0], persons[0] = 5000.0, 0.0  # money without anyone to divide it by
    values, own = pooled(money, persons, GROUPS)
    mine = persons[1:30].sum(axis=0)
    assert values[0] == pytest.approx(money[1:30].sum(axis=0) / mine)
    assert (own[0] == 0).all()
    assert np.isfinite(values).all()


def test_unknown_recipients_stay_unknown() -> None:
    money, persons = made(80.0, 0.2, 0.3)
    persons[3] = np.nan
    values, _ = pooled(money, persons, GROUPS)
    assert np.isnan(values[3]).all()


@given(st.floats(0.01, 100))
def test_scaling_money_scales_unit_costs(factor: float) -> None:
    money, persons = made(30.0, 0.2, 0.5)
    one, own = pooled(money, persons, GROUPS)
    other, same = pooled(money * factor, persons, GROUPS)
    assert other == pytest.approx(one * factor, rel=1e-9)
    assert own == pytest.approx(same, rel=1e-9)


@given(st.permutations(range(60)))
def test_order_of_municipalities_changes_nothing(order: list[int]) -> None:
    money, persons = made(30.0, 0.2, 0.5)
    one, _ = pooled(money, persons, GROUPS)
    other, _ = pooled(money[order], persons[order], [GROUPS[i] for i in order])
    assert other == pytest.approx(one[order], rel=1e-9)
