"""One series at a time: how members that call a library answer for every series of a panel.

A library fits one series, may fail on it, and may return what is no number. Here each series gets
its own fit or, with the reason kept beside it, its last value held level.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from forecast.errors import MethodError
from forecast.methods import State, _working

FAILURES = (ValueError, RuntimeError, ArithmeticError, IndexError, np.linalg.LinAlgError)
Arrays = dict[str, _working.Floats]
Fit = Callable[[int, _working.Floats], Arrays]


@dataclass(frozen=True)
class Fits:
    """What the fits of all series gave.

    Attributes:
        arrays: by name one array a series, padded with zeros to one shape (n, …).
        reasons: (n,) why a series holds its last value; empty where it was fitted.
    """

    arrays: Arrays
    reasons: list[str]


def each(work: _working.Working, minimum: int, fit: Fit, level: Callable[[float], Arrays]) -> Fits:
    """Fit every series on its own; where that is not possible hold its last value.

    Args:
        work: the panel on its working scale.
        minimum: observed points that a fit needs.
        fit: maps a series' number and its values (NaN where unobserved, no leading NaN) to arrays.
        level: the arrays whose path is one value for ever.
    """
    results: list[Arrays] = []
    reasons: list[str] = []
    # threads cost more than they bring on matrices this small, and sum in an order of their own
    with threadpool_limits(1, user_api="blas"):
        for i in range(len(work.z)):
            found, reason = _one(i, work, minimum, fit)
            results.append(level(float(work.last[i])) if found is None else found)
            reasons.append(reason)
    shapes = {name: array.ndim for result in results for name, array in result.items()}
    zeros = {name: np.zeros((1,) * ndim) for name, ndim in shapes.items()}
    return Fits(
        {name: _stacked([r.get(name, zeros[name]) for r in results]) for name in shapes}, reasons
    )


def state(work: _working.Working, fits: Fits) -> State:
    """Return the state of a member that was fitted series by series, with its reasons.

    Arrays must hold `sigma` (n,), zero where a series was not fitted: those borrow the median.
    """
    sigma = fits.arrays["sigma"]
    own = np.array([not reason for reason in fits.reasons])
    sigma = _working.spread(np.where(own, sigma, np.nan)[:, None])
    made = work.state(**{**fits.arrays, "sigma": sigma})
    low = np.nanmin(np.where(work.seen, work.z, np.nan), axis=1)
    floor = np.where((made.arrays["_kind"] == 0) & (low >= 0), 0.0, -np.inf)
    return State({**made.arrays, "floor": floor}, {**made.values, "fallback": list(fits.reasons)})


def above_floor(state: State, values: _working.Floats) -> _working.Floats:
    """Keep (n, horizon[, size]) at or above zero for series that never were below it."""
    floor = state.arrays["floor"]
    return np.asarray(np.maximum(values, floor.reshape((-1,) + (1,) * (values.ndim - 1))))


def delay(state: State) -> int:
    """Return how many periods the longest silent series lies behind the panel's end."""
    return int(state.arrays["_lag"].max(initial=0))


def drawn(state: State, z: _working.Floats, horizon: int) -> _working.Floats:
    """Bring draws (n, horizon + delay, size) on the working scale to the panel's units."""
    take = state.arrays["_lag"].astype(np.intp)[:, None] + np.arange(horizon)[None, :]
    ahead = np.take_along_axis(z, take[:, :, None], axis=1)
    return above_floor(state, _working._units(state, ahead, take))


def _one(i: int, work: _working.Working, minimum: int, fit: Fit) -> tuple[Arrays | None, str]:
    count = int(work.count[i])
    if count < minimum:
        return None, f"{count} points, fewer than {minimum}: last value held"
    z = np.where(work.seen[i], work.z[i], np.nan)
    try:
        found = fit(i, z[int(np.argmax(work.seen[i])) :])
    except MethodError as error:
        return None, f"{error}: last value held"
    except FAILURES as error:
        return None, f"{type(error).__name__} in the fit: last value held"
    if not all(np.isfinite(array).all() for array in found.values()):
        return None, "the fit gave no finite numbers: last value held"
    return found, ""


def _stacked(arrays: list[_working.Floats]) -> _working.Floats:
    shape = np.max([np.shape(a) for a in arrays], axis=0)
    whole = np.zeros((len(arrays), *(int(s) for s in shape)))
    for i, array in enumerate(arrays):
        part = whole[i : i + 1]
        part[(slice(None), *(slice(0, s) for s in np.shape(array)))] = array
    return whole
