"""Prophet: a trend of straight pieces, fitted by the library, continued by our own arithmetic.

Taylor and Letham (2018). The library's Stan optimiser finds slope, offset, slope changes and
noise; the state keeps these numbers alone, so that a stored version forecasts without Prophet.
What differs from its defaults, for short annual series: slopes may change up to the end of
history and more freely, nothing is seasonal (quarters have their season taken out before), the
series is scaled by its own range, so that units do not matter, and no path goes further than its
history did.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecast import periods
from forecast.errors import MethodError
from forecast.methods import Needs, State, _singly, _working
from forecast.panel import Panel

if TYPE_CHECKING:
    from prophet import Prophet

NEEDS = Needs(minimum=6, gaps=True, slow=True)
CHANGEPOINTS = 25  # at most, and one for two points: more could pass through every point, where the
# likelihood has no top and the optimiser no end
ROUNDS = 1000  # of the optimiser
Effect = Callable[[_working.Floats], _working.Floats]
# Prophet's changepoint_prior_scale. Its own 0.05 is meant for hundreds of days: on years it is too
# stiff to follow (M1 yearly without its last six years: MASE 6.5 at 0.05, 2.7 at 0.5).
FLEXIBILITY = 0.5


def fit(
    panel: Panel,
    *,
    scale: str = "log",
    rate: bool = False,
    flexibility: float = FLEXIBILITY,
    regressors: Mapping[str, _working.Floats] | None = None,
) -> State:
    """Fit Prophet to every series and keep its numbers.

    Args:
        panel: series by periods, unobserved ones NaN.
        scale: working scale; the log keeps counts above zero.
        rate: work on rates where the panel has exposure.
        flexibility: scale of the slope changes' Laplace prior.
        regressors: by name (n, T or more), known from the panel's first period on; the columns
            past the panel's end are their future, of which the last stays.

    Raises:
        MethodError: a regressor does not cover the panel.
    """
    known = _regressors(panel, regressors or {})
    work = _working.working(panel, scale=scale, rate=rate)
    last = periods.ordinal(panel.periods[-1]) - work.back["_lag"]
    ends = len(panel.periods) - work.back["_lag"].astype(np.intp)

    def one(i: int, z: _working.Floats) -> _singly.Arrays:
        days = _days(np.arange(int(last[i]) - len(z) + 1, int(last[i]) + 1), panel.frequency)
        past = {name: x[i, ends[i] - len(z) : ends[i]] for name, x in known.items()}
        arrays, weights = _numbers(_History(z, days, past), flexibility)
        ahead = [weights[name](x[i, ends[i] - 1 :]) for name, x in known.items()]
        effect = np.sum(ahead, axis=0) if ahead else np.zeros(1)
        return {**arrays, "effect": np.pad(effect, (0, int(ends[i] - ends.min())), "edge")}

    made = _singly.state(work, _singly.each(work, NEEDS.minimum, one, _level))
    arrays = {**made.arrays, "last": last}
    return State(arrays, {**made.values, "frequency": panel.frequency})


@dataclass(frozen=True)
class _History:
    """One series: values (T,) with gaps, days since 1970 (T,), regressors (T,) by name."""

    z: _working.Floats
    days: _working.Floats
    past: dict[str, _working.Floats]


def _regressors(panel: Panel, given: Mapping[str, _working.Floats]) -> dict[str, _working.Floats]:
    n, t = panel.values.shape
    for name, x in given.items():
        if x.ndim != 2 or x.shape[0] != n or x.shape[1] < t:
            raise MethodError(f"prophet regressor {name}: {x.shape} does not cover {n} × {t}")
        if not np.isfinite(x).all():
            row, column = np.argwhere(~np.isfinite(x))[0]
            raise MethodError(f"prophet regressor {name}: no number in row {row}, column {column}")
    return {name: np.asarray(x, dtype=np.float64) for name, x in given.items()}


def _level(value: float) -> _singly.Arrays:
    """Parameters of a level line."""
    numbers = {"slope": 0.0, "offset": value, "sigma": 0.0, "start": 0.0, "span": 1.0}
    numbers |= {"length": 1.0, "range": 0.0, "jump": 0.0, "chance": 0.0}
    arrays = {name: np.array(number) for name, number in numbers.items()}
    return {**arrays, "changes": np.zeros(1), "places": np.zeros(1), "effect": np.zeros(1)}


def _numbers(history: _History, flexibility: float) -> tuple[_singly.Arrays, dict[str, Effect]]:
    """Return one series' parameters on the working scale, and each regressor's effect.

    Time runs 0 to 1 over the history.
    """
    z, days, seen = history.z, history.days, np.isfinite(history.z)
    model = _optimised(history, flexibility)
    size, low = np.array([model.y_scale, model.y_min], dtype=np.float64)
    changes = np.ravel(model.params["delta"]) * size
    numbers = {
        "slope": np.asarray(model.params["k"]).item() * size,
        "offset": np.asarray(model.params["m"]).item() * size + low,
        "sigma": np.asarray(model.params["sigma_obs"]).item() * size,
        "start": days[seen][0],
        "span": days[seen][-1] - days[seen][0],
        "length": float(len(z) - 1),
        "range": np.ptp(z[seen]),
        "jump": np.abs(changes).mean() + 1e-8 * size,
        "chance": min(len(changes) / (len(z) - 1), 1.0),
    }
    arrays = {name: np.array(number) for name, number in numbers.items()}
    places = np.array(model.changepoints_t, dtype=np.float64)
    return {**arrays, "changes": changes, "places": places}, _effects(model, size)


def _effects(model: Prophet, size: float) -> dict[str, Effect]:
    """Return by regressor the function from its values to what it adds."""
    betas = np.ravel(model.params["beta"])

    def effect(k: int, name: str) -> Effect:
        told = model.extra_regressors[name]
        return lambda x: np.asarray(betas[k] * size * (x - told["mu"]) / told["std"])

    return {name: effect(k, name) for k, name in enumerate(model.extra_regressors)}


def _optimised(history: _History, flexibility: float) -> Prophet:
    """Return the library's model after its optimiser ran, its temporary files gone."""
    import pandas as pd

    prophet, seen = _library(), np.isfinite(history.z)
    dates = pd.Series(pd.to_datetime(history.days[seen], unit="D", origin="unix"))
    past = {name: x[seen] for name, x in history.past.items()}
    allowed = min(CHANGEPOINTS, len(dates) // 2)
    places = np.linspace(0, len(dates) - 2, allowed + 1).round().astype(int)[1:]
    model = prophet(
        changepoints=dates.iloc[places].reset_index(drop=True),
        changepoint_prior_scale=flexibility,
        yearly_seasonality=False,
        weekly_seasonality=False,
        daily_seasonality=False,
        uncertainty_samples=0,
        scaling="minmax",
    )
    for name in past:
        model.add_regressor(name)
    try:
        model.fit(pd.DataFrame({"ds": dates, "y": history.z[seen], **past}), seed=1, iter=ROUNDS)
    finally:
        if model.stan_backend is not None:
            model.stan_backend.cleanup()
    return model


def _library() -> type[Prophet]:
    """Import Prophet without its talk on optional plots and on every fit."""
    logging.getLogger("prophet.plot").setLevel(logging.CRITICAL)
    import cmdstanpy
    from prophet import Prophet

    cmdstanpy.disable_logging()  # only after its import, which sets its own level

    return Prophet


def _days(ordinals: _working.Ints | _working.Floats, frequency: str) -> _working.Floats:
    """Days since 1970-01-01 of the last day of periods, given by their place on the time line."""
    unix = 719163  # date(1970, 1, 1).toordinal()
    codes = (periods.from_ordinal(int(o), frequency) for o in np.ravel(ordinals))
    days = [periods.parse(code).end.toordinal() - unix for code in codes]
    return np.array(days, dtype=np.float64).reshape(np.shape(ordinals))


def _trend(t: _working.Floats, arrays: _singly.Arrays) -> _working.Floats:
    """Return the pieces' value (n, steps) at times (n, steps) on each series' own 0-to-1 line."""
    value = arrays["offset"][:, None] + arrays["slope"][:, None] * t
    for k in range(arrays["changes"].shape[1]):
        since = np.maximum(t - arrays["places"][:, k : k + 1], 0.0)
        value = value + arrays["changes"][:, k : k + 1] * since
    return np.asarray(value)


def _times(state: State, steps: int) -> _working.Floats:
    ahead = state.arrays["last"][:, None] + np.arange(1, steps + 1)
    days = _days(ahead, str(state.values["frequency"]))
    return np.asarray((days - state.arrays["start"][:, None]) / state.arrays["span"][:, None])


def _path(state: State, steps: int) -> _working.Floats:
    """The trend, at no point further from where it stands than history ever moved in as long."""
    end = _trend(np.ones((len(state.arrays["slope"]), 1)), state.arrays)
    move = _trend(_times(state, steps), state.arrays) - end
    length = np.maximum(state.arrays["length"][:, None], 1.0)
    reach = state.arrays["range"][:, None] * np.maximum(np.arange(1, steps + 1) / length, 1.0)
    effect = state.arrays["effect"]
    known = np.minimum(np.arange(1, steps + 1), effect.shape[1] - 1)
    return np.asarray(end + np.clip(move, -reach, reach) + effect[:, known])


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): the trend continued with its last slope."""
    return _singly.above_floor(state, _working.original(state, _path, horizon))


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size): slopes keep changing as they did, plus noise of each period.

    Prophet's own simulation of trends: a change comes as often as changepoints lie in history
    and is drawn from a Laplace distribution with the mean size of the changes found there.
    """
    steps = horizon + _singly.delay(state)
    shape = (len(state.arrays["sigma"]), steps, size)
    wide = {n: state.arrays[n][:, None, None] for n in ("chance", "jump", "span", "sigma")}
    shift = rng.laplace(0.0, 1.0, shape) * (rng.random(shape) < wide["chance"]) * wide["jump"]
    shift[:, 1:] = (shift[:, 1:] + shift[:, :-1]) / 2  # a change falls anywhere within its period
    shift[:, 0] /= 2
    t = np.diff(_times(state, steps), axis=1, prepend=1.0)[:, :, None]
    bend = (shift.cumsum(axis=1) * t).cumsum(axis=1)
    noise = rng.standard_normal(shape) * wide["sigma"]
    return _singly.drawn(state, _path(state, steps)[:, :, None] + bend + noise, horizon)
