"""One series at a time: a library that fails leaves a forecast and a reason, never silence."""

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from forecast.errors import MethodError
from forecast.methods import _linear, _singly, arima, ets, local_linear_trend, prophet
from forecast.panel import Panel

YEARS = tuple(str(y) for y in range(2010, 2025))


def panel() -> Panel:
    rng = np.random.default_rng(1)
    values = 100 + np.cumsum(np.array([[1.0], [-1.0]]) + rng.standard_normal((2, 15)), axis=1)
    return Panel(values, pd.DataFrame({"area": ["1", "2"]}), YEARS)


def fails(*_: object) -> _singly.Arrays:
    raise np.linalg.LinAlgError("singular")


def unwilling(*_: object) -> _singly.Arrays:
    raise MethodError("the optimiser did not converge")


def infinite(*_: object) -> _singly.Arrays:
    one = np.ones((1, 1))
    system = {"read": np.ones(1), "move": one, "steady": np.zeros(1), "stir": one, "cov": one}
    return {**system, "noise": np.array(0.0), "mean": np.array([np.nan])}


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (fails, "LinAlgError in the fit: last value held"),
        (unwilling, "the optimiser did not converge: last value held"),
        (infinite, "the fit gave no finite numbers: last value held"),
    ],
)
def test_failing_fit_holds_the_last_value_and_says_so(one: _linear.Fit, reason: str) -> None:
    given = panel()
    state = _linear.fit(given, arima.NEEDS, one, scale="identity", rate=False)
    assert state.values["fallback"] == [reason, reason]
    path = _linear.point(state, 3)
    np.testing.assert_allclose(path, np.repeat(given.values[:, -1:], 3, axis=1))
    assert np.isfinite(_linear.simulate(state, 3, 10, np.random.default_rng(1))).all()


def test_failure_of_one_series_does_not_touch_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    given, estimated = panel(), ets._estimated
    whole = ets.point(ets.fit(given), 4)

    def first_fails(z: NDArray[np.float64], name: str) -> object:
        if z[0] < 0:
            raise ValueError("no start")
        return estimated(z, name)

    starts = given.values[:, 0] - given.values[:, -1]
    assert starts[0] < 0 < starts[1]
    monkeypatch.setattr(ets, "_estimated", first_fails)
    state = ets.fit(given)
    assert state.values["fallback"] == ["ValueError in the fit: last value held", ""]
    part = ets.point(state, 4)
    np.testing.assert_allclose(part[0], given.values[0, -1])
    np.testing.assert_array_equal(part[1], whole[1])


def test_members_that_cost_milliseconds_a_series_say_so() -> None:
    for method in (arima, ets, local_linear_trend, prophet):
        assert method.NEEDS.slow
        assert method.NEEDS.minimum >= 5
