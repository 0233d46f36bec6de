"""Unobserved components: statsmodels' local linear trend, one series at a time.

The library's own maximum likelihood beside our grid (`state_space`): for nation, regions and
irregular counts, where a few series may cost milliseconds each. Periods without a count are NaN
to the filter. Only the path is kept, so the state holds no library object.
"""

from __future__ import annotations

import numpy as np

from forecast.methods import Needs, State, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=5, gaps=True, slow=True)
LONGEST = 60  # periods of path that are kept


def fit(panel: Panel, *, scale: str = "log", rate: bool = False, steps: int = LONGEST) -> State:
    """Fit each series by maximum likelihood and keep its expected path.

    Args:
        panel: series by periods; NaN is not observed.
        scale: working scale.
        rate: work on rates where the panel has exposure.
        steps: periods of path that are kept.
    """
    work = _working.working(panel, scale=scale, rate=rate)
    z = np.where(work.seen, work.z, np.nan)
    ahead = np.stack([_ahead(row, steps) for row in z])
    errors = _working.spread(np.diff(work.z, axis=1))
    return work.state(ahead=ahead, sigma=errors)


def _ahead(row: _working.Floats, steps: int) -> _working.Floats:
    """Return the expected path of one series; too short or constant, it stays where it is."""
    import warnings

    from statsmodels.tsa.statespace.structural import UnobservedComponents

    seen = np.flatnonzero(np.isfinite(row))
    line = row[seen[0] :] if len(seen) else row[-1:]
    if len(seen) < NEEDS.minimum or np.nanstd(line) == 0:
        return np.full(steps, float(line[-1]))
    size = float(np.nanstd(line))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # convergence is judged by out-of-sample error instead
        model = UnobservedComponents((line - line[-1]) / size, "lltrend")
        found = model.fit(disp=False, maxiter=100, method="lbfgs")
        path = np.asarray(found.forecast(steps), dtype=np.float64)
    return np.asarray(np.where(np.isfinite(path), path, 0.0) * size + line[-1])


def _path(state: State, steps: int) -> _working.Floats:
    return state.arrays["ahead"][:, :steps]


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): the smoothed level and trend, carried on."""
    return _working.original(state, _path, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) random walks around the expected path."""
    return _working.simulated(state, _path, horizon, size, rng)
