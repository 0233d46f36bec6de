"""The projected population's own error: learnt from past projections and never counted twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support.money import shared_base

from forecast import quantiles
from forecast.costs import growth, headcounts, mapping
from forecast.costs.headcounts import Straying
from forecast.costs.mapping import REMAINDER
from forecast.projection import Prepared


@pytest.fixture(scope="module")
def base() -> Prepared:
    return shared_base()


def errors(rows: list[tuple[str, str, int, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["vintage", "area", "horizon", "error"])
    return frame.assign(size="0-20000", persons=np.where(frame["area"] == "101", 300.0, 100.0))


def test_common_and_own_misses_by_hand() -> None:
    # set to start at the count: the first year's miss of 0.5 does not count
    told = [("2020", "101", 0, 0.5), ("2020", "101", 1, 0.5 + 0.04),
            ("2020", "147", 0, 0.0), ("2020", "147", 1, 0.08)]  # fmt: skip
    found = headcounts.learn(errors(told))
    common = (300 * 0.04 + 100 * 0.08) / 400
    assert found.common == pytest.approx([common])
    apart = np.array([0.04 - common, 0.08 - common])
    assert found.own["0-20000"] == pytest.approx([np.sqrt((apart**2).mean())])


def test_misses_that_go_one_way_make_the_interval_wider() -> None:
    steady = [(str(v), a, h, 0.01 * h) for v in range(2015, 2020) for a in ("101", "147")
              for h in range(4)]  # fmt: skip
    found = headcounts.learn(errors(steady))
    assert found.common == pytest.approx([0.01, 0.02, 0.03])
    assert found.own["0-20000"] == pytest.approx([0, 0, 0])
    common, own = found.at(["0-20000", "100000+"], [-1, 0, 2, 6])
    assert common == pytest.approx([0, 0, 0.02, 0.06])  # counted years do not stray
    assert own.shape == (2, 4)


def test_nothing_to_learn_from_is_no_straying() -> None:
    found = headcounts.learn(errors([("2026", "101", 1, 0.1)]))
    assert found.at(["0-20000"], [1, 5])[0].tolist() == [0, 0]


def drawn(spread: float, varied: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    recipients = np.exp(rng.normal(0, varied, (3, 2, 40_000)))
    both = np.full(2, spread * 0.6), np.full((3, 2), spread * 0.8)
    return headcounts.given(recipients, both, np.random.default_rng(2)), np.log(recipients)


def test_people_stray_as_asked_and_the_rate_errs_on_its_own() -> None:
    people, line = drawn(0.02, 0.05)
    assert people.std(axis=2) == pytest.approx(np.full((3, 2), 0.02), rel=0.02)
    rate = line - people
    # what people account for leaves the rate: variances add up to that of the recipients
    assert rate.var(axis=2) == pytest.approx(0.05**2 - np.full((3, 2), 0.02**2), rel=0.03)
    for i in range(3):
        assert abs(np.corrcoef(people[i, 0], rate[i, 0])[0, 1]) < 0.03
    shared = np.corrcoef(people[:, 0])[0, 1]
    assert 0.2 < shared < 0.45  # 0.36 of the variance is common, less what recipients explain


def test_people_may_stray_more_than_recipients_do() -> None:
    people, _ = drawn(0.05, 0.01)
    assert people.std(axis=2) == pytest.approx(np.full((3, 2), 0.05), rel=0.03)
    none, _ = drawn(0.0, 0.05)
    assert (none == 0).all()


def test_an_empty_service_leaves_people_to_their_own_error() -> None:
    both = np.full(1, 0.01), np.full((2, 1), 0.01)
    found = headcounts.given(np.zeros((2, 1, 20_000)), both, np.random.default_rng(3))
    assert found.std(axis=2) == pytest.approx(np.full((2, 1), 0.01 * np.sqrt(2)), rel=0.03)


def test_cost_of_services_is_the_same_in_every_draw(base: Prepared) -> None:
    state = base.state
    plain = state.changed(strays={})
    for code in ("5.38.50", "5.28.21", "5.38.42"):
        function = mapping.get(code)
        for line in (name for name in state.lines(function) if name != REMAINDER):
            assert (state.gross(function, line) == plain.gross(function, line)).all()
    function = mapping.get("3.22.17")  # carried per inhabitant: moves with the people
    moved = state.gross(function, REMAINDER) / plain.gross(function, REMAINDER)
    assert moved == pytest.approx(state.strays["18+"])


def test_the_population_term_is_as_uncertain_as_the_projection(base: Prepared) -> None:
    state = base.state
    function = mapping.get("5.38.50")

    def nation(strays: object) -> np.ndarray:
        terms = growth.line_terms(state.changed(strays=strays), function, "s108")
        return np.asarray(quantiles.with_sums(terms["population"])[-1])

    known, strayed = nation({}), nation(state.strays)
    counted, last = state.years.index(2026), state.years.index(2030)
    assert (strayed[: counted + 1] == known[: counted + 1]).all()
    # what the straying adds is cost times about 0.8 % of the people four years ahead
    added = (strayed - known)[last] / state.gross(function, "s108").sum(axis=0)[last]
    assert 0.002 < added.std() < 0.02


def test_a_deviation_keeps_its_course() -> None:
    straying = Straying(np.array([0.01, 0.02]), {"a": np.array([0.0, 0.0])})
    spread = straying.at(["a"], [1, 2])
    found = headcounts.given(np.ones((1, 2, 500)), spread, np.random.default_rng(5))
    assert found[0, 1] == pytest.approx(2 * found[0, 0])
