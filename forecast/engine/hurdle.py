"""Hurdle: how likely a series that ends in zeros stays at zero.

A service that closed mostly stays closed, and a count that is often zero is often zero again; a
smooth interval around a small number says neither. The chance is the share of trials that were
zero after a run of as many zeros, learnt in the group and leaning on the whole panel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.engine.standing import RUN
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
BELIEF = 4.0  # trials' worth of belief in the panel's share


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
