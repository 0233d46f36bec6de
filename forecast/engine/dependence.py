"""Dependence: how errors of series, regions and successive periods move together.

Each draw is a standard normal path a series, made of a shock that its group shares, one that its
region in the group shares, and its own; shares are intra-class correlations of the standardised
errors at past origins (Donner and Koval 1980), shrunk because origins are few. The group's is
learnt at each horizon, since what is shared next year and in five years differ, and leans on that
of all horizons together. Neighbouring origins look at much the same years: as many as lie within
the horizon count as one. What a variance known from so few shocks leaves open raises the share
(Student's quantiles over the normal's). Along the horizon the shocks are those of a random walk:
correlation √(h/k).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from forecast import seeds
from forecast.engine.calibration import Calibration, normal_scores
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
PRIOR_TOP, PRIOR_REGION = 0.10, 0.03  # shares believed before any origin is seen
BELIEF = 1.0  # origins' worth of that belief
LEAST = 3.0  # degrees of freedom, however few the origins
MOST, MOST_REGION = 0.8, 0.15


@dataclass(frozen=True)
class Dependence:
    """Shares of the error variance that a group and a region in it have in common.

    Attributes:
        top: (H) the group's, by horizon.
        region: the region's in the group.
    """

    top: Floats
    region: float

    def normal(
        self, places: tuple[list[str], Ints, Ints], shape: tuple[int, int], seed: int
    ) -> Floats:
        """Return (n, H, S) standard normal numbers with these shares.

        Args:
            places: a name, a group code and a region-in-group code a series; its own shocks
                depend on its name, not on its position.
            shape: horizon and number of draws.
            seed: seed of the run.
        """
        names, group, region = places
        top = _shared(group, shape, seed, "group")
        local = _shared(region, shape, seed, "region")
        share = self.top[: shape[0], None]
        own = np.sqrt(np.maximum(1.0 - share - self.region, 0.0))
        out = np.empty((len(names), *shape))
        for i, name in enumerate(names):
            out[i] = own * _walk(seeds.generator(seed, "own", name), shape)
            out[i] += np.sqrt(share) * top[group[i]]
            out[i] += np.sqrt(self.region) * local[region[i]]
        return out


def _shared(codes: Ints, shape: tuple[int, int], seed: int, kind: str) -> list[Floats]:
    return [_walk(seeds.generator(seed, kind, k), shape) for k in range(int(codes.max()) + 1)]


def _walk(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    steps = rng.standard_normal(shape)
    return steps.cumsum(axis=0) / np.sqrt(np.arange(1, shape[0] + 1))[:, None]


def learn(
    trials: Trials, centre: Floats, calibration: Calibration, groups: tuple[Ints, Ints]
) -> Dependence:
    """Learn the shares from the combination's errors at past origins.

    Args:
        trials: members' forecasts and outcomes.
        centre: (o, n, H) combined forecasts.
        calibration: widths that standardise the errors.
        groups: codes (n,) of group and of region within group.
    """
    score = normal_scores(trials, centre, calibration)
    pooled, origins = _intraclass(score, groups[0])
    both, _ = _intraclass(score, groups[1])
    keep = origins / (origins + BELIEF)
    local = keep * max(both - pooled, 0.0) + (1 - keep) * PRIOR_REGION
    region = float(np.clip(local, 0.0, MOST_REGION))
    believed = keep * pooled + (1 - keep) * PRIOR_TOP
    horizons = range(score.shape[2])
    if not origins:
        return Dependence(np.full(len(horizons), believed), region)
    apart = trials.cuts[-1] - trials.cuts[-2] if len(trials.cuts) > 1 else 1
    within = [max((h + 1) / apart, 1.0) for h in horizons]
    top = [_top(score[..., [h]], groups[0], believed, within[h]) for h in horizons]
    return Dependence(np.array(top), region)


def _top(score: Floats, group: Ints, believed: float, within: float) -> float:
    """Return the share that a group has in common at one horizon, leaning on that of all.

    Args:
        score: (o, n, 1) standard normal errors at the horizon.
        group: (n,) series that share a shock.
        believed: the share over all horizons.
        within: how many origins follow one another within the horizon, and share its years.
    """
    own, origins = _intraclass(score, group)
    worth = origins / within
    keep = worth / (worth + BELIEF)
    return float(np.clip((keep * own + (1 - keep) * believed) * _doubt(worth), 0.0, MOST))


def _doubt(worth: float) -> float:
    """Return how much more a group's shocks may vary than so many independent ones did.

    A shock to come is Student's rather than normal when the variance is known from a few past ones
    only: the squared ratio of their 90 % quantiles.
    """
    return float((stdtrit(max(worth, LEAST), 0.9) / ndtri(0.9)) ** 2)


def _intraclass(score: Floats, codes: Ints) -> tuple[float, float]:
    """Return mean product of pairs within a class, and how many origins it rests on."""
    pairs, products = 0.0, 0.0
    seen = np.isfinite(score)
    filled = np.where(seen, score, 0.0)
    for code in range(int(codes.max()) + 1):
        part, count = filled[:, codes == code], seen[:, codes == code].sum(axis=1)
        total, square = part.sum(axis=1), (part**2).sum(axis=1)
        products += float((total**2 - square).sum())
        pairs += float((count * (count - 1)).sum())
    origins = float(seen.any(axis=(1, 2)).sum())
    return (products / pairs if pairs else 0.0), (origins if pairs else 0.0)
