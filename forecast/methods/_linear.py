"""Linear state space in numbers: what a library estimated, continued without the library.

Every member here ends as one Gaussian system (Durbin and Koopman 2012, section 3.1),
value = read · state + noise and state' = steady + move · state + disturbance, standardised by
each series' own steps so that optimisers see no units. Arrays of smaller systems are padded.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from forecast.methods import Needs, State, _singly, _working
from forecast.panel import Panel

Floats = _working.Floats
Fit = Callable[[Floats], _singly.Arrays]
EXACT = 1e-9  # steps that differ by less than this share of a series' size are all the same


def fit(panel: Panel, needs: Needs, one: Fit, *, scale: str, rate: bool) -> State:
    """Fit every series by a library, on its standardised working scale.

    Args:
        panel: series by periods.
        needs: of the member; without gaps, unobserved periods are bridged by a straight line.
        one: maps one standardised series (last value 0, root mean square step 1) to a system.
        scale: working scale.
        rate: work on rates where the panel has exposure.
    """
    work = _working.working(panel, scale=scale, rate=rate)

    def standardised(i: int, z: Floats) -> _singly.Arrays:
        bridged = work.z[i, work.z.shape[1] - len(z) :]
        centre, unit = float(bridged[-1]), float(np.sqrt(np.mean(np.diff(bridged) ** 2)))
        if np.ptp(np.diff(bridged)) <= EXACT * (1.0 + np.abs(bridged).max()):
            return _straight(centre, float(bridged[-1] - bridged[-2]))
        system = one(((z if needs.gaps else bridged) - centre) / unit)
        first = system["read"] @ system["cov"] @ system["read"] + system["noise"]
        sigma = unit * np.sqrt(first)
        return {**system, "centre": np.array(centre), "unit": np.array(unit), "sigma": sigma}

    fits = _singly.each(work, needs.minimum, standardised, _level)
    state = _singly.state(work, fits)
    unfitted = np.array([bool(reason) for reason in fits.reasons])
    unit = np.where(unfitted, state.arrays["sigma"], state.arrays["unit"])
    return State({**_rooted(state.arrays), "unit": unit}, state.values)


def system(model: Any, result: Any) -> _singly.Arrays:
    """Return the system of a statsmodels state space model after its last observation."""
    space = model.ssm
    select, steady = space["selection"], space["state_intercept"]
    return {
        "read": np.array(space["design"][0]),
        "move": np.array(space["transition"]),
        "steady": np.array(steady[:, -1] if steady.ndim == 2 else steady),
        "noise": np.array(space["obs_cov"][0, 0]),
        "stir": select @ space["state_cov"] @ select.T,
        "mean": np.array(result.predicted_state[:, -1]),
        "cov": np.array(result.predicted_state_cov[:, :, -1]),
    }


@contextmanager
def quiet() -> Iterator[None]:
    """Keep a library's warnings on one series' optimisation from the reader of all series."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def point(state: State, horizon: int) -> Floats:
    """Return (n, horizon): the system's expectation."""
    return _singly.above_floor(state, _working.original(state, _path, horizon))


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> Floats:
    """Return (n, horizon, size) draws of the system: state, disturbances and noise."""
    a, steps = state.arrays, horizon + _singly.delay(state)
    n, k = a["mean"].shape
    draw = _times(a["cov_root"], rng.standard_normal((n, k, size))) + a["mean"][:, :, None]
    z = np.empty((n, steps, size))
    for h in range(steps):
        noise = rng.standard_normal((n, size)) * np.sqrt(a["noise"])[:, None]
        z[:, h] = np.einsum("nk,nks->ns", a["read"], draw) + noise
        stir = _times(a["stir_root"], rng.standard_normal((n, k, size)))
        draw = _times(a["move"], draw) + a["steady"][:, :, None] + stir
    z = a["centre"][:, None, None] + a["unit"][:, None, None] * z
    return _singly.drawn(state, z, horizon)


def _level(value: float) -> _singly.Arrays:
    """A random walk at a value, which moves once it is given a unit."""
    one, zero = np.ones((1, 1)), np.zeros(1)
    system = {"read": np.ones(1), "move": one, "steady": zero, "noise": np.array(0.0)}
    system |= {"stir": one, "mean": zero, "cov": one}
    return {**system, "centre": np.array(value), "unit": np.array(0.0), "sigma": np.array(0.0)}


def _straight(value: float, step: float) -> _singly.Arrays:
    """A line without error: what no likelihood can be found for, and needs none."""
    still = {"stir": np.zeros((1, 1)), "cov": np.zeros((1, 1)), "unit": np.array(1.0)}
    return {**_level(value), **still, "mean": np.array([step]), "steady": np.array([step])}


def _path(state: State, steps: int) -> Floats:
    a, mean = state.arrays, state.arrays["mean"][:, :, None]
    path = np.empty((len(mean), steps))
    for h in range(steps):
        path[:, h] = np.einsum("nk,nk->n", a["read"], mean[:, :, 0])
        mean = _times(a["move"], mean) + a["steady"][:, :, None]
    return np.asarray(a["centre"][:, None] + a["unit"][:, None] * path)


def _times(matrix: Floats, vectors: Floats) -> Floats:
    return np.asarray(np.einsum("nij,njs->nis", matrix, vectors))


def _rooted(arrays: _singly.Arrays) -> _singly.Arrays:
    """Add square roots of the covariances, so that drawing needs no decomposition."""
    return arrays | {f"{name}_root": _root(arrays[name]) for name in ("cov", "stir")}


def _root(covariance: Floats) -> Floats:
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :])
