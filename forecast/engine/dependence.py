"""Dependence: how errors of series, regions and successive periods move together.

Each draw is a standard normal path a series, made of a shock that its group shares, one that its
region in the group shares, and its own; shares are intra-class correlations of the standardised
errors at past origins (Donner and Koval 1980), each error weighed by its expected size, since a sum
feels the large series most. They are shrunk because origins are few. The group's is learnt at each
horizon and leans on that of all horizons together, which rises as √h: what moves a whole group goes
on longer than what moves one series, and never moves it less later on. Neighbouring origins look at
much the same years: as many as lie within the horizon count as one. A variance known from so few
shocks may be another: each future has a share of its own, its odds those that were learnt times
ν/χ², as for Student's t, at half as many degrees of freedom, since shocks last and two neighbours
tell little more than one. However large the share, each series on its own keeps its distribution.
Along the horizon the shocks are those of a random walk: correlation √(h/k). What groups have in
common, and a place in all of them, is told in `across`; it joins groups and changes nothing within
one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from forecast import seeds
from forecast.engine import across
from forecast.engine.across import Across
from forecast.engine.calibration import Calibration, normal_scores
from forecast.engine.trials import Trials
from forecast.engine.walks import Walks

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
PRIOR_TOP, PRIOR_REGION = 0.10, 0.03  # shares believed before any origin is seen
BELIEF = 1.0  # origins' worth of that belief
LASTING = 2.0  # years that a common shock goes on in: so many say as much as one
LEAST = 1.5  # degrees of freedom, however few the origins
PAIRS = 1e-6  # below which there are none
MOST, MOST_REGION = 0.8, 0.15


@dataclass(frozen=True)
class Dependence:
    """Shares of the error variance that a group and a region in it have in common.

    Attributes:
        top: (H) the group's, by horizon.
        region: the region's in the group.
        worth: (H) how many independent shocks the group's is known from.
        across: what groups have in common.
    """

    top: Floats
    region: float
    worth: Floats
    across: Across = field(default_factory=Across)

    def normal(self, places: tuple[list[str], Ints, Ints, Ints], walks: Walks) -> Floats:
        """Return (n, H, S) standard normal numbers with these shares.

        Args:
            places: a name and codes of group, region in group and place a series; its own shocks
                depend on its name, not on its position.
            walks: the shocks that they are made of.
        """
        names, group, region, place = places
        everyone = walks.of("everyone")
        top = [
            across.mixed(self.across.groups, everyone, t) for t in _shared(group, walks, "group")
        ]
        local = _shared(region, walks, "region")
        share = [self.shares(walks.shape, walks.seed, k) for k in range(int(group.max()) + 1)]
        own = [np.sqrt(np.maximum(1.0 - s - self.region, 0.0)) for s in share]
        common = [np.sqrt(s) * t for s, t in zip(share, top, strict=True)]
        first = np.unique(region, return_index=True)[1]  # a region lies in one group
        near = [
            common[group[i]] + np.sqrt(self.region) * t for i, t in zip(first, local, strict=True)
        ]
        out = np.empty((len(names), *walks.shape))
        for i, walk in self._own(names, place, walks):
            np.multiply(own[group[i]], walk, out=out[i])
            out[i] += near[region[i]]
        return out

    def _own(self, names: list[str], place: Ints, walks: Walks) -> Iterator[tuple[int, Floats]]:
        """Yield the row and the own shocks of each series, place by place."""
        if self.across.place == 0:
            for i, name in enumerate(names):
                yield i, walks.of("own", name)
            return
        at, here = -1, np.zeros(walks.shape)
        for i in np.argsort(place, kind="stable"):
            if place[i] != at:
                at = int(place[i])
                here = walks.of("place", at)
            yield int(i), across.mixed(self.across.place, here, walks.of("own", names[i]))

    def shares(self, shape: tuple[int, int], seed: int, code: int) -> Floats:
        """Return (H, S) the share that a group has in common in each future."""
        u = seeds.generator(seed, "share", code).uniform(size=shape[1])
        freedom = np.maximum(self.worth[: shape[0], None] / LASTING, LEAST)
        different, place = np.unique(freedom[:, 0], return_inverse=True)  # few: the least is held
        ratio = (different[:, None] / (2 * gammaincinv(different[:, None] / 2, u)))[place]
        top = self.top[: shape[0], None]
        odds = top / (1 - top) * ratio
        return np.asarray(np.minimum(odds / (1 + odds), 1.0 - self.region))


def _shared(codes: Ints, walks: Walks, kind: str) -> list[Floats]:
    return [walks.of(kind, k) for k in range(int(codes.max()) + 1)]


def learn(
    trials: Trials,
    centre: Floats,
    size: Floats,
    calibration: Calibration,
    groups: tuple[Ints, Ints, Ints],
) -> Dependence:
    """Learn the shares from the combination's errors at past origins.

    Args:
        trials: members' forecasts and outcomes.
        centre: (o, n, H) combined forecasts.
        size: (o, n, H) expected size of their errors.
        calibration: widths that standardise the errors.
        groups: codes (n,) of group, of region within group, and of place.
    """
    score = normal_scores(trials.actual - centre, size, calibration)
    pooled, origins = _intraclass(score, size, groups[0])
    both, _ = _intraclass(score, size, groups[1])
    keep = origins / (origins + BELIEF)
    local = keep * max(both - pooled, 0.0) + (1 - keep) * PRIOR_REGION
    believed = (keep * pooled + (1 - keep) * PRIOR_TOP) * _rising(score.shape[2])
    found = []
    for h, share in enumerate(believed):
        own = _intraclass(score[..., [h]], size[..., [h]], groups[0])
        found.append(_leaning(own, max((h + 1) / trials.apart, 1.0), float(share)))
    region = float(np.clip(local, 0.0, MOST_REGION))
    each, worth = np.array(found).T
    top = _lasting(each, calibration.growth)
    common = float(top.mean()), region
    joined = across.learn(across.Errors(score, size), (groups[0], groups[2]), common)
    return Dependence(top, region, worth, joined)


def _leaning(own: tuple[float, float], within: float, believed: float) -> tuple[float, float]:
    """Return a group's share at one horizon, and how many independent shocks it is known from.

    Args:
        own: the share at this horizon, and how many origins it rests on.
        within: how many origins follow one another within the horizon, and share its years.
        believed: the share that is believed before.
    """
    share, origins = own
    worth = origins / within
    leaning = (worth * share + BELIEF * believed) / (worth + BELIEF)
    return float(np.clip(leaning, 0.0, MOST)), worth


def _lasting(share: Floats, growth: Floats) -> Floats:
    """Return shares (H) under which what is common never varies less at a longer horizon.

    Args:
        share: common shares of the variance.
        growth: (H) size of the errors.
    """
    variance = growth**2
    return np.asarray(np.minimum(np.maximum.accumulate(share * variance) / variance, MOST))


def _rising(horizon: int) -> Floats:
    """Return (H) how the share of a common shock rises with the horizon, 1 on average."""
    root = np.sqrt(np.arange(1.0, horizon + 1))
    return np.asarray(root / root.mean())


def _intraclass(score: Floats, size: Floats, codes: Ints) -> tuple[float, float]:
    """Return mean product of pairs within a class, and how many origins it rests on.

    Args:
        score: (o, n, h) standard normal errors; NaN where unknown.
        size: (o, n, h) expected size of each error, by which it is weighed.
        codes: (n,) class of each series.
    """
    pairs, products = 0.0, 0.0
    seen = np.isfinite(score)
    filled = np.where(seen, score, 0.0)
    for code in range(int(codes.max()) + 1):
        known = seen[:, codes == code]
        weight = np.where(known, size[:, codes == code], 0.0)
        mean = weight.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        weight = weight / np.maximum(mean, 1e-300)[:, None]
        part = weight * filled[:, codes == code]
        products += float((part.sum(axis=1) ** 2 - (part**2).sum(axis=1)).sum())
        pairs += float((weight.sum(axis=1) ** 2 - (weight**2).sum(axis=1)).sum())
    origins = float(seen.any(axis=(1, 2)).sum())
    return (products / pairs, origins) if pairs > PAIRS else (0.0, 0.0)
