"""Momentum: what the newest errors say of the errors to come.

What moved a whole group last year and was missed goes on in part next year. The median error of a
group's series at the newest origin whose outcome is known moves the centre of all that is forecast
now, by a share that past origins taught (intercept correction, Clements and Hendry 1996). The bias
of all past origins together says next to nothing beside it.

What a series missed beside its group goes on too where things move slowly, and turns where much
of a level is chance; where members know all that it does neither. Which of these holds on a
panel, past origins tell: the slope of later errors on the newest one, both beside the group's, as
far as origins agree on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.engine import agreement
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
SHARE = 0.2  # of the newest error that goes on, before any origin is seen
BELIEF = 4.0  # origins' worth of that belief, each with a typical error
MOST = 0.35  # of a group's newest error, or of the own one of a series that has no others beside it
FEW = 10.0  # series whose median is believed half
OWN = 1.0  # origins' worth of belief that a series' own newest error says nothing
LARGE = 3.0  # errors beyond this many typical changes count no more


@dataclass(frozen=True)
class Errors:
    """Errors (o, n, H) at past origins in units of scale × √h, and the group of each series."""

    cuts: tuple[int, ...]
    unit: Floats
    group: Ints

    def newest(self, cut: int) -> Floats:
        """Return (groups,) median errors in the last period known at a cut; 0 where none is."""
        return self.middle(self._last(cut))

    def beside(self, cut: int) -> Floats:
        """Return (n,) what the series missed beside their group in that period; 0 where unknown."""
        return np.nan_to_num(self.apart(self._last(cut)))

    def _last(self, cut: int) -> Floats:
        """Return (n,) errors in the last period known at a cut, NaN where there are none."""
        for k in range(len(self.cuts) - 1, -1, -1):
            known = self.unit[k, :, : max(cut - self.cuts[k], 0)]
            seen = _seen(known)
            if len(seen):
                return known[:, seen[-1]]
        return np.full(len(self.group), np.nan)

    def apart(self, error: Floats) -> Floats:
        """Return errors (n,) less the median of their group."""
        return np.asarray(error - self.middle(error)[self.group])

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
    """Return what moves centres, in units of scale × √h: (o, n) then, and (n,) now.

    Origins that lie years of quarters apart are no successors: their newest errors are stale, and
    nothing moves.

    Args:
        trials: what members said and what happened.
        centre: (o, n, H) combined forecasts.
        group: (n,) series that share what happens to them.
    """
    cuts = trials.cuts
    if len(cuts) < 2 or trials.apart > 1:
        return np.zeros((len(cuts), len(group))), np.zeros(len(group))
    unit = trials.standing.scale[..., None] * root(centre.shape[2])
    error = np.clip((trials.actual - centre) / unit, -LARGE, LARGE)
    errors = Errors(cuts, error, group)
    known = (*cuts, errors.end())
    common = np.stack([errors.newest(cut) for cut in known])
    own = np.stack([errors.beside(cut) for cut in known])
    push = _share(errors, common[:-1]) * common[:, group] + _went_on(errors, own[:-1]) * own
    return push[:-1], push[-1]


def moved(centre: Floats, push: Floats, scale: Floats) -> Floats:
    """Return centres (…, n, H) moved by pushes (…, n) times scale × √h; a zero stays a zero."""
    far = (push * scale)[..., None] * root(centre.shape[-1])
    return np.where(centre != 0, centre + far, centre)


def root(horizon: int) -> Floats:
    """Return (H) how a common error grows with the horizon."""
    return np.asarray(np.sqrt(np.arange(1.0, horizon + 1)))


def _share(errors: Errors, then: Floats) -> float:
    """Return the share of a group's newest error that went on, leaning on SHARE."""
    size = np.abs(errors.unit[np.isfinite(errors.unit)])
    prior = BELIEF * float(np.median(size)) ** 2 if len(size) else BELIEF
    went, power, horizon = SHARE * prior, prior, errors.unit.shape[2]
    for k, row in enumerate(errors.unit):
        for h in _seen(row):
            went += float((then[k] * errors.middle(row[:, h])).mean()) / horizon
            power += float((then[k] ** 2).mean()) / horizon
    return float(np.clip(went / max(power, 1e-300), 0.0, MOST))


def _went_on(errors: Errors, own: Floats) -> float:
    """Return the share of the series' own newest errors (o, n) that went on, leaning on none.

    What one series missed, or a handful, leans on no group and is nearly all its own. Its few
    errors often agree on a share that the next one does not go on by, so that of n series is at
    most n/(n + FEW), or MOST.
    """
    slopes = []
    for row, newest in zip(errors.unit, own, strict=True):
        power = went = 0.0
        for h in _seen(row):
            later = errors.apart(row[:, h])
            power += float((newest[np.isfinite(later)] ** 2).sum())
            went += float((newest * np.nan_to_num(later)).sum())
        if power > 0:
            slopes.append(went / power)
    series = len(errors.group)
    most = max(MOST, series / (series + FEW))
    return float(np.clip(agreement.agreed(np.array(slopes), OWN), -most, most))


def _seen(error: Floats) -> NDArray[np.intp]:
    """Return the horizons at which errors (n, H) are known."""
    return np.flatnonzero(np.isfinite(error).any(axis=0))


def _median(error: Floats, prior: float) -> float:
    """Return the median of what is known of errors, leaning on a prior; that one without any."""
    known = error[np.isfinite(error)]
    middle = float(np.median(known)) if len(known) else prior
    return (middle * len(known) + FEW * prior) / (len(known) + FEW)
