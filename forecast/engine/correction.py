"""Correction: widths that past origins found too narrow or too wide are stretched or drawn in.

Calibrated widths assume that coming errors are like past ones. Whether they were, past origins
can tell: at each of the last ones the widths are learnt again from what was known there, and the
normal scores of what then happened are compared with a normal's: how far four in five of them, and
nineteen in twenty, reached, over how far they should have. All origins count together, since the
coming one is as likely to be a calm one as a rough one. Where they disagree the factor is not well
known, and a standard error is added; it is believed in proportion to the number of origins.
Conformal prediction corrects itself step by step in the same spirit (Gibbs and Candès 2021).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from forecast.engine import calibration, shocks
from forecast.engine.calibration import LEVELS, Calibration
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
ORIGINS = 6  # the last ones that are looked back upon
FEWEST = 2  # earlier origins below which widths cannot be learnt again
SCORES = 20  # errors below which an origin says nothing about coverage
BELIEF = 1.0  # origins' worth of belief that the widths are right
INTERVALS = np.array([0.8, 0.95])
REACH = ndtri((1 + INTERVALS) / 2)
NARROWEST, WIDEST = 0.85, 2.0  # too narrow an interval is the worse mistake


def corrected(
    widths: Calibration, trials: Trials, centre: Floats, signs: Floats, group: Ints
) -> Calibration:
    """Return widths stretched by what past origins said of widths learnt before them.

    Inside the 80 % interval errors are stretched by its factor, outside the 95 % interval by that
    one's, and between the two by a factor between; the median stays.

    Args:
        widths: learnt from these trials.
        trials: what members said and what happened, as known at the origin forecast from.
        centre: (o, n, H) combined forecasts.
        signs: (o, n, H, SIGNS) signs of difficulty.
        group: (n,) series that share what happens to them.
    """
    scores = _scores(trials, centre, signs, group)
    if not scores:
        return widths
    believed = len(scores) / (len(scores) + BELIEF)
    log = _log_reach(np.concatenate(scores)) + _standard_error(scores)
    factor = np.clip(np.exp(believed * log), NARROWEST, WIDEST)
    stretch = np.interp(np.abs(ndtri(LEVELS)), REACH, factor)
    middle = widths.shape[:, [len(LEVELS) // 2]]
    stretched = middle + (widths.shape - middle) * stretch
    return replace(widths, shape=np.maximum.accumulate(stretched, axis=1))


def _log_reach(score: Floats) -> Floats:
    """Return logs of how far the scores within each interval's share reached, over a normal's."""
    return np.asarray(np.log(np.clip(np.quantile(score, INTERVALS) / REACH, 1e-2, None)))


def _standard_error(scores: list[Floats]) -> Floats:
    """Return the standard error of the log reach, from how it differs between origins."""
    if len(scores) < FEWEST:
        return np.zeros(len(INTERVALS))
    each = np.stack([_log_reach(score) for score in scores])
    return np.asarray(each.std(axis=0, ddof=1) / np.sqrt(len(scores)))


def _scores(trials: Trials, centre: Floats, signs: Floats, group: Ints) -> list[Floats]:
    """Return an array an origin: absolute normal scores under the widths learnt before it.

    They are learnt from trials that the coming forecast's widths are learnt from, no younger ones.
    """
    found = []
    for k in range(max(FEWEST, len(trials.cuts) - ORIGINS), len(trials.cuts)):
        past = trials.before(trials.cuts[k])
        same = np.where(np.isfinite(trials.actual[:k]), past.actual, np.nan)
        past = replace(past, actual=same)
        usual = shocks.usual(past, centre[:k], group)
        widths = calibration.learn(usual, centre[:k], signs[:k])
        error, spread = trials.actual[k] - centre[k], widths.spread(signs[k], trials.standing.at(k))
        score = np.abs(calibration.normal_scores(error, spread, widths))
        known = score[np.isfinite(score)]
        if len(known) >= SCORES:
            found.append(known)
    return found
