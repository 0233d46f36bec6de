"""A series as a part of its group: known answers, and agreement with plain loops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.panels import panel

from forecast.methods import group_share

NAN = np.nan


def ahead(values: np.ndarray, horizon: int = 2) -> np.ndarray:
    return np.asarray(group_share.point(group_share.fit(panel(values)), horizon))


def plain(values: np.ndarray) -> np.ndarray:
    """Return (n,) levels of whole counts without gaps, worked out number by number."""
    n, t = values.shape
    total = values.sum(axis=0)
    index = [1.0]
    for k in range(t - 1, 0, -1):
        grown = total[k] / total[k - 1] if total[k] > 0 and total[k - 1] > 0 else 1.0
        index.insert(0, index[0] / min(max(grown, 0.5), 2.0))
    change = np.abs(np.diff(values, axis=1))
    level = values.mean(axis=1)
    ratio = np.median([c.mean() / m for c, m in zip(change, level, strict=True) if m > 0])
    size = [(c.sum() + 2 * ratio * m) / (t - 1 + 2) for c, m in zip(change, level, strict=True)]

    def levels(end: int, fade: float) -> list[float]:
        old = [fade ** (end - 1 - k) for k in range(end)]
        weight = sum(f * i for f, i in zip(old, index[:end], strict=True))
        sums = [sum(f * v for f, v in zip(old, row[:end], strict=True)) for row in values]
        own = [s / weight for s in sums]
        mean = sum(own) / n
        apart = sum((x - mean) ** 2 for x in own) / (n - 1)
        worth = mean / max(apart - mean / weight, 0.02 * mean**2)
        return [(s + worth * mean) / (weight + worth) for s in sums]

    def missed(fade: float) -> float:
        errors = [
            min(abs(values[k, end] - level * index[end - 1]) / (size[k] or 1.0), 6.0)
            for end in range(1, t)
            for k, level in enumerate(levels(end, fade))
        ]
        return float(sum(errors))

    return np.array(levels(t, min(group_share.FADES, key=missed)))


@pytest.mark.parametrize("seed", range(4))
def test_counts_agree_with_plain_loops(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rate = rng.gamma(3.0, 2.0, (12, 1)) * np.linspace(1.0, 1.5, 7)
    values = rng.poisson(rate + 0.3).astype(float)
    np.testing.assert_allclose(ahead(values)[:, 0], plain(values), rtol=1e-9)


def test_constant_parts_follow_the_group_to_where_it_stands() -> None:
    whole = np.array([10.0, 12.0, 9.0, 15.0])
    found = ahead(np.array([0.25, 0.75])[:, None] * whole)
    np.testing.assert_allclose(found, [[3.75, 3.75], [11.25, 11.25]])


def test_counts_of_a_few_lean_on_the_mean_and_steady_ones_speak_for_themselves() -> None:
    alike = np.random.default_rng(1).poisson(2.0, (40, 6)).astype(float)
    found = ahead(alike)[:, 0]
    assert found.std() < 0.6 * alike.mean(axis=1).std()
    assert found[alike.sum(axis=1).argmin()] > alike.mean(axis=1).min()
    apart = np.repeat(np.arange(1.0, 21)[:, None] * 100, 6, axis=1)
    np.testing.assert_allclose(ahead(apart)[:, 0], apart[:, -1], rtol=0.01)


def test_a_series_that_begins_is_no_growth_of_its_group() -> None:
    values = np.array([[5.5, 5.5, 5.5, 5.5], [4.5, 4.5, 4.5, 4.5], [NAN, NAN, 90.5, 90.5]])
    np.testing.assert_allclose(ahead(values, 1)[:, 0], [5.5, 4.5, 90.5])


def test_groups_know_nothing_of_each_other() -> None:
    rng = np.random.default_rng(3)
    values = rng.poisson(6.0, (20, 8)).astype(float)
    keys = pd.DataFrame({"area": map(str, range(20)), "service": ["a"] * 10 + ["b"] * 10})
    both = replace(panel(values), keys=keys)
    found = group_share.point(group_share.fit(both, groups=("service",)), 2)
    alone = np.vstack([ahead(values[:10]), ahead(values[10:])])
    typical = np.abs(np.diff(values, axis=1)).mean()
    assert np.abs(found - alone).max() < 0.2 * typical  # sizes of errors are the panel's
