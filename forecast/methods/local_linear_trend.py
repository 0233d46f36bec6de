"""Local linear trend: level and slope that both wander, estimated by statsmodels, gaps allowed.

Harvey (1989); maximum likelihood of each series on its own, an unobserved year being a
prediction without an update.
"""

from __future__ import annotations

import numpy as np

from forecast.errors import MethodError
from forecast.methods import Needs, State, _linear, _singly, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=6, gaps=True, slow=True)
TREND = "local linear trend"
TRENDS = (
    TREND,
    "smooth trend",
    "random walk with drift",
    "local linear deterministic trend",
    "local level",
    "random walk",
)


def fit(panel: Panel, *, scale: str = "log", rate: bool = False, trend: str = TREND) -> State:
    """Estimate the variances of every series and keep its last level and slope.

    Args:
        panel: series by periods, unobserved ones NaN.
        scale: working scale.
        rate: work on rates where the panel has exposure.
        trend: statsmodels' name of what level and slope do, one of `TRENDS`.

    Raises:
        MethodError: statsmodels knows no such trend.
    """
    if trend not in TRENDS:
        raise MethodError(f"local_linear_trend: {trend!r} is none of {', '.join(TRENDS)}")

    def one(z: _working.Floats) -> _singly.Arrays:
        return _estimated(z, trend)

    return _linear.fit(panel, NEEDS, one, scale=scale, rate=rate)


def _estimated(z: _working.Floats, trend: str) -> _singly.Arrays:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    with _linear.quiet():
        model = UnobservedComponents(z, level=trend)
        result = model.fit(disp=0, cov_type="none")
    if not result.mle_retvals["converged"]:
        raise MethodError("the optimiser did not converge")
    return {**_linear.system(model, result), "parameters": np.asarray(result.params)}


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): last level plus the last slope, a period at a time."""
    return _linear.point(state, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) futures of level, slope and noise."""
    return _linear.simulate(state, horizon, size, rng)
