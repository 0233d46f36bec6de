"""Agreement of the vectorised methods with libraries, or with plain loops number by number."""

from __future__ import annotations

from itertools import pairwise
from math import exp, log

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar
from support.panels import panel

from forecast.methods import (
    _mixture,
    _season,
    damped_trend,
    demographic,
    drift,
    mean_reversion,
    naive,
    pooled_arima,
    pooled_growth,
    pooled_rate,
    pooled_regression,
    shrunk_growth,
    state_space,
    theta,
)
from forecast.panel import Panel

SEEDS = range(3)


def walks(seed: int, n: int = 6, t: int = 14) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.asarray(60 + rng.normal(0.8, 2, (n, t)).cumsum(axis=1))


def regional(seed: int, exposure: bool = False) -> Panel:
    """Return counts of two services in twelve areas of three regions."""
    rng = np.random.default_rng(seed)
    people = np.exp(rng.normal(7, 1, (24, 1))) * 1.01 ** np.arange(9) if exposure else None
    mean = 0.02 * people[:, :7] if people is not None else rng.uniform(4, 60, (24, 1))
    values = rng.poisson(mean * np.exp(rng.normal(0, 0.3, (24, 1))), (24, 7)).astype(float)
    keys = pd.DataFrame({
        "area": [str(101 + k % 12) for k in range(24)],
        "region": [f"08{1 + k % 3}" for k in range(24)],
        "service": ["s85"] * 12 + ["s107"] * 12,
    })  # fmt: skip
    return Panel(values, keys, tuple(str(2010 + t) for t in range(7)), people, "counted")


@pytest.mark.parametrize("seed", SEEDS)
def test_naive_and_drift_agree_with_statsforecast(seed: int) -> None:
    from statsforecast.models import Naive, RandomWalkWithDrift

    values = walks(seed)
    ours = naive.point(naive.fit(panel(values)), 4), drift.point(drift.fit(panel(values)), 4)
    for row, still, moved in zip(values, *ours, strict=True):
        np.testing.assert_allclose(still, Naive().forecast(y=row, h=4)["mean"])
        theirs = RandomWalkWithDrift().forecast(y=row, h=4)["mean"]
        np.testing.assert_allclose(moved, theirs, rtol=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_demographic_agrees_with_a_planners_sheet(seed: int) -> None:
    source = regional(seed, exposure=True)
    assert source.exposure is not None
    found = demographic.point(demographic.fit(source), 2)
    for k in range(24):
        rate = source.values[k, 6] / source.exposure[k, 6]
        expected = [rate * source.exposure[k, 7], rate * source.exposure[k, 8]]
        np.testing.assert_allclose(found[k], expected)


def test_damped_trend_goes_on_along_a_line_and_stays_on_a_constant() -> None:
    line = np.array([[3.0, 5, 7, 9, 11, 13], [4] * 6])
    found = damped_trend.point(damped_trend.fit(panel(line), dampings=(1.0,)), 3)
    np.testing.assert_allclose(found, [[15, 17, 19], [4, 4, 4]])


@pytest.mark.parametrize("seed", SEEDS)
def test_damped_trend_is_holts_to_the_last_digit(seed: int) -> None:
    from statsmodels.tsa.holtwinters import Holt

    row = walks(seed, 1, 16)[0]
    first, slope = (x[0] for x in damped_trend.opening_line(row[None], np.array([0])))
    started = row.copy()  # the start is drawn through the first points: half of its error counts
    guess = first - slope + 0.9 * slope
    started[0] = guess + 0.5 * (row[0] - guess)
    theirs = Holt(
        started, damped_trend=True, initialization_method="known",
        initial_level=first - slope, initial_trend=slope,
    ).fit(smoothing_level=0.4, smoothing_trend=0.3, damping_trend=0.9, optimized=False)  # fmt: skip
    _, _, level, trend = damped_trend._smooth(row[None], np.array([[0.4, 0.3, 0.9]]))
    ahead = level[0, 0] + trend[0, 0] * np.cumsum(0.9 ** np.arange(1, 5))
    np.testing.assert_allclose(ahead, theirs.forecast(4), rtol=1e-9)


def test_theta_of_a_line_is_the_line_lagging_by_its_share() -> None:
    values = np.array([[2.0, 4, 6, 8, 10]])
    found = theta.point(theta.fit(panel(values), shares=(1.0,), alphas=(0.5,)), 2)
    np.testing.assert_allclose(found, [[12, 14]])
    found = theta.point(theta.fit(panel(values), shares=(0.5,), alphas=(1.0,)), 2)
    np.testing.assert_allclose(found, [[11, 12]])


@pytest.mark.parametrize("share", [0.0, 0.5, 0.75])
def test_theta_is_smoothing_with_a_drift_to_the_last_digit(share: float) -> None:
    from statsmodels.tsa.holtwinters import Holt

    row = walks(7, 1, 18)[0]
    found = theta.point(theta.fit(panel(row[None]), shares=(share,), alphas=(0.3,)), 4)[0]
    step = share * np.polyfit(np.arange(18), row, 1)[0]
    theirs = Holt(
        row, initialization_method="known", initial_level=row[0] - step, initial_trend=step
    ).fit(smoothing_level=0.3, smoothing_trend=0.0, optimized=False)
    np.testing.assert_allclose(found, theirs.forecast(4), rtol=1e-9)


def test_state_space_of_a_constant_with_unobserved_years_is_the_constant() -> None:
    row = np.array([[7.0, np.nan, 7, 7, np.nan, np.nan, 7]])
    np.testing.assert_allclose(state_space.point(state_space.fit(panel(row)), 3), [[7, 7, 7]])


@pytest.mark.parametrize("seed", SEEDS)
def test_mean_reversion_agrees_with_plain_loops(seed: int) -> None:
    values = 30 + np.random.default_rng(seed).normal(0, 3, (8, 11))
    power = product = 0.0
    for row in values:
        off = row - row.mean()
        unit = off / np.sqrt((off**2).mean())
        for a, b in pairwise(unit):
            power, product = power + a * a, product + a * b
    raw = product / power
    keep = min(max(raw + (1 + 3 * raw) / 11, 0.0), 1.0)
    expected = [
        [row.mean() + (row[-1] - row.mean()) * keep**h for h in (1, 2, 3)] for row in values
    ]
    found = mean_reversion.point(mean_reversion.fit(panel(values)), 3)
    np.testing.assert_allclose(found, expected)


def relative(a: float, b: float) -> float:
    size = abs(a) + abs(b)
    return min(max(2 * (b - a) / size, -0.5), 0.5) if size > 0 else float("nan")


def grown(last: float, growth: float, damping: float, steps: int) -> list[float]:
    total, path = 0.0, []
    for h in range(1, steps + 1):
        total += damping**h
        path.append(last * exp(min(max(growth, -0.3), 0.3) * total))
    return path


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("own", "window"), [(0.0, 0), (0.0, 3), (0.4, 2), (1.0, 0)])
def test_pooled_growth_agrees_with_plain_loops(seed: int, own: float, window: int) -> None:
    source = regional(seed)
    options = {"groups": ("service",), "own": own, "window": window, "own_window": window}
    found = pooled_growth.point(pooled_growth.fit(source, **options), 3)  # type: ignore[arg-type]
    changes = [[relative(a, b) for a, b in pairwise(row)][-window:] for row in source.values]
    for k in range(24):
        mates = [c for j, c in enumerate(changes) if (j < 12) == (k < 12)]
        growth = own * np.nanmedian(changes[k]) + (1 - own) * np.nanmedian(np.concatenate(mates))
        np.testing.assert_allclose(found[k], grown(source.values[k, -1], growth, 0.9, 3))


@pytest.mark.parametrize("seed", SEEDS)
def test_shrunk_growth_agrees_with_plain_loops(seed: int) -> None:
    source = regional(seed)
    found = shrunk_growth.point(shrunk_growth.fit(source, groups=("service",)), 3)
    changes = [[relative(a, b) for a, b in pairwise(row)] for row in source.values]
    mean = [float(np.mean(c)) for c in changes]
    squares = [sum((x - m) ** 2 for x in c) for c, m in zip(changes, mean, strict=True)]
    pooled = sum(squares) / (24 * 5)
    error = [(s + 4 * pooled) / (5 + 4) / 6 for s in squares]
    for first in (0, 12):
        group = range(first, first + 12)
        middle = float(np.median([mean[k] for k in group]))
        apart = [(mean[k] - middle) ** 2 for k in group]
        held = [min(a, float(np.quantile(apart, 0.95))) for a in apart]
        differ = max(float(np.mean([h - error[k] for h, k in zip(held, group, strict=True)])), 1e-6)
        for k in group:
            believed = differ / (differ + error[k])
            growth = believed * mean[k] + (1 - believed) * middle
            np.testing.assert_allclose(found[k], grown(source.values[k, -1], growth, 0.9, 3))


def test_pooled_arima_of_a_line_is_the_line_as_far_as_its_step_is_believed() -> None:
    values = np.array([[2.0, 4, 6, 8, 10, 12]])
    found = pooled_arima.point(pooled_arima.fit(panel(values), auto=(0.0,), moving=(0.0,)), 2)
    step = 2 * 4 / (4 + pooled_arima.RIDGE)  # four changes after the first, and the ridge
    np.testing.assert_allclose(found, [[12 + step, 12 + 2 * step]])


@pytest.mark.parametrize("seed", SEEDS)
def test_pooled_arima_agrees_with_a_search_for_the_constant(seed: int) -> None:
    phi, moving = 0.6, -0.3
    row = walks(seed, 1, 20)[0]
    change = np.diff(row)

    def errors(mean: float) -> list[float]:
        found = [0.0]  # the first change is given
        for before, now in pairwise(change):
            found.append(now - mean - phi * (before - mean) - moving * found[-1])
        return found

    best = minimize_scalar(
        lambda m: sum(e**2 for e in errors(m)) + pooled_arima.RIDGE * m**2, tol=1e-12
    ).x
    ahead = best + phi * (change[-1] - best) + moving * errors(best)[-1]
    expected, last = [], row[-1]
    for _ in range(4):
        last += ahead
        expected.append(last)
        ahead = best + phi * (ahead - best)
    fitted = pooled_arima.fit(panel(row[None]), auto=(phi,), moving=(moving,))
    np.testing.assert_allclose(pooled_arima.point(fitted, 4)[0], expected, rtol=1e-7)


def features(row: np.ndarray, t: int, size: float) -> list[float]:
    """Return how a series stood at a period, worked out one by one."""
    change = np.diff(row[: t + 1])
    last = [change[-1 - k] if len(change) > k else 0.0 for k in range(3)]
    mean, near = change.mean() if t else 0.0, row[max(0, t - 4) : t + 1].mean()
    raw = [*last, mean, row[t] - near, change.sum() / np.sqrt(max(t, 1))]
    held = [min(max(x / size, -8.0), 8.0) for x in raw]
    steady = abs(held[3])
    return [*held, held[0] * steady, held[3] * steady, held[4] * steady, 1.0]


def sizes(values: np.ndarray) -> np.ndarray:
    """Return typical changes up to each period, worked out one by one."""
    change, level = np.abs(np.diff(values, axis=1)), np.abs(values).mean(axis=1)
    ratio = float(np.median(change.mean(axis=1) / level))
    return np.array([
        [(c[:t].sum() + 2 * ratio * m) / (t + 2) for t in range(values.shape[1])]
        for c, m in zip(change, level, strict=True)
    ])  # fmt: skip


def test_pooled_regression_stands_on_the_signs_that_loops_find() -> None:
    values = walks(1, 5, 9)
    size = sizes(values)
    np.testing.assert_allclose(pooled_regression._typical(values), size)
    found = pooled_regression._features(values, size)
    for k in range(5):
        for t in range(9):
            expected = features(values[k], t, float(size[k, t]))
            np.testing.assert_allclose(found[k, t], expected, atol=1e-12)


def test_pooled_regression_agrees_with_median_regression(monkeypatch: pytest.MonkeyPatch) -> None:
    from statsmodels.regression.quantile_regression import QuantReg

    rng = np.random.default_rng(2)
    change = np.zeros((300, 24))
    for t in range(1, 24):
        change[:, t] = 0.5 + 0.6 * change[:, t - 1] + rng.normal(size=300)
    values = 200 + change.cumsum(axis=1)
    size = sizes(values)
    rows = [(k, t) for k in range(300) for t in range(2, 23)]
    x = np.array([features(values[k], t, float(size[k, t])) for k, t in rows])
    y = np.array([(values[k, t + 1] - values[k, t]) / size[k, t] for k, t in rows])
    slope = QuantReg(y, x).fit().params
    now = np.array([features(values[k], 23, float(size[k, 23])) for k in range(300)])
    theirs, fitted = now @ slope * size[:, 23], panel(values)
    few = pooled_regression._absolute(x, y)  # five rounds under a ridge: near, on the side of calm
    assert np.abs(y - x @ few).sum() < 1.03 * np.abs(y - x @ slope).sum()
    monkeypatch.setattr(pooled_regression, "ROUNDS", 100)
    monkeypatch.setattr(pooled_regression, "RIDGE", 1e-6)
    state = pooled_regression.fit(fitted)
    found = pooled_regression.point(state, 1)[:, 0] - values[:, -1]
    assert np.abs(found - theirs).mean() < 0.01 * np.abs(theirs).mean()


def test_pooled_regression_of_lines_is_the_lines() -> None:
    slopes = np.linspace(-2, 3, 200)[:, None]
    values = 500 + slopes * np.arange(16)
    found = pooled_regression.point(pooled_regression.fit(panel(values)), 2)
    np.testing.assert_allclose(found - values[:, -1:], slopes * [1, 2], rtol=0.06, atol=0.02)


@pytest.mark.parametrize("middle", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_pooled_rate_agrees_with_plain_loops(seed: int, middle: bool) -> None:
    source = regional(seed, exposure=True)
    people = source.exposure
    assert people is not None
    service = [k // 12 for k in range(24)]
    unit = [(k // 12, k % 3) for k in range(24)] if middle else [(k // 12, 0) for k in range(24)]
    keys = source.keys if middle else source.keys.drop(columns="region")
    source = Panel(source.values, keys, source.periods, people)
    growth = []
    for k in range(24):
        mates = [j for j in range(24) if service[j] == service[k]]
        rate = [source.values[mates, t].sum() / people[mates, t].sum() for t in range(7)]
        growth.append(0.5 * (log(rate[6]) - log(rate[1])) / 5)
    memory = [0.7 ** (6 - t) for t in range(7)]
    cases = [
        float(sum(source.values[k, t] * exp(growth[k] * (6 - t)) * memory[t] for t in range(7)))
        for k in range(24)
    ]
    persons = [float(sum(people[k, t] * memory[t] for t in range(7))) for k in range(24)]
    level = leaned(cases, persons, service, unit)
    found = pooled_rate.point(pooled_rate.fit(source, groups=("service",)), 2)
    for k in range(24):
        risen = [exp(growth[k] * 0.9), exp(growth[k] * (0.9 + 0.81))]
        expected = [level[k] * risen[h] * people[k, 7 + h] for h in range(2)]
        np.testing.assert_allclose(found[k], expected, rtol=1e-9)


def leaned(
    cases: list[float], persons: list[float], service: list[int], unit: list[tuple[int, int]]
) -> list[float]:
    """Return rates of areas that lean on their region's, and those on the nation's, by moments."""

    def pooled(codes: list[int] | list[tuple[int, int]]) -> tuple[list[float], list[float]]:
        at = [[j for j, c in enumerate(codes) if c == code] for code in codes]
        weight = [sum(persons[j] for j in rows) for rows in at]
        rate = [sum(cases[j] for j in rows) / w for rows, w in zip(at, weight, strict=True)]
        return rate, weight

    def between(
        own: list[float], prior: list[float], weight: list[float], worth: float
    ) -> list[float]:
        return [
            (w * x + worth * p) / (w + worth) for x, p, w in zip(own, prior, weight, strict=True)
        ]

    nation = pooled(service)[0]
    rate, weight = pooled(unit)
    local = between(rate, nation, weight, strength(rate, nation, weight))
    found = list(local)
    for one in set(unit):
        rows = [k for k, u in enumerate(unit) if u == one]
        own, prior = [cases[k] / persons[k] for k in rows], [local[k] for k in rows]
        size = [persons[k] for k in rows]
        for k, x in zip(rows, between(own, prior, size, strength(own, prior, size)), strict=True):
            found[k] = x
    return found


def strength(rates: list[float], priors: list[float], weights: list[float]) -> float:
    total = sum(weights)
    mean = sum(p * w for p, w in zip(priors, weights, strict=True)) / total
    spread = sum(w * (r - p) ** 2 for r, p, w in zip(rates, priors, weights, strict=True)) / total
    luck = sum(w * p / w for p, w in zip(priors, weights, strict=True)) / total
    return mean / max(spread - luck, 0.02 * mean**2)


def test_pooled_rate_of_areas_that_are_alike_is_the_common_rate() -> None:
    people = np.array([[1000.0], [2000], [4000]]) * np.ones(6)
    values = 0.05 * people[:, :4]
    found = pooled_rate.point(pooled_rate.fit(panel(values, people)), 2)
    np.testing.assert_allclose(found, 0.05 * people[:, 4:])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_season_agrees_with_classical_decomposition(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from statsmodels.tsa.seasonal import seasonal_decompose

    rng = np.random.default_rng(seed)
    row = 100 + np.arange(32) + np.tile([8.0, -3, -9, 4], 8) + rng.normal(0, 0.01, 32)
    theirs = seasonal_decompose(row, model="additive", period=4)
    found = _season._deviations(row[None])[0]
    np.testing.assert_allclose(found[2:-2], (row - theirs.trend)[2:-2])
    monkeypatch.setattr(_season, "MEMORY", 1.0)
    ours, _ = _season.of(row[None], np.array([False]))
    np.testing.assert_allclose(ours[0], theirs.seasonal[:4], rtol=1e-4)  # next to none is shrunk


@pytest.mark.parametrize("seed", SEEDS)
def test_the_grids_posterior_agrees_with_plain_expectation_maximisation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sse, count = rng.uniform(1, 6, (4, 7)), np.array([5.0, 6, 7, 8, 9, 4, 0])
    prior = [0.25] * 4
    likelihood = [
        [(sse[g, k] / max(n, 1)) ** (-n / 2) for g in range(4)] for k, n in enumerate(count)
    ]

    def shares(k: int) -> list[float]:
        joint = [like * p for like, p in zip(likelihood[k], prior, strict=True)]
        return [j / sum(joint) for j in joint]

    for _ in range(_mixture.ROUNDS):
        votes = [sum(shares(k)[g] for k in range(6)) for g in range(4)]
        prior = [(v + 0.25) / (6 + 1) for v in votes]
    expected = np.array([shares(k) for k in range(7)]).T
    np.testing.assert_allclose(_mixture.posterior(sse, count), expected, rtol=1e-4)
