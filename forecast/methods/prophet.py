"""Prophet (Taylor and Letham 2018): a piecewise linear trend, one series at a time.

Fitted on the working scale, so that counts stay non-negative; changepoints may lie up to the end of
the history, since ten years have no other news. Quarters get a yearly season. Only the path is
kept: the state holds no library object, and Stan's temporary files are removed after each fit.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from forecast.methods import Needs, State, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=5, gaps=True, slow=True)
LONGEST = 40  # periods of path that are kept


def fit(
    panel: Panel,
    *,
    scale: str = "log",
    rate: bool = False,
    flexibility: float = 0.05,
    steps: int = LONGEST,
) -> State:
    """Fit each series and keep its expected path.

    Args:
        panel: series by periods; NaN is not observed.
        scale: working scale.
        rate: work on rates where the panel has exposure.
        flexibility: prior scale of the trend's changes.
        steps: periods of path that are kept.
    """
    work = _working.working(panel, scale=scale, rate=rate)
    z = np.where(work.seen, work.z, np.nan)
    months = 3 if panel.frequency == "Q" else 12
    ahead = np.stack([_ahead(row, (steps, months), flexibility) for row in z])
    return work.state(ahead=ahead, sigma=_working.spread(np.diff(work.z, axis=1)))


def _ahead(row: _working.Floats, time: tuple[int, int], flexibility: float) -> _working.Floats:
    """Return the expected path of one series; `time` is the number of steps and months a step."""
    import pandas as pd

    steps, months = time
    known = np.flatnonzero(np.isfinite(row))
    if len(known) < NEEDS.minimum or np.nanstd(row) == 0:
        return np.full(steps, float(row[known[-1]]) if len(known) else 0.0)
    start = pd.Period("2000-01", freq="M")
    days = [(start + int(k) * months).to_timestamp() for k in range(len(row) + steps)]
    frame = pd.DataFrame({"ds": [days[k] for k in known], "y": row[known]})
    model = _model(min(25, len(known) - 2), flexibility)
    model.fit(frame, seed=1)  # the optimiser starts at the same place; the seed fixes the rest
    path = model.predict(pd.DataFrame({"ds": days[len(row) :]}))["yhat"].to_numpy()
    model.stan_backend.cleanup()
    return np.asarray(path, dtype=np.float64)


def _model(changes: int, flexibility: float) -> Any:
    """Return a silent Prophet without simulated uncertainty (ours is measured out of sample)."""
    for name in ("prophet.plot", "prophet", "cmdstanpy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    import cmdstanpy
    from prophet import Prophet

    cmdstanpy.disable_logging()
    return Prophet(
        n_changepoints=max(changes, 0),
        changepoint_range=1.0,
        changepoint_prior_scale=flexibility,
        yearly_seasonality=False,  # the working scale has no season left
        weekly_seasonality=False,
        daily_seasonality=False,
        uncertainty_samples=0,
    )


def _path(state: State, steps: int) -> _working.Floats:
    return state.arrays["ahead"][:, :steps]


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): Prophet's trend, carried on."""
    return _working.original(state, _path, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) random walks around Prophet's trend."""
    return _working.simulated(state, _path, horizon, size, rng)
