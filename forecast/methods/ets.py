"""ETS: exponential smoothing without, with full and with fading trend, estimated by statsmodels.

Hyndman, Koehler, Ord and Snyder (2008), additive errors; the trend is chosen by the corrected
Akaike criterion. Each series is estimated on its own; `damped_trend` is the pooled kin.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from forecast.errors import MethodError
from forecast.methods import Needs, State, _linear, _singly, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=6, slow=True)
TRENDS: dict[str, dict[str, Any]] = {
    "none": {"trend": None},
    "full": {"trend": "add"},
    "fading": {"trend": "add", "damped_trend": True},
}


def fit(panel: Panel, *, scale: str = "log", rate: bool = False, trend: str = "") -> State:
    """Choose and estimate every series' smoothing.

    Args:
        panel: series by periods; gaps are bridged, since the library knows none.
        scale: working scale.
        rate: work on rates where the panel has exposure.
        trend: `none`, `full` or `fading` for all series instead of a choice.
    """
    if trend and trend not in TRENDS:
        raise MethodError(f"ets trend {trend!r} is none of {', '.join(TRENDS)}")
    names = (trend,) if trend else tuple(TRENDS)

    def one(z: _working.Floats) -> _singly.Arrays:
        found = [fitted for name in names if (fitted := _estimated(z, name)) is not None]
        if not found:
            raise MethodError("the optimiser did not converge for any trend")
        _, model, result = min(found, key=lambda f: f[0])
        return _system(model, result)

    return _linear.fit(panel, NEEDS, one, scale=scale, rate=rate)


def _estimated(z: _working.Floats, name: str) -> tuple[float, Any, Any] | None:
    """Return criterion, model and result; none where points or optimiser fail."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    with _linear.quiet():
        model = ETSModel(z, initialization_method="estimated", **TRENDS[name])
        size = len(model.param_names) + 1
        if len(z) <= size + 1:
            return None
        result = model.fit(disp=0)
    if not result.mle_retvals["converged"]:
        return None
    criterion = -2 * result.llf + 2 * size * len(z) / (len(z) - size - 1)
    return float(criterion), model, result


def _system(model: Any, result: Any) -> _singly.Arrays:
    """Write smoothing with its one source of error as a system: level, slope and that error."""
    values = dict(zip(model.param_names, np.asarray(result.params), strict=True))
    sloped = model.trend is not None
    fade = float(values.get("damping_trend", 1.0)) if sloped else 0.0
    slope = float(result.slope[-1]) if sloped else 0.0
    gain = np.array([values["smoothing_level"], values.get("smoothing_trend", 0.0)])
    move = np.array([[1.0, fade, gain[0]], [0.0, fade, gain[1]], [0.0, 0.0, 0.0]])
    variance = np.zeros((3, 3))
    variance[2, 2] = float(result.scale)
    return {
        "read": np.array([1.0, fade, 1.0]),
        "move": move,
        "steady": np.zeros(3),
        "noise": np.array(0.0),
        "stir": variance,
        "mean": np.array([float(result.level[-1]), slope, 0.0]),
        "cov": variance,
        "parameters": np.asarray(result.params),
        "chosen": np.array([float(sloped), fade]),
    }


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): last level plus the trend, full or fading."""
    return _linear.point(state, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) futures of level, trend and error."""
    return _linear.simulate(state, horizon, size, rng)
