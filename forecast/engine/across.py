"""Across: what groups have in common, and what the series of one place have.

A total over groups (all services of the country, all services of a municipality) is as sure as
their errors are independent, and they are not: years that surprise in one service tend to surprise
in others, and a place that goes its own way in one does so in others too. Both shares are mean
products of pairs of standardised errors at past origins that belong to different groups
(intra-class correlations, Donner and Koval 1980), each error weighed by its expected size within
its group, and are believed by the number of origins. They say how the groups' common shocks
correlate and how the series' own ones do: the distribution of each series, and of each sum within
one group, stays what it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.engine.levels import summed

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
BELIEF = 1.0  # origins' worth of belief that nothing passes from group to group
PAIRS = 1e-6  # below which there are none
MOST_PLACE = 0.9


@dataclass(frozen=True)
class Across:
    """Shares of shocks that pass from group to group.

    Attributes:
        groups: of the variance of a group's common shock, what all groups share.
        place: of the variance of a series' own shock, what its place has in all groups.
    """

    groups: float = 0.0
    place: float = 0.0


@dataclass(frozen=True)
class Errors:
    """Past errors (o, n, H): standard normal scores, NaN where unknown, and expected sizes."""

    score: Floats
    size: Floats

    def weighed(self, group: Ints) -> tuple[Floats, Floats]:
        """Return scores × weights, and weights, that average to one in each group (n,)."""
        seen = np.isfinite(self.score)
        weight = np.where(seen, self.size, 0.0)
        known = np.maximum(_within(seen.astype(np.float64), group), 1.0)
        weight = weight / np.maximum(_within(weight, group) / known, 1e-300)[:, group]
        return weight * np.where(seen, self.score, 0.0), weight


def learn(errors: Errors, codes: tuple[Ints, Ints], common: tuple[float, float]) -> Across:
    """Learn what passes from group to group from errors at past origins.

    Args:
        errors: of the combination.
        codes: codes (n,) of group and of place.
        common: shares of the error variance that a group, and a region in it, have in common.
    """
    group, place = codes
    part, weight = errors.weighed(group)
    origins = int(np.isfinite(errors.score).any(axis=(1, 2)).sum())
    keep = origins / (origins + BELIEF)
    everyone, each = np.zeros_like(group), np.arange(len(group))
    apart = keep * _products((part, weight), (everyone, each), (group, place))
    alike = float(np.clip(apart / max(common[0], PAIRS), 0.0, 1.0))
    here = keep * _products((part, weight), (place,), (each,)) - alike * common[0]
    local = here / max(1.0 - sum(common), PAIRS)
    return Across(alike, float(np.clip(local, 0.0, MOST_PLACE)))


def mixed(share: float, common: Floats, own: Floats) -> Floats:
    """Return standard normal shocks of which a share of the variance is common."""
    return np.asarray(np.sqrt(share) * common + np.sqrt(1.0 - share) * own)


def _products(
    errors: tuple[Floats, Floats], plus: tuple[Ints, ...], minus: tuple[Ints, ...]
) -> float:
    """Return the mean product of the pairs within some classes and not within others.

    Args:
        errors: (o, n, H) weighed scores, and their weights.
        plus: codes (n,) of classes whose pairs count.
        minus: those whose pairs are taken out again; 0 where no pair is left.
    """
    products, pairs = (
        sum(float((_within(e, c) ** 2).sum()) for c in plus)
        - sum(float((_within(e, c) ** 2).sum()) for c in minus)
        for e in errors
    )
    return products / pairs if pairs > PAIRS else 0.0


def _within(values: Floats, code: Ints) -> Floats:
    """Return sums (o, k, H) of values (o, n, H) over the series of each class."""
    return np.moveaxis(summed(np.moveaxis(values, 1, 0), code), 0, 1)
