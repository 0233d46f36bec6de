"""Calibration: how wide a forecast must be, from errors measured out of sample.

Split-conformal in spirit (Lei et al. 2018), with errors scaled by what was expected of them
(Romano et al. 2019 in the same spirit): errors of the combination at past origins, divided by
their expected size, are pooled over the panel; their quantiles are the widths. In-sample variance
is never used. The expected size is the series' scale, times growth with the horizon, times what
signs of difficulty say: how far the members disagree, how large a change is beside the level, how
the last changes compare with all, whether changes carry on and go one way, how large the series is
in its group. Their effect is a log-linear regression of the absolute error
(quasi-Poisson, McCullagh and Nelder 1989) under a ridge. That a small count hardly changed before
may be luck: its error is expected to be at least half of what the root of its forecast (Poisson)
says. Where a panel's errors are few their shape leans on that of errors elsewhere, whose tails are
heavier than a normal's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from forecast.engine import standing
from forecast.engine.knots import Knots
from forecast.engine.standing import Standing
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
TAIL = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.175, 0.25, 0.375)
LEVELS = np.array([*TAIL, 0.5, *(1 - p for p in reversed(TAIL))])
FREEDOM = 4.0  # of the Student's distribution that errors have where few tell their shape
NARROW = 0.9  # how far half of such errors reach, beside the expected size
USUAL: Floats = np.asarray(NARROW * stdtrit(FREEDOM, LEVELS) / stdtrit(FREEDOM, 0.75))
PLACES = Knots(ndtri(LEVELS))
FEW = 30  # errors below which a horizon borrows from the shorter ones
THIN = 60  # errors below which their shape is the usual one rather than their own
RIDGE = 250.0  # rows' worth of belief that the signs of difficulty say nothing
FAR = 50.0  # errors beyond this many typical changes are held there, as members are
LARGE = 10.0  # unit errors beyond this count no more in the fit of the signs
ROUNDS = 12
SHIFT = 20.0  # independent errors' worth of belief that the combination is not biased
BIAS = 0.6  # share of a bias of past origins that is seen again at later ones
REACH = 2.5  # the signs change a width by at most a factor exp(2.5)
SIGNS = standing.SIGNS + 2
HEIGHT = 1  # the sign that tells the size of the forecast
LUCK = 0.5  # share of the expected error by luck alone that a small count's is not below


@dataclass(frozen=True)
class Calibration:
    """Learnt widths.

    Attributes:
        growth: (H) median absolute scaled error by horizon.
        signs: (2, SIGNS) mean and slope of the signs of difficulty.
        shape: (H, levels) quantiles of the errors divided by their expected size.
    """

    growth: Floats
    signs: Floats
    shape: Floats

    def spread(self, difficulty: Floats, standing: Standing) -> Floats:
        """Return (…, n, H) expected size of the error.

        Args:
            difficulty: (…, n, H, SIGNS) signs of difficulty.
            standing: (…, n) where the series stand.
        """
        own = self.own(difficulty, standing.scale)
        if not standing.whole.any():
            return own
        least = LUCK * _luck(own, difficulty, standing)
        return np.where(standing.whole[..., None], np.maximum(own, least), own)

    def own(self, difficulty: Floats, scale: Floats) -> Floats:
        """Return (…, n, H) expected size of the error by each series' own scale (…, n) alone."""
        mean, slope = self.signs
        more = np.einsum("...f,f->...", difficulty - mean, slope)
        return np.asarray(scale[..., None] * self.growth * np.exp(np.clip(more, -REACH, REACH)))

    def quantiles(self, centre: Floats, spread: Floats, levels: Floats) -> Floats:
        """Return (n, H, levels): the centre plus calibrated error quantiles."""
        z = ndtri(np.asarray(levels, dtype=np.float64))
        unit = np.stack([self.errors(z, h) for h in range(centre.shape[1])])
        return centre[:, :, None] + spread[:, :, None] * unit[None]

    def errors(self, z: Floats, h: int) -> Floats:
        """Return unit errors at horizon index h for standard normal numbers, monotone in them."""
        return PLACES.read(z, self.shape[h])


def learn(trials: Trials, centre: Floats, signs: Floats) -> Calibration:
    """Learn widths from the errors that combined forecasts made at past origins.

    Args:
        trials: what members said and what happened.
        centre: (o, n, H) combined forecasts.
        signs: (o, n, H, SIGNS) signs of difficulty.
    """
    sizes = sized(trials, centre, signs)
    error = _held(trials.actual - centre, trials.standing.scale)
    return replace(sizes, shape=_shapes(error / sizes.spread(signs, trials.standing)))


def sized(trials: Trials, centre: Floats, signs: Floats) -> Calibration:
    """Learn how large errors are expected to be; their shape is the usual one.

    Args:
        trials: what members said and what happened.
        centre: (o, n, H) combined forecasts.
        signs: (o, n, H, SIGNS) signs of difficulty.
    """
    scale = trials.standing.scale
    error = _held(trials.actual - centre, scale)
    growth = _growth(error / scale[..., None], trials.apart)
    slopes = _slopes(np.abs(error / (scale[..., None] * growth)), signs)
    return Calibration(growth, slopes, np.tile(USUAL, (len(growth), 1)))


def _luck(own: Floats, difficulty: Floats, standing: Standing) -> Floats:
    """Return (…, n, H) sizes in proportion to the root of the forecast, for small counts.

    Over the small counts of the panel their sum is that of the expected errors (…, n, H).
    """
    root = np.sqrt(np.expm1(difficulty[..., HEIGHT]) * standing.scale[..., None] + 0.5)
    few = standing.whole[..., None]
    both = [np.where(few, x, 0.0).sum(axis=-2, keepdims=True) for x in (own, root)]
    return np.asarray(root * both[0] / np.maximum(both[1], 1e-9))


def _held(error: Floats, scale: Floats) -> Floats:
    """Return errors (o, n, H) no larger than what members are held to.

    A series that never moved and then jumps errs by billions of its typical changes, which nobody
    should expect of another.
    """
    reach = FAR * scale[..., None]
    return np.asarray(np.clip(error, -reach, reach))


def combined(forecasts: Floats, weight: Floats) -> Floats:
    """Return the weighted mean (…, n, H) of members' paths (…, m, n, H).

    Args:
        forecasts: (…, m, n, H) members' paths.
        weight: (H, m) weights of all series, or (n, H, m) of each.
    """
    if weight.ndim == 2:
        return np.asarray(np.einsum("...mnh,hm->...nh", forecasts, weight))
    return np.asarray(np.einsum("...mnh,nhm->...nh", forecasts, weight))


def difficulty(forecasts: Floats, standing: Standing) -> Floats:
    """Return (…, n, H, SIGNS): logs of disagreement and of height, and the standing's signs.

    Disagreement is that of the members, height the size of what they say; both in units of scale.

    Args:
        forecasts: (…, m, n, H) members' paths.
        standing: (…, n) where the series stand.
    """
    middle = forecasts.mean(axis=-3, keepdims=True)
    apart = np.abs(forecasts - middle).mean(axis=-3) / standing.scale[..., None]
    height = np.abs(middle[..., 0, :, :]) / standing.scale[..., None]
    said = np.stack([np.log(apart + 0.1), np.log1p(height)], axis=-1)
    own = np.broadcast_to(standing.signs[..., None, :], (*apart.shape, standing.signs.shape[-1]))
    return np.concatenate([said, own], axis=-1)


def normal_scores(error: Floats, spread: Floats, widths: Calibration) -> Floats:
    """Return errors (…, n, H) of some expected size as standard normal numbers."""
    unit = error / spread
    knots = ndtri(LEVELS)
    score = np.full(unit.shape, np.nan)
    for h in range(unit.shape[-1]):
        shape = widths.shape[h] + 1e-9 * np.arange(len(knots))
        score[..., h] = np.interp(unit[..., h], shape, knots)
    return np.where(np.isfinite(unit), score, np.nan)


def _slopes(unit: Floats, signs: Floats) -> Floats:
    """Return mean and slope (2, SIGNS) of a log-linear regression of errors on the signs."""
    ok = np.isfinite(unit)
    if ok.sum() < SIGNS + 2:
        return np.zeros((2, SIGNS))
    error, rows = np.minimum(unit[ok], LARGE), signs[ok]
    mean = rows.mean(axis=0)
    design = np.concatenate([np.ones((len(rows), 1)), rows - mean], axis=1)
    slope = np.zeros(SIGNS + 1)
    slope[0] = np.log(error.mean() + 1e-9)
    ridge = np.diag([0.0] + [RIDGE] * SIGNS)
    for _ in range(ROUNDS):
        linear = np.clip(design @ slope, -8.0, 8.0)
        level = np.exp(linear)
        weighed = design * level[:, None]
        target = linear + (error - level) / level
        slope = np.linalg.solve(weighed.T @ design + ridge, weighed.T @ target)
    return np.stack([mean, slope[1:]])


def _growth(error: Floats, apart: int) -> Floats:
    """Median absolute error by horizon, never falling; a thin horizon grows by the square root.

    What makes a horizon thin is how many independent errors it is known from: series share an
    origin's shock, and origins that follow one another look at the same years. Origins further
    apart are those of quarters, whose season returns: there each error counts.

    Args:
        error: (o, n, H) scaled errors.
        apart: periods between neighbouring origins.
    """
    growth = np.ones(error.shape[2])
    for h in range(error.shape[2]):
        known = np.abs(error[..., h][np.isfinite(error[..., h])])
        own = float(np.median(known)) if len(known) else 0.0
        before = growth[h - 1] if h else 0.0
        guess = before * np.sqrt((h + 1) / h) if h else 1.0
        alone = h == 0 or apart > 1 or own == 0
        count = len(known) if alone else _worth(error[..., [h]] / own, h + 1)
        share = count / (count + FEW)
        growth[h] = max(share * own + (1 - share) * guess, before, 1e-3)
    return growth


def _shapes(unit: Floats) -> Floats:
    """Return (H, levels) quantiles of unit errors; a horizon without any has the shorter one's."""
    shapes = [USUAL]
    for h in range(unit.shape[2]):
        near = unit[..., max(h - 1, 0) : h + 2]
        shapes.append(_shape(near) if np.isfinite(near).any() else shapes[-1])
    return np.stack(shapes[1:])


def _shape(near: Floats) -> Floats:
    """Quantiles of unit errors at neighbouring horizons, the usual ones while they are thin."""
    known = near[np.isfinite(near)]
    share = len(known) / (len(known) + THIN)
    # the finite-sample correction of conformal prediction, on both tails
    lift = (1 + 1 / len(known)) * (LEVELS - 0.5) + 0.5
    worth = _worth(near)
    own = np.quantile(known, np.clip(lift, 0, 1)) * _doubt(worth)
    origins = int(np.isfinite(near).any(axis=(1, 2)).sum())
    own = _believed(own, BIAS * worth / (worth + SHIFT), origins / (origins + 1))
    return np.maximum.accumulate(share * own + (1 - share) * USUAL)


def _believed(own: Floats, bias: float, skewness: float) -> Floats:
    """Return error quantiles of which only shares of the median and of the skewness are kept.

    Both are what few origins had in common; neither tends to come back as large.
    """
    middle = own[len(own) // 2]
    apart = own - middle
    even = (apart - apart[::-1]) / 2
    return np.asarray(bias * middle + skewness * apart + (1 - skewness) * even)


def _doubt(worth: float) -> Floats:
    """Return (levels,) Student's quantiles over the normal's for so many independent errors.

    Series of one origin share its shock, so they are fewer than they look.
    """
    ratio = np.ones(len(LEVELS))
    off = LEVELS != 0.5
    ratio[off] = stdtrit(max(worth - 1.0, 3.0), LEVELS[off]) / ndtri(LEVELS[off])
    return ratio


def _worth(unit: Floats, within: int = 1) -> float:
    """Return how many independent errors (o, n, h) are worth, by their intra-class correlation.

    Kish's design effect 1 + (m − 1)ρ over the m errors of one origin, or of as many origins as
    lie within their horizon, clipped so that a few large ones do not rule.
    """
    clipped = np.clip(unit, -3.0, 3.0).reshape(len(unit), -1)
    seen = np.isfinite(clipped)
    count = seen.sum(axis=1)
    total = np.where(seen, clipped, 0.0)
    variance = float((total**2).sum() / max(count.sum(), 1))
    pairs = float((count * (count - 1.0)).sum())
    if pairs <= 0 or variance <= 0:
        return float(max(count.sum(), 1))
    product = (total.sum(axis=1) ** 2 - (total**2).sum(axis=1)).sum() / pairs
    shared = float(np.clip(product / variance, 0.0, 1.0))
    used = count[count > 0]
    together = min(within, len(used))
    return float((used / (1 + (together * used - 1) * shared)).sum())
