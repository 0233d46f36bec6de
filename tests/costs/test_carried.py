"""What is carried per inhabitant: how far it has strayed, learnt and drawn."""

from __future__ import annotations

import numpy as np
import pytest
from support.money import shared_base

from forecast.costs import carried, mapping, tables
from forecast.costs.mapping import REMAINDER
from forecast.costs.wish import Wish

CODE = "5.28.22"
WISH = Wish([2025, 2026, 2027, 2028], size=4000, seed=3)


def walks(
    sizes: np.ndarray, own: np.ndarray, shared: float, years: int = 12
) -> tuple[np.ndarray, np.ndarray]:
    """Return money and people of random walks with these yearly deviations."""
    rng = np.random.default_rng(11)
    steps = rng.normal(0, 1, (len(sizes), years)) * own[:, None]
    steps += rng.normal(0, shared, (1, years))
    people = np.repeat(sizes[:, None], years, axis=1)
    return people * np.exp(steps.cumsum(axis=1)), people


def test_a_random_walk_strays_with_the_root_of_the_years() -> None:
    sizes = np.full(3000, 20_000.0)
    found = carried.learn({CODE: walks(sizes, np.full(3000, 0.1), 0.0)})
    _, own = found.deviations(CODE, sizes[:1], 12)
    assert own[0] == pytest.approx(0.1 * np.sqrt(np.arange(1, 13)), rel=0.05)


def test_the_own_part_is_larger_where_people_are_few() -> None:
    sizes = np.geomspace(2_000, 200_000, 3000)
    own = np.sqrt(0.01 + 0.04 * 10_000 / sizes)
    found = carried.learn({CODE: walks(sizes, own, 0.03)})
    level, by_size = found.own[CODE][0]
    assert level == pytest.approx(0.01, rel=0.15)
    assert by_size == pytest.approx(0.04, rel=0.15)


def test_what_all_miss_one_way_is_shared_and_counts_in_full() -> None:
    people = np.full((50, 8), 30_000.0)
    money = people * np.exp(0.05 * np.arange(8))[None]
    found = carried.learn({CODE: (money, people)})
    shared, own = found.deviations(CODE, people[:, 0], 8)
    assert shared == pytest.approx(0.05 * np.arange(1, 9))
    assert own == pytest.approx(np.zeros((50, 8)), abs=1e-12)


def test_a_year_without_accounts_is_no_year_without_cost() -> None:
    money, people = walks(np.full(60, 20_000.0), np.full(60, 0.1), 0.02)

    def variance() -> float:
        return float(carried.learn({CODE: (money, people)}).own[CODE][0].sum())

    known = variance()
    money[:20, -1] = np.nan
    assert variance() == pytest.approx(known, rel=0.2)
    money[:20, -1] = 0.0  # nothing was spent: that is a miss
    assert variance() > 5 * known


def test_too_short_a_history_is_no_straying() -> None:
    money, people = walks(np.full(5, 20_000.0), np.full(5, 0.1), 0.02, years=2)
    found = carried.learn({CODE: (money, people)})
    assert (carried.factor(found, CODE, people[:, 0], WISH) == 1).all()


def test_factors_have_the_mean_one_and_are_found_again() -> None:
    sizes = np.full(100, 20_000.0)
    learnt = carried.learn({CODE: walks(sizes, np.full(100, 0.2), 0.1)})
    first, again = (carried.factor(learnt, CODE, sizes, WISH) for _ in range(2))
    assert (first == again).all()
    assert first.mean(axis=2) == pytest.approx(np.ones((100, 4)), rel=1e-12)
    assert (first > 0).all()
    alone = carried.factor(learnt, CODE, sizes, WISH, shared=False)
    both = [np.corrcoef(np.log(part[:, 3]))[0, 1:].mean() for part in (first, alone)]
    assert both[0] > 0.1
    assert abs(both[1]) < 0.02


def test_four_years_in_five_lie_within_the_interval() -> None:
    sizes = np.geomspace(2_000, 200_000, 400)
    money, people = walks(sizes, np.sqrt(0.004 + 0.03 * 10_000 / sizes), 0.02, years=16)
    learnt = carried.learn({CODE: (money[:, :12], people[:, :12])})
    factors = carried.factor(learnt, CODE, sizes, WISH)
    low, high = np.quantile(factors, [0.1, 0.9], axis=2)
    came = money[:, 12:] / money[:, [11]]
    assert 0.75 < ((came >= low) & (came <= high)).mean() < 0.88


def test_only_what_is_on_no_known_recipients_strays_and_means_stay() -> None:
    state = shared_base().state
    plain = state.changed(carried={})
    assert set(state.carried) == {"5.28.20", "5.28.22", "5.28.23"}
    # no count of placements is published for it
    row = int(np.flatnonzero(state.base.remainder(mapping.get("5.28.22")) > 1e-6)[0])
    for code, factor in state.carried.items():
        function = mapping.get(code)
        for line in state.lines(function):
            now, before = state.gross(function, line), plain.gross(function, line)
            rest = np.abs(state.base.remainder(function)) > 1e-6
            same = np.broadcast_to(now, factor.shape)[~rest]
            assert (same == np.broadcast_to(before, factor.shape)[~rest]).all()
        assert factor.mean(axis=2) == pytest.approx(np.ones(factor.shape[:2]), rel=1e-12)
    unit = state.unit(mapping.get("5.28.22"), REMAINDER)[row]
    low, high = np.quantile(unit, [0.1, 0.9], axis=1)
    assert (high > 1.3 * low).all()
    assert high[-1] - low[-1] > high[0] - low[0]
    wide = tables.totals(state).gross["5.28.22"][row].std(axis=1)
    narrow = tables.totals(plain).gross["5.28.22"][row].std(axis=1)
    assert (wide > 3 * narrow).all()


def test_a_future_that_no_past_year_has_seen_does_not_draw_the_middle_down() -> None:
    people = np.full(200, 20_000.0)
    money, sizes = walks(people, np.full(200, 0.1), 0.05, years=5)  # few years: long tails
    money[:6, -1] *= 40.0  # new places for some that paid for almost none
    learnt = carried.learn({CODE: (money, sizes)})
    six = Wish(list(range(2025, 2031)), size=4000, seed=3)
    factors = carried.factor(learnt, CODE, people, six)
    assert factors.mean(axis=2) == pytest.approx(np.ones((200, 6)), rel=1e-12)
    reach = factors.max(axis=2) / factors.min(axis=2)
    assert reach.max() == pytest.approx(carried.MOST / carried.LEAST)
    assert np.median(factors[:, -1]) > 0.35
