from __future__ import annotations

import numpy as np
import pytest

from benchmarks import metrics
from benchmarks.metrics import LEVELS


def fan(*rows: list[float]) -> np.ndarray:
    """One series: per horizon the same value for the mean and every quantile."""
    return np.array([[[value] * (1 + len(LEVELS)) for value in row] for row in rows])


def test_smape_counts_nothing_over_nothing_as_nothing() -> None:
    actual = np.array([[0.0, 0.0], [10.0, 20.0]])
    point = np.array([[0.0, 5.0], [30.0, 20.0]])
    assert metrics.smape(actual, point) == pytest.approx([100.0, 50.0])


def test_mase_divides_by_the_mean_step_of_the_history() -> None:
    scale = metrics.naive_scale([np.array([1.0, 3.0, 2.0, 5.0]), np.array([4.0, 4.0])])
    assert scale[0] == pytest.approx(2.0)
    assert np.isnan(scale[1])
    actual, point = np.array([[4.0, 9.0]]), np.array([[5.0, 5.0]])
    assert metrics.mase(actual, point, scale[:1]) == pytest.approx([1.25])


def test_unobserved_actuals_count_nowhere() -> None:
    actual, point = np.array([[4.0, np.nan]]), np.array([[5.0, 500.0]])
    assert metrics.mase(actual, point, np.array([2.0])) == pytest.approx([0.5])
    assert metrics.smape(actual, point) == pytest.approx([200 / 9])
    assert np.isnan(metrics.covered(actual, fan([4.0, 4.0]), 80)[0, 1])


def test_pinball_of_a_point_is_half_weighted_absolute_error() -> None:
    # All quantiles in one point: twice the mean of level (or 1 - level) times the distance;
    # the levels lie symmetric about one half, so that is the distance itself.
    scale = np.array([4.0])
    for actual in (7.0, 13.0):
        loss = metrics.pinball(np.array([[actual]]), fan([10.0]), scale)
        assert loss == pytest.approx([3.0 / 4.0])


def test_pinball_prefers_the_true_distribution() -> None:
    from scipy import stats

    rng = np.random.default_rng(3)
    actual = rng.normal(size=(1, 20_000))

    def loss(width: float) -> float:
        row = np.concatenate([[0.0], width * stats.norm.ppf(LEVELS)])
        forecast = np.broadcast_to(row, (1, 20_000, len(row)))
        return float(metrics.pinball(actual, forecast, np.ones(1))[0])

    assert loss(1.0) < min(loss(0.8), loss(1.25))


def test_msis_by_hand() -> None:
    forecast = fan([0.0, 0.0])
    forecast[..., 1] = -1.0
    forecast[..., -1] = 3.0
    actual = np.array([[2.0, 4.0]])
    # width 4 both times, and once 1 outside, punished by 2 / 0.05 = 40
    assert metrics.msis(actual, forecast, np.array([2.0])) == pytest.approx([(4 + 44) / 2 / 2])


def test_coverage_includes_the_bounds() -> None:
    forecast = fan([5.0, 5.0, 5.0])
    forecast[..., 1 + LEVELS.index(0.9)] = 7.0
    actual = np.array([[5.0, 7.0, 7.1]])
    assert metrics.covered(actual, forecast, 80).tolist() == [[1.0, 1.0, 0.0]]
    assert metrics.covered(actual, forecast, 50).tolist() == [[1.0, 0.0, 0.0]]


def test_mean_over_series_then_over_origins() -> None:
    scores = np.array([1.0, 3.0, 10.0, np.nan])
    origins = np.array([0, 0, 1, 1])
    assert metrics.mean_over_origins(scores, origins, np.ones(4)) == pytest.approx(6.0)
    doubled = np.array([1.0, 2.0, 1.0, 1.0])
    expected = (7 / 3 + 10) / 2
    assert metrics.mean_over_origins(scores, origins, doubled) == pytest.approx(expected)


def test_bootstrap_is_paired_and_resamples_whole_clusters() -> None:
    rng = np.random.default_rng(0)
    theirs = rng.uniform(1, 9, size=200)
    clusters = [str(i // 4) for i in range(200)]

    def ratio(weights: np.ndarray) -> float:
        return float((weights * 0.9 * theirs).sum() / (weights * theirs).sum())

    assert metrics.bootstrap(ratio, clusters, seed=1, size=50) == pytest.approx((0.9, 0.9))

    def level(weights: np.ndarray) -> float:
        assert len({tuple(w) for w in weights.reshape(-1, 4).T}) == 1
        return float((weights * theirs).sum() / weights.sum())

    low, high = metrics.bootstrap(level, clusters, seed=1, size=200)
    assert low < theirs.mean() < high


def test_bootstrap_repeats_with_its_seed() -> None:
    values = np.arange(20.0)

    def mean(weights: np.ndarray) -> float:
        return float((weights * values).sum() / weights.sum())

    names = [str(i) for i in range(20)]
    first = metrics.bootstrap(mean, names, seed=7, size=100)
    assert first == metrics.bootstrap(mean, names, seed=7, size=100)
    assert first != metrics.bootstrap(mean, names, seed=8, size=100)


def test_owa_of_naive_is_one() -> None:
    assert metrics.owa(1.0, 1.0) == 1.0
    assert metrics.owa(0.8, 0.9) == pytest.approx(0.85)
