"""Momentum: what the newest error of a group says of the errors to come.

What moved a whole group last year and was missed goes on in part next year. The median error of a
group's series at the newest origin whose outcome is known moves the centre of all that is forecast
now, by a share that past origins taught (intercept correction, Clements and Hendry 1996). The bias
of all past origins together says next to nothing beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
SHARE = 0.2  # of the newest error that goes on, before any origin is seen
BELIEF = 4.0  # origins' worth of that belief, each with a typical error
MOST = 0.35
FEW = 10.0  # series whose median is believed half
LARGE = 3.0  # errors beyond this many typical changes count no more


@dataclass(frozen=True)
class Errors:
    """Errors (o, n, H) at past origins in units of scale × √h, and the group of each series."""

    cuts: tuple[int, ...]
    unit: Floats
    group: Ints

    def newest(self, cut: int) -> Floats:
        """Return (groups,) median errors in the last period known at a cut; 0 where none is."""
        for k in range(len(self.cuts) - 1, -1, -1):
            known = self.unit[k, :, : max(cut - self.cuts[k], 0)]
            seen = np.flatnonzero(np.isfinite(known).any(axis=0))
            if len(seen):
                return self.middle(known[:, seen[-1]])
        return np.zeros(int(self.group.max()) + 1)

    def middle(self, error: Floats) -> Floats:
        """Return (groups,) medians of errors (n,), leaning on that of all, and that one on 0."""
        whole = _median(error, 0.0)
        codes = range(int(self.group.max()) + 1)
        return np.array([_median(error[self.group == c], whole) for c in codes])

    def end(self) -> int:
        """Return the cut at which the last of the outcomes is known."""
        known = [c + h + 1 for c, row in zip(self.cuts, self.unit, strict=True) for h in _seen(row)]
        return max(known, default=self.cuts[-1])


def learn(trials: Trials, centre: Floats, group: Ints) -> tuple[Floats, Floats]:
    """Return what moves centres, in units of scale × √h: (o, groups) then, and (groups,) now.

    Args:
        trials: what members said and what happened.
        centre: (o, n, H) combined forecasts.
        group: (n,) series that share what happens to them.
    """
    groups = int(group.max()) + 1
    if not trials.cuts:
        return np.zeros((0, groups)), np.zeros(groups)
    unit = trials.standing.scale[..., None] * root(centre.shape[2])
    error = np.clip((trials.actual - centre) / unit, -LARGE, LARGE)
    errors = Errors(trials.cuts, error, group)
    then = np.stack([errors.newest(cut) for cut in trials.cuts])
    share = _share(errors, then)
    return share * then, share * errors.newest(errors.end())


def moved(centre: Floats, push: Floats, scale: Floats) -> Floats:
    """Return centres (…, n, H) moved by pushes (…, n) times scale × √h; a zero stays a zero."""
    far = (push * scale)[..., None] * root(centre.shape[-1])
    return np.where(centre != 0, centre + far, centre)


def root(horizon: int) -> Floats:
    """Return (H) how a common error grows with the horizon."""
    return np.asarray(np.sqrt(np.arange(1.0, horizon + 1)))


def _share(errors: Errors, then: Floats) -> float:
    """Return the share of the newest error that went on at past origins, leaning on SHARE.

    Origins that lie years of quarters apart are no successors: their newest error is stale.
    """
    if len(errors.cuts) < 2 or errors.cuts[-1] - errors.cuts[-2] > 1:
        return 0.0
    size = np.abs(errors.unit[np.isfinite(errors.unit)])
    prior = BELIEF * float(np.median(size)) ** 2 if len(size) else BELIEF
    went, power, horizon = SHARE * prior, prior, errors.unit.shape[2]
    for k, row in enumerate(errors.unit):
        for h in _seen(row):
            went += float((then[k] * errors.middle(row[:, h])).mean()) / horizon
            power += float((then[k] ** 2).mean()) / horizon
    return float(np.clip(went / max(power, 1e-300), 0.0, MOST))


def _seen(error: Floats) -> NDArray[np.intp]:
    """Return the horizons at which errors (n, H) are known."""
    return np.flatnonzero(np.isfinite(error).any(axis=0))


def _median(error: Floats, prior: float) -> float:
    """Return the median of what is known of errors, leaning on a prior; that one without any."""
    known = error[np.isfinite(error)]
    middle = float(np.median(known)) if len(known) else prior
    return (middle * len(known) + FEW * prior) / (len(known) + FEW)
