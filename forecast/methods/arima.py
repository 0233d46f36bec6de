"""ARIMA: orders by the corrected Akaike criterion, estimated by statsmodels.

Hyndman and Khandakar (2008), cut down to what some ten points can carry: levels of this domain
are never stationary, so they are differenced once, and twice where the KPSS test rejects that
the differences are stationary; at most one autoregressive and one moving-average term (two of
the latter on second differences); a drift where the criterion pays for it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from forecast.errors import MethodError
from forecast.methods import Needs, State, _linear, _singly, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=6, gaps=True, slow=True)
Order = tuple[int, int, int]
ONCE: tuple[tuple[Order, str], ...] = tuple(
    (order, drift) for order in ((0, 1, 0), (0, 1, 1), (1, 1, 0)) for drift in ("n", "c")
)
TWICE: tuple[tuple[Order, str], ...] = (((0, 2, 0), "n"), ((0, 2, 1), "n"), ((0, 2, 2), "n"))
LEVEL = 0.05  # of the KPSS test
TESTED = 12  # differences that the test needs to mean anything


def fit(panel: Panel, *, scale: str = "log", rate: bool = False, order: str = "") -> State:
    """Choose and estimate every series' ARIMA model.

    Args:
        panel: series by periods, unobserved ones NaN.
        scale: working scale.
        rate: work on rates where the panel has exposure.
        order: one order for all series instead of a choice, as `0,1,1` or with drift `0,1,1,c`.
    """
    given = _candidate(order) if order else None

    def one(z: _working.Floats) -> _singly.Arrays:
        return _best(z, (given,) if given else TWICE if _bends(z) else ONCE)

    return _linear.fit(panel, NEEDS, one, scale=scale, rate=rate)


def _candidate(text: str) -> tuple[Order, str]:
    parts = [part.strip() for part in text.split(",")]
    try:
        p, d, q = (int(part) for part in parts[:3])
    except ValueError:
        raise MethodError(f"arima order {text!r} is not three whole numbers as in 0,1,1") from None
    drift = parts[3] if len(parts) > 3 else "n"
    if drift not in ("n", "c") or min(p, d, q) < 0:
        raise MethodError(f"arima order {text!r}: write 0,1,1 or, with drift, 0,1,1,c")
    return (p, d, q), drift


def _bends(z: _working.Floats) -> bool:
    """Tell whether the KPSS test rejects that the differences are stationary."""
    from statsmodels.tsa.stattools import kpss

    steps = np.diff(_working.bridged(z[None, :])[0])
    if len(steps) < TESTED or np.ptp(steps) < _linear.EXACT:
        return False
    lags = int(3 * len(steps) ** 0.5 / 13)  # as in the authors' own implementation
    with _linear.quiet():
        return bool(kpss(steps, regression="c", nlags=lags)[1] < LEVEL)


def _best(z: _working.Floats, candidates: tuple[tuple[Order, str], ...]) -> _singly.Arrays:
    """Return the system of the candidate with the least corrected Akaike criterion."""
    found = [fitted for c in candidates if (fitted := _estimated(z, c)) is not None]
    if not found:
        raise MethodError("the optimiser did not converge for any order")
    _, (order, drift), model, result = min(found, key=lambda f: f[0])
    which = np.array([*order, float(drift == "c")])
    parameters = np.asarray(result.params)
    return {**_linear.system(model, result), "order": which, "parameters": parameters}


def _estimated(
    z: _working.Floats, candidate: tuple[Order, str]
) -> tuple[float, tuple[Order, str], Any, Any] | None:
    """Return criterion, candidate, model and result; none where points or optimiser fail."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    order, drift = candidate
    with _linear.quiet():
        model = SARIMAX(z, order=order, trend=drift)
        points, size = int(np.isfinite(z).sum()) - order[1], model.k_params
        if points <= size + 1:
            return None
        result = model.fit(disp=0, cov_type="none")
    if not result.mle_retvals["converged"]:
        return None
    criterion = -2 * result.llf + 2 * size * points / (points - size - 1)
    return float(criterion), candidate, model, result


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): the chosen model's expectation."""
    return _linear.point(state, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) futures of the chosen model."""
    return _linear.simulate(state, horizon, size, rng)
