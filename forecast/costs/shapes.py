"""Shapes: how the costs of single cases are spread around their average, with a heavy tail.

A case costs the average of its function times Z. Z is lognormal up to a quantile and Pareto
above it, continuous where the two meet, with mean 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import special

from forecast import files, services, tomlfile
from forecast.costs import refunds
from forecast.costs.thresholds import GROUPS, Steps
from forecast.errors import DataError, SpecError

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
FILE = "data/registers/case_costs.toml"
START = 0.95  # share of own cases below which they are the body, above which the tail
ENOUGH = 100  # cases of a group, below which the shape is not fitted to them
BODY, TAIL = 4000, 4000  # points by which the distribution is represented


@dataclass(frozen=True)
class Shape:
    """How costs are spread around their mean.

    Attributes:
        sigma: standard deviation of log cost in the lognormal body.
        start: quantile at which the Pareto tail begins.
        alpha: the tail's index, above 1; the smaller, the heavier.
        source: where the shape is from.
    """

    sigma: float
    start: float
    alpha: float
    source: str = "assumption"

    def __post_init__(self) -> None:
        """Refuse a distribution that has no mean."""
        if not (self.sigma > 0 and 0 < self.start < 1 and self.alpha > 1):
            raise SpecError(
                f"case costs: sigma {self.sigma}, start {self.start}, alpha {self.alpha}; expected "
                "sigma above 0, start between 0 and 1, alpha above 1 (else there is no mean)"
            )

    def quantile(self, u: Floats) -> Floats:
        """Return quantiles of Z."""
        body = np.exp(self.sigma * special.ndtri(np.minimum(u, self.start)))
        tail = np.maximum((1 - self.start) / np.maximum(1 - u, 1e-300), 1.0) ** (1 / self.alpha)
        return np.asarray(body * tail / self._mean, dtype=np.float64)

    def above(self, z: Floats) -> Floats:
        """Return the probability that Z exceeds z."""
        raw = np.maximum(np.asarray(z, dtype=np.float64) * self._mean, 1e-300)
        joint = np.exp(self.sigma * special.ndtri(self.start))
        body = special.ndtr(-np.log(raw) / self.sigma)
        tail = (1 - self.start) * (joint / raw) ** self.alpha
        return np.where(raw < joint, body, tail)

    @property
    def _mean(self) -> float:
        """The mean before it is scaled to 1."""
        edge = special.ndtri(self.start)
        body = np.exp(self.sigma**2 / 2) * special.ndtr(edge - self.sigma)
        tail = np.exp(self.sigma * edge) * (1 - self.start) * self.alpha / (self.alpha - 1)
        return float(body + tail)

    def points(self) -> tuple[Floats, Floats]:
        """Return points of Z and their probabilities: the body evenly, the tail ever finer."""
        body = (np.arange(BODY) + 0.5) / BODY * self.start
        edges = (1 - self.start) * np.geomspace(1, 1e-9, TAIL + 1)
        weights = np.concatenate([np.full(BODY, self.start / BODY), edges[:-1] - edges[1:]])
        u = np.concatenate([body, 1 - np.sqrt(edges[:-1] * edges[1:])])
        z = self.quantile(u)
        return z / float((weights * z).sum()), weights


@cache
def standard() -> dict[str, Shape]:
    """Return the shapes that hold where nothing better is known.

    Raises:
        SpecError: a key is unknown or missing, or a shape has no mean.
    """
    entries = tomlfile.read(files.assets() / FILE)
    shapes = {}
    for group in GROUPS:
        entry = dict(entries.get(group, {}))
        counts = entry.pop("counts", None)
        shape = tomlfile.record(Shape, entry, f"{FILE} [{group}]")
        shapes[group] = shape if counts is None else fit_counts(counts, shape)
    return shapes


def fit(costs: Floats) -> Shape:
    """Fit the shape to the costs of single cases, each divided by its service's mean.

    The body's spread is that of the middle half; the tail's index is Hill's.

    Raises:
        DataError: a cost is not above 0.
    """
    if not (costs > 0).all():
        raise DataError("a case costs nothing or less; expected costs above 0")
    low, high = np.quantile(costs, [0.25, 0.75])
    sigma = float(np.log(high / low) / (2 * special.ndtri(0.75)))
    edge = np.quantile(costs, START)
    above = costs[costs > edge]
    alpha = len(above) / float(np.log(above / edge).sum())
    return Shape(sigma, START, max(alpha, 1.2), f"fitted to {len(costs)} cases")


def fit_counts(counts: Mapping[str, float], guess: Shape) -> Shape:
    """Fit the tail to published counts: cases in all, their mean, and cases above limits.

    Args:
        counts: `cases`, `mean` (DKK 1,000) and, by limit as text, the number of cases above it.
        guess: the shape that the fit begins from; its `start` is kept.
    """
    from scipy import optimize

    limits = np.array([float(k) for k in counts if k not in ("cases", "mean")])
    number = np.array([v for k, v in counts.items() if k not in ("cases", "mean")])
    observed = np.log(number / counts["cases"])

    def miss(x: Floats) -> float:
        shape = Shape(float(np.exp(x[0])), guess.start, 1.01 + float(np.exp(x[1])))
        found = np.log(np.maximum(shape.above(limits / counts["mean"]), 1e-12))
        return float(((found - observed) ** 2).sum())

    first = np.log([guess.sigma, guess.alpha - 1.01])
    best = optimize.minimize(miss, first, method="Nelder-Mead").x
    sigma, alpha = float(np.exp(best[0])), 1.01 + float(np.exp(best[1]))
    return Shape(sigma, guess.start, alpha, f"fitted to counts above {len(limits)} limits")


def of_cases(cases: pd.DataFrame | None) -> dict[str, Shape]:
    """Return the shape of each group: fitted to own cases where there are enough of them.

    Args:
        cases: the dataset `own_cases` (DKK 1,000 a year, by service, period and months with a
            cost), or None.

    Raises:
        DataError: a case costs less than nothing.
    """
    shapes = dict(standard())
    if cases is None:
        return shapes
    negative = cases[cases["value"] < 0]
    if len(negative):
        row = negative.iloc[0]
        raise DataError(f"case {row['case']} costs {row['value']}; expected 0 or more")
    paid = cases[cases["value"] > 0]
    yearly = paid["value"] * refunds.MONTHS / paid["months"].astype(float)
    ratio = yearly / yearly.groupby([paid["service"], paid["period"]]).transform("mean")
    groups = paid["service"].map({s: group_of(s) for s in paid["service"].unique()})
    for group in GROUPS:
        mine = ratio[groups == group].to_numpy(dtype=np.float64)
        if len(mine) >= ENOUGH:
            shapes[group] = fit(mine)
    return shapes


def group_of(service: str) -> str:
    """Return whose refund rule a service falls under: `adults` or `children`."""
    return "adults" if services.get(service).age.startswith("18") else "children"


def refunded(means: Floats, steps: Steps, shape: Shape) -> Floats:
    """Return the share of cost that is refunded, by the mean cost of a case (DKK 1,000)."""
    points, weights = shape.points()
    grid = np.geomspace(1e-2, 10, 300) * steps.limits[0]
    share = [float((weights * refunds.yearly(mean * points, steps)).sum() / mean) for mean in grid]
    found = np.interp(np.log(np.maximum(means, 1e-9)), np.log(grid), np.array(share))
    return np.asarray(found, dtype=np.float64)


def partial_moments(shape: Shape, mean: Floats, limits: Sequence[float]) -> Floats:
    """Return (…, 3) for the cases between two limits: probability, mean and variance of cost."""
    points, weights = shape.points()
    order = np.argsort(points)
    z, w = points[order], weights[order]
    sums = np.concatenate([np.zeros((1, 3)), np.cumsum(np.stack([w, w * z, w * z**2], 1), axis=0)])
    at = [np.searchsorted(z, np.asarray(limit) / mean) for limit in limits]
    part = sums[at[1]] - sums[at[0]]
    p = part[..., 0]
    first = np.divide(part[..., 1], p, out=np.zeros_like(p), where=p > 0)
    second = np.divide(part[..., 2], p, out=np.zeros_like(p), where=p > 0)
    variance = np.maximum(second - first**2, 0.0)
    return np.stack([p, first * mean, variance * mean**2], axis=-1)
