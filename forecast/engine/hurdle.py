"""Hurdle: how likely a zero is.

A service that closed mostly stays closed, and a count that is often zero is often zero again; a
smooth interval around a small number says neither. A series of any kind that ends in zeros is zero
again as often as trials were after a run of as many zeros, learnt in the group and leaning on the
whole panel. A small count can be zero without such a run: its chance is the hurdle of Mullahy
(1986) with a complementary log-log link, exp(−e^a m^b c^run) at a forecast of m. A Poisson count's
is exp(−m), which is what is believed until trials say otherwise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.engine.standing import RUN
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
BELIEF = 4.0  # trials' worth of belief in the panel's share
POISSON: Floats = np.array([0.0, 0.0, 1.0])  # level, run of zeros, log of the forecast
DOUBT = 20.0  # precision of the belief in Poisson's; two trials of an even chance bring one
LEAST = 0.1  # added to a forecast: one of zero is not certain
ROWS = 50_000  # trials that are enough


def learn(trials: Trials, group: Ints) -> Floats:
    """Return (groups, RUN + 1, H) chances of a zero after a run of zeros; none without a run."""
    horizon = trials.actual.shape[2]
    chance = np.zeros((int(group.max()) + 1, RUN + 1, horizon))
    for run in range(1, RUN + 1):
        ended = (trials.standing.run == run)[..., None] & np.isfinite(trials.actual)
        stayed = ended & (trials.actual == 0)
        tried, zero = ended.sum(axis=0), stayed.sum(axis=0)  # (n, H)
        whole = (zero.sum(axis=0) + 1.0) / (tried.sum(axis=0) + 2.0)
        for code in range(len(chance)):
            own = group == code
            share = zero[own].sum(axis=0) + BELIEF * whole
            chance[code, run] = share / (tried[own].sum(axis=0) + BELIEF)
    return chance


def of(chance: Floats, group: Ints, run: Ints) -> Floats:
    """Return (n, H) each series' chance of a zero."""
    return np.asarray(chance[group, run])


def rarity(trials: Trials, centre: Floats) -> Floats:
    """Return (3,) how the chance of a zero of a small count goes with its run and its forecast.

    Args:
        trials: what happened.
        centre: (o, n, H) combined forecasts.
    """
    from scipy.optimize import minimize  # not before it is needed: it starts slowly

    known = trials.standing.whole[..., None] & np.isfinite(trials.actual)
    step = max(int(known.sum()) // ROWS, 1)
    signs = _signs(centre, trials.standing.run)[known][::step]
    zero = (trials.actual == 0)[known][::step]
    if not len(zero):
        return POISSON

    def loss(found: Floats) -> tuple[float, Floats]:
        rate = _rate(signs, found)
        away = found - POISSON
        unlikely = np.where(zero, rate, -np.log(-np.expm1(-rate)))
        slope = np.where(zero, rate, -rate / np.expm1(rate))
        return float(unlikely.sum() + DOUBT / 2 * away @ away), slope @ signs + DOUBT * away

    return np.asarray(minimize(loss, POISSON, jac=True, method="L-BFGS-B").x)


def of_rare(found: Floats, centre: Floats, run: Ints) -> Floats:
    """Return (n, H) chances of a zero of small counts (n, H) that end in runs of zeros (n,)."""
    return np.asarray(np.exp(-_rate(_signs(centre, run), found)))


def _signs(centre: Floats, run: Ints) -> Floats:
    """Return (…, n, H, 3): one, share of the longest run of zeros, log of the forecast."""
    level = np.log(np.maximum(centre, 0.0) + LEAST)
    ended = np.broadcast_to(run[..., None] / RUN, level.shape)
    return np.stack([np.ones(level.shape), ended, level], axis=-1)


def _rate(signs: Floats, found: Floats) -> Floats:
    return np.asarray(np.exp(np.clip(signs @ found, -12.0, 4.0)))
