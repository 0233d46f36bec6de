"""Across: what groups have in common, and the series of one place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest, norm

from forecast.engine import across, learning
from forecast.engine.across import Across, Errors
from forecast.engine.dependence import Dependence
from forecast.engine.options import EngineOptions
from forecast.engine.walks import Walks
from forecast.panel import Panel
from forecast.seeds import generator

GROUPS, AREAS, DRAWS = 3, 20, 4000
GROUP = np.repeat(np.arange(GROUPS), AREAS)
PLACE = np.tile(np.arange(AREAS), GROUPS)
NAMES = [f"{g}-{p}" for g, p in zip(GROUP, PLACE, strict=True)]
SHARE, REGION = 0.3, 0.05


def drawn(joined: Across) -> np.ndarray:
    """Return (n, S) draws one period ahead of three groups in twenty places."""
    shared = Dependence(np.array([SHARE]), REGION, np.array([1e9]), joined)
    return shared.normal((NAMES, GROUP, GROUP, PLACE), Walks((1, DRAWS), 1))[:, 0]


def errors(groups: float, place: float, origins: int) -> Errors:
    """Return errors of which the given shares pass from group to group."""
    rng = generator(5, "across", origins)
    everyone = rng.standard_normal((origins, 1))
    here = rng.standard_normal((origins, AREAS))
    top = across.mixed(groups, everyone, rng.standard_normal((origins, GROUPS)))
    own = across.mixed(place, here[:, PLACE], rng.standard_normal((origins, len(GROUP))))
    score = across.mixed(SHARE, top[:, GROUP], own)
    return Errors(
        score[..., None],
        np.exp(rng.normal(size=(1, len(GROUP), 1))) * np.ones_like(score)[..., None],
    )


@pytest.mark.parametrize(("groups", "place"), [(0.0, 0.0), (0.6, 0.0), (0.0, 0.5), (0.6, 0.5)])
def test_shares_that_were_put_in_are_found(groups: float, place: float) -> None:
    found = across.learn(errors(groups, place, 3000), (GROUP, PLACE), (SHARE, 0.0))
    assert found.groups == pytest.approx(groups, abs=0.08)
    assert found.place == pytest.approx(place, abs=0.04)


def test_few_origins_are_believed_less() -> None:
    same = Errors(np.ones((1, 60, 1)), np.ones((1, 60, 1)))
    assert across.learn(same, (GROUP, PLACE), (1.0, 0.0)).groups == pytest.approx(1 / 2)
    same = Errors(np.ones((3, 60, 1)), np.ones((3, 60, 1)))
    assert across.learn(same, (GROUP, PLACE), (1.0, 0.0)).groups == pytest.approx(3 / 4)


def test_one_group_unknown_errors_and_groups_that_offset_pass_nothing_on() -> None:
    some = errors(0.6, 0.5, 6)
    each, one = np.arange(len(GROUP)), np.zeros_like(GROUP)
    assert across.learn(some, (one, each), (SHARE, 0.0)) == Across()
    nothing = replace(some, score=np.full_like(some.score, np.nan))
    assert across.learn(nothing, (GROUP, PLACE), (SHARE, 0.0)) == Across()
    turned = replace(
        some, score=np.where(GROUP == 0, 1.0, -0.5)[None, :, None] * np.ones((6, 1, 1))
    )
    assert across.learn(turned, (GROUP, PLACE), (SHARE, 0.0)) == Across()


def test_units_of_a_group_do_not_matter() -> None:
    some = errors(0.6, 0.5, 6)
    euros = replace(some, size=some.size * np.where(GROUP == 1, 7.5, 1.0)[None, :, None])
    plain, priced = (across.learn(e, (GROUP, PLACE), (SHARE, 0.0)) for e in (some, euros))
    assert (priced.groups, priced.place) == pytest.approx((plain.groups, plain.place))


def test_series_and_sums_within_a_group_keep_their_distribution() -> None:
    alone, joined = drawn(Across()), drawn(Across(0.8, 0.6))
    for series in (0, 25, 59):
        assert kstest(joined[series], norm.cdf).pvalue > 0.001
    for group in range(GROUPS):
        before, after = (z[group == GROUP].sum(axis=0) for z in (alone, joined))
        assert kstest(before, after).pvalue > 0.001


def test_totals_over_groups_vary_as_the_shares_say() -> None:
    z = drawn(Across(0.5, 0.4))
    own = 1 - SHARE - REGION
    pair = SHARE * 0.5 + own * 0.4  # of two groups in one place
    place = np.stack([z[p == PLACE].sum(axis=0) for p in range(AREAS)])
    assert place.var(axis=1).mean() == pytest.approx(
        GROUPS + GROUPS * (GROUPS - 1) * pair, rel=0.05
    )
    within = AREAS * own + AREAS**2 * (SHARE + REGION)
    between = AREAS * own * 0.4 + AREAS**2 * SHARE * 0.5
    expected = GROUPS * within + GROUPS * (GROUPS - 1) * between
    assert z.sum(axis=0).var() == pytest.approx(expected, rel=0.1)


def test_the_order_of_series_changes_no_draw() -> None:
    shared = Dependence(np.array([SHARE]), REGION, np.array([4.0]), Across(0.5, 0.4))
    order = np.argsort(PLACE, kind="stable")[::-1]
    moved = [NAMES[i] for i in order], GROUP[order], GROUP[order], PLACE[order]
    first = shared.normal((NAMES, GROUP, GROUP, PLACE), Walks((2, 50), 1))
    np.testing.assert_array_equal(shared.normal(moved, Walks((2, 50), 1)), first[order])


def placed(**keys: list[str]) -> list[int]:
    panel = Panel(np.ones((4, 3)), pd.DataFrame(keys), ("2020", "2021", "2022"), None, "m")
    groups = tuple(c for c in ("service",) if c in keys)
    return [int(k) for k in learning.grouping(panel, EngineOptions(groups=groups))[2]]


def test_a_place_is_what_keys_tell_beside_group_and_name() -> None:
    service, area = ["a", "a", "b", "b"], ["x", "y", "x", "y"]
    assert placed(area=area, service=service) == [0, 1, 0, 1]
    assert placed(unique_id=list("stuv"), area=area, service=service) == [0, 1, 0, 1]
    assert placed(area=["x"] * 4, service=service) == [0, 1, 2, 3]  # tells no series apart
    assert placed(unique_id=list("stuv"), service=service) == [0, 1, 2, 3]
    assert placed(area=list("wxyz")) == [0, 1, 2, 3]
