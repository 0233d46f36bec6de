"""Weights: how much each member counts, by horizon band, learnt over the whole panel.

Stacking (Breiman 1996) on scaled absolute errors at rolling origins: non-negative weights that
sum to one, pulled toward equal by a ridge that is the stronger the fewer the origins: however many
series there are, what happened to all of them in one year happened once. A group of series (one
service beside another) has weights of its own, pulled toward those of all, the more the fewer its
series are: prices follow other members than counts do.
The absolute error is minimised by iteratively reweighted least squares.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
PULL = 0.05  # ridge toward equal, in mean squared member distances, over the number of origins
FEW = 20.0  # series of a group that are pulled toward all twice as much as a large group's
ROUNDS = 5
CAP = 6.0  # scaled errors beyond this count no more than this
SUM = 1e3  # weight of the row that says: the weights sum to one
MOST = 4_000  # rows are enough to learn a dozen weights from


def bands(horizon: int) -> list[NDArray[np.intp]]:
    """Return horizon indices that share weights: 1, 2, 3–4, 5–8, 9–16 and so on."""
    edges = [0, 1, 2]
    while edges[-1] < horizon:
        edges.append(edges[-1] * 2)
    return [np.arange(a, min(b, horizon)) for a, b in pairwise(edges) if a < horizon]


def learn(trials: Trials) -> Floats:
    """Return (H, m) weights: of all horizons pulled toward equal, of each band toward those."""
    m, horizon = trials.forecasts.shape[1], trials.forecasts.shape[3]
    equal: Floats = np.full(m, 1.0 / m)
    overall = _learnt(trials, np.arange(horizon), equal)
    weight = np.tile(overall, (horizon, 1))
    for band in bands(horizon):
        weight[band] = _learnt(trials, band, overall)
    return weight


def by_group(trials: Trials, group: NDArray[np.intp]) -> Floats:
    """Return (groups, H, m) weights: each group's pulled toward those of all, band by band.

    Args:
        trials: what members said and what happened.
        group: (n,) code of each series' group.
    """
    everyone = learn(trials)
    groups = int(group.max()) + 1
    weight = np.tile(everyone, (groups, 1, 1))
    for code in range(groups if groups > 1 else 0):
        own = trials.of(group == code)
        pull = 1.0 + FEW / int((group == code).sum())
        for band in bands(len(everyone)):
            weight[code, band] = _learnt(own, band, everyone[band[0]], pull)
    return weight


def _learnt(trials: Trials, band: NDArray[np.intp], prior: Floats, pull: float = 1.0) -> Floats:
    """Return (m) weights of a band, pulled toward a prior; the prior where little is known."""
    design, target = _rows(trials, band)
    if len(target) < 2 * len(prior):
        return prior
    origins = int(np.isfinite(trials.actual[..., band]).any(axis=(1, 2)).sum())
    return _stack(design, target, pull * PULL / origins, prior)


def _rows(trials: Trials, band: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return member paths and outcomes as rows (N, m), (N,), both from the first member, scaled."""
    said = np.moveaxis(trials.forecasts[..., band], 1, -1)
    base = said[..., :1]
    size = (trials.standing.scale[..., None] * np.sqrt(band + 1.0))[..., None]
    target = np.clip((trials.actual[..., band, None] - base) / size, -CAP, CAP)[..., 0]
    design = np.clip((said - base) / size, -CAP, CAP)
    ok = np.isfinite(target)
    design, target = design[ok], target[ok]
    step = max(1, -(-len(target) // MOST))
    return design[::step], target[::step]


def _stack(design: Floats, target: Floats, pull: float, prior: Floats) -> Floats:
    m = design.shape[1]
    weight = prior
    centred = design - design.mean(axis=1, keepdims=True)
    ridge = pull * float((centred**2).mean()) * m + 1e-9
    for _ in range(ROUNDS):
        error = np.abs(target - design @ weight)
        importance = 1.0 / np.maximum(error, 0.05 * (error.mean() + 1e-12))
        importance /= importance.sum()
        weighed = design * importance[:, None]
        gram, lean = weighed.T @ design, weighed.T @ target
        weight = simplex_least_squares(gram + ridge * np.eye(m), lean + ridge * prior)
    return weight


def simplex_least_squares(gram: Floats, lean: Floats) -> Floats:
    """Minimise wᵀGw − 2bᵀw over weights ≥ 0 that sum to one.

    Non-negative least squares (Lawson and Hanson 1974) on G's root, with the sum as one heavy row.
    """
    from scipy.optimize import nnls

    m = len(lean)
    root = np.linalg.cholesky(gram + 1e-12 * np.trace(gram) * np.eye(m)).T
    right = np.linalg.solve(root.T, lean)
    heavy = SUM * float(np.sqrt(np.trace(gram)))
    system = np.vstack([root, np.full((1, m), heavy)])
    weight, _ = nnls(system, np.append(right, heavy))
    return np.asarray(weight / weight.sum())
