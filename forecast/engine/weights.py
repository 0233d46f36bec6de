"""Weights: how much each member counts, by horizon band, learnt over the whole panel.

Stacking (Breiman 1996) on scaled absolute errors at rolling origins: non-negative weights that
sum to one, pulled toward expected ones by a ridge that is the stronger the fewer the origins:
however many series there are, what happened to all of them in one year happened once. For the same
reason weights are learnt from one half of the origins after another and averaged (subagging,
Bühlmann and Yu 2002): no one year then rules which members count, and less pull is needed. A group
of series (one service beside another) has weights of its own, pulled toward those of all, the more
the fewer its series are: prices follow other members than counts do.
The absolute error is minimised by iteratively reweighted least squares.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
PULL = 0.05  # ridge toward what is expected, in mean squared member distances, over the origins
HALVED = 0.005  # the same where weights learnt from halves of the origins are averaged
BLOCKS = 4  # of neighbouring origins, which are judged on much the same years
FEW = 20.0  # series of a group that are pulled toward all twice as much as a large group's
ROUNDS = 5
CAP = 6.0  # scaled errors beyond this count no more than this
SUM = 1e3  # weight of the row that says: the weights sum to one
MOST = 4_000  # rows are enough to learn a dozen weights from
# What members are worth before any origin is seen, beside 1 for one that nothing is known of: over
# the ends of 118 short histories of real panels (three to eight periods) stacking gave most to
# those that pool, some to those that stay near the level, next to nothing to a series' own trend.
POOLING = (
    "pooled_growth", "pooled_growth_short", "shrunk_growth",
    "pooled_regression", "pooled_regression_log",
)  # fmt: skip
STEADY = ("smoothing", "mean_reversion", "mixed_growth", "group_share")
ALONE = (
    "naive", "drift", "drift_fading", "theta", "damped_trend", "damped_trend_log", "holt",
    "state_space", "state_space_log", "own_growth", "own_growth_short",
)  # fmt: skip
EXPECTED = dict.fromkeys(POOLING, 2.0) | dict.fromkeys(STEADY, 1.5) | dict.fromkeys(ALONE, 0.25)


@dataclass(frozen=True)
class Parted:
    """Weights learnt from parts of the origins.

    Attributes:
        blocks: neighbouring origins, taken or left out together.
        parts: (groups, H, m) weights by the blocks that they were learnt from.
        whole: (groups, H, m) weights to forecast with.
    """

    blocks: tuple[Ints, ...]
    parts: dict[tuple[int, ...], Floats]
    whole: Floats

    def without(self, block: int) -> Floats:
        """Return the mean of the weights that did not see a block."""
        kept = [weight for seen, weight in self.parts.items() if block not in seen]
        return np.asarray(np.mean(kept, axis=0))


def parted(trials: Trials, group: Ints) -> Parted:
    """Learn weights from every half of the origins, and average them.

    A half of few origins says too little, and origins that lie years of quarters apart are too
    different: there weights are learnt from all of them, and from all but one block.

    Args:
        trials: what members said and what happened.
        group: (n,) code of each series' group.
    """
    origins = len(trials.cuts)
    blocks = tuple(np.array_split(np.arange(origins), min(BLOCKS, origins)))
    halved = origins >= BLOCKS and int(np.diff(trials.cuts).min()) == 1
    pull = HALVED if halved else PULL
    size = len(blocks) // 2 if halved else len(blocks) - 1
    errors, parts = _scaled(trials), {}
    for chosen in combinations(range(len(blocks)), size):
        kept = [int(k) for b in chosen for k in blocks[b]]
        parts[chosen] = _by_group(errors.at(np.array(kept, dtype=np.intp)), group, pull)
    mean = np.asarray(np.mean(list(parts.values()), axis=0))
    return Parted(blocks, parts, mean if halved else _by_group(errors, group, pull))


def bands(horizon: int) -> list[Ints]:
    """Return horizon indices that share weights: 1, 2, 3–4, 5–8, 9–16 and so on."""
    edges = [0, 1, 2]
    while edges[-1] < horizon:
        edges.append(edges[-1] * 2)
    return [np.arange(a, min(b, horizon)) for a, b in pairwise(edges) if a < horizon]


def learn(trials: Trials, pull: float = PULL) -> Floats:
    """Return (H, m) weights: of all horizons pulled to what is expected, of each band to those."""
    return _learn(_scaled(trials), pull)


def expected(names: tuple[str, ...]) -> Floats:
    """Return (m) weights of members before any origin is seen, from what they did elsewhere."""
    share = np.array([EXPECTED.get(name, 1.0) for name in names])
    return np.asarray(share / share.sum())


@dataclass(frozen=True)
class _Errors:
    """Member paths (o, n, H, m) and outcomes (o, n, H), both from the first member, scaled."""

    names: tuple[str, ...]
    design: Floats
    target: Floats

    def at(self, origins: Ints) -> _Errors:
        """Return those at some origins."""
        return _Errors(self.names, self.design[origins], self.target[origins])

    def of(self, series: Ints) -> _Errors:
        """Return those of some series."""
        return _Errors(self.names, self.design[:, series], self.target[:, series])


def _scaled(trials: Trials) -> _Errors:
    said = np.ascontiguousarray(np.moveaxis(trials.forecasts, 1, -1))
    base = said[..., :1]
    far = np.sqrt(np.arange(said.shape[2]) + 1.0)
    size = (trials.standing.scale[..., None] * far)[..., None]
    target = np.clip((trials.actual[..., None] - base) / size, -CAP, CAP)[..., 0]
    return _Errors(trials.names, np.clip((said - base) / size, -CAP, CAP), target)


def _learn(errors: _Errors, pull: float) -> Floats:
    horizon = errors.target.shape[2]
    overall = _learnt(errors, np.arange(horizon), expected(errors.names), pull)
    return _by_band(errors, np.tile(overall, (horizon, 1)), pull)


def _by_group(errors: _Errors, group: Ints, pull: float) -> Floats:
    """Return (groups, H, m) weights: each group's pulled toward those of all, band by band."""
    everyone = _learn(errors, pull)
    groups = int(group.max()) + 1
    weight = np.tile(everyone, (groups, 1, 1))
    for code in range(groups if groups > 1 else 0):
        members = np.flatnonzero(group == code)
        own = errors.of(members)
        weight[code] = _by_band(own, everyone, pull * (1.0 + FEW / len(members)))
    return weight


def _by_band(errors: _Errors, prior: Floats, pull: float) -> Floats:
    """Return (H, m) weights by band, pulled toward a prior (H, m).

    A band that no origin has reached keeps the weights of the one before it: those of all horizons
    were learnt nearer by, and a forecast would jump where it turns to them. Where other groups have
    reached the band, so that the prior differs from its band before, the prior's are taken.
    """
    weight = prior.copy()
    for band in bands(len(prior)):
        first = int(band[0])
        if _enough(errors, band):
            weight[band] = _learnt(errors, band, prior[first], pull)
        elif first and np.array_equal(prior[first], prior[first - 1]):
            weight[band] = weight[first - 1]
    return weight


def _enough(errors: _Errors, band: Ints) -> bool:
    """Return whether enough has come of a band to learn weights from."""
    seen = np.isfinite(errors.target[..., band[0] : band[-1] + 1])
    return int(seen.sum()) >= 2 * len(errors.names)


def _learnt(errors: _Errors, band: Ints, prior: Floats, pull: float) -> Floats:
    """Return (m) weights of a band, pulled toward a prior; the prior where little is known."""
    window = slice(int(band[0]), int(band[-1]) + 1)
    target = errors.target[..., window]
    known: NDArray[np.bool_] = np.isfinite(target)
    if not _enough(errors, band):
        return prior
    count = int(known.sum())
    origins = int(known.any(axis=(1, 2)).sum())
    step = max(1, -(-count // MOST))
    design = errors.design[..., window, :][known][::step]
    return _stack(design, target[known][::step], pull / origins, prior)


def _stack(design: Floats, target: Floats, pull: float, prior: Floats) -> Floats:
    m = design.shape[1]
    weight = prior
    centred = design - design.mean(axis=1, keepdims=True)
    ridge = pull * float((centred**2).mean()) * m + 1e-9
    firm, toward = ridge * np.eye(m), ridge * prior
    for _ in range(ROUNDS):
        error = np.abs(target - design @ weight)
        importance = 1.0 / np.maximum(error, 0.05 * (error.mean() + 1e-12))
        importance /= importance.sum()
        weighed = design * importance[:, None]
        gram, lean = weighed.T @ design, weighed.T @ target
        weight = simplex_least_squares(gram + firm, lean + toward)
    return weight


def simplex_least_squares(gram: Floats, lean: Floats) -> Floats:
    """Minimise wᵀGw − 2bᵀw over weights ≥ 0 that sum to one.

    Non-negative least squares (Lawson and Hanson 1974) on G's root, with the sum as one heavy row.
    """
    from scipy.optimize import nnls

    m = len(lean)
    size = np.trace(gram)
    lower = np.linalg.cholesky(gram + 1e-12 * size * np.eye(m))
    system, right = np.empty((m + 1, m)), np.empty(m + 1)
    system[:m], right[:m] = lower.T, np.linalg.solve(lower, lean)
    system[m] = right[m] = SUM * float(np.sqrt(size))
    weight, _ = nnls(system, right)
    return np.asarray(weight / weight.sum())
