"""Reconciliation: minimum trace as the textbook has it, and no series worse for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.panels import known_in_sum

from forecast.engine import reconciliation
from forecast.engine.options import EngineOptions
from forecast.engine.reconciliation import Above
from forecast.engine.training import train

OPTIONS = EngineOptions(
    groups=("service",), levels=("region",), horizon=2, origins=3,
    methods={"naive": {"levels": ["municipality"]}, "drift": {"levels": ["nation", "region"]}},
)  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_pulled_series_are_those_of_minimum_trace(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = np.array([0, 0, 1, 1, 1, 2])
    group = np.zeros(6, dtype=np.intp)
    centre, size = rng.uniform(5, 20, (6, 2)), rng.uniform(0.5, 3, (6, 2))
    common = np.array([0.3, 0.6])
    regions = Above(codes, rng.uniform(10, 60, (3, 2)), rng.uniform(0.5, 4, (3, 2)))
    nation = Above(group, rng.uniform(60, 90, (1, 2)), rng.uniform(0.5, 4, (1, 2)))
    found = reconciliation.pulled(centre, size, [nation, regions], group, common)
    adding = np.vstack([np.ones(6), (codes == np.arange(3)[:, None]).astype(float)])
    whole = np.vstack([np.eye(6), adding])
    for h in range(2):
        errors = np.zeros((10, 10))
        own = np.outer(size[:, h], size[:, h])
        errors[:6, :6] = common[h] * own + (1 - common[h]) * np.diag(np.diag(own))
        doubt = np.append(nation.spread[:, h], regions.spread[:, h])
        errors[6:, 6:] = np.diag(doubt**2)
        said = np.concatenate([centre[:, h], nation.centre[:, h], regions.centre[:, h]])
        inverse = np.linalg.inv(errors)
        theirs = np.linalg.solve(whole.T @ inverse @ whole, whole.T @ inverse @ said)
        np.testing.assert_allclose(found[:, h], theirs, rtol=1e-8)


def test_a_series_that_had_not_begun_is_pulled_by_no_sum_of_its_own() -> None:
    centre, size = np.array([[10.0], [20.0], [500.0]]), np.ones((3, 1))
    above = Above(np.array([0, 0, -1]), np.array([[40.0]]), np.array([[1e-9]]))
    group = np.zeros(3, dtype=np.intp)
    found = reconciliation.pulled(centre, size, [above], group, np.zeros(1))
    np.testing.assert_allclose(found[:, 0], [15, 25, 500])
    nobody = replace(above, codes=np.full(3, -1))
    still = reconciliation.pulled(centre, size, [nobody], group, np.zeros(1))
    np.testing.assert_array_equal(still, centre)


def test_sums_that_know_more_make_the_series_better_and_it_is_said() -> None:
    trained = train(known_in_sum(stray=0.06), OPTIONS, 1)
    assert trained.learnt.strength > 0
    scores = trained.scores
    rows = scores[(scores["metric"] == "ratio_vs_bottom_up") & (scores["size_class"] == "all")]
    whole = rows[rows["horizon"] == 0].iloc[0]
    assert whole["value"] < 0.99
    assert whole["upper"] < 1


def test_sums_that_know_less_are_not_followed() -> None:
    astray = {"naive": {"levels": ["municipality"]}}
    wild = {"drift": {"levels": ["nation", "region"], "window": 1}}
    source = known_in_sum()
    jumps = np.where(np.arange(12) % 2, 1.3, 1.0)
    trained = train(
        replace(source, values=np.round(source.values * jumps)),
        replace(OPTIONS, methods=astray | wild),
        1,
    )
    assert trained.learnt.strength == 0
    rows = trained.scores[trained.scores["metric"] == "ratio_vs_bottom_up"]
    assert len(rows)
    np.testing.assert_array_equal(rows["value"], 1.0)
