"""Hardness: how large a group's errors are beside those of all.

Foster care and secure institutions do not miss by as much, in changes of their own, and a sum of
one service's municipalities should not be as wide as another's. The ratio of a group's mean error
to that of all is believed as far as its series and the origins tell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.engine import calibration
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
BELIEF_ORIGINS, BELIEF_SERIES = 2.0, 20.0  # origins' and series' worth of belief in no difference
LARGEST = 6.0  # unit errors beyond this say no more
LEAST, MOST = 0.5, 2.0


def learn(trials: Trials, centre: Floats, group: Ints) -> Floats:
    """Return (groups,) factors on the scale of a group's series; ones where there is one group.

    Args:
        trials: members' forecasts and outcomes.
        centre: (o, n, H) combined forecasts.
        group: (n,) code of each series' group.
    """
    factor = np.ones(int(group.max()) + 1)
    if len(factor) == 1:
        return factor
    signs = calibration.difficulty(trials.forecasts, trials.standing)
    flat = calibration.sized(trials, centre, signs)
    unit = np.abs(trials.actual - centre) / flat.spread(signs, trials.standing)
    seen: NDArray[np.bool_] = np.isfinite(unit)
    held = np.where(seen, np.minimum(unit, LARGEST), 0.0)
    origins = float(seen.any(axis=(1, 2)).sum())
    typical = held.sum() / max(seen.sum(), 1)
    for code in range(len(factor)):
        own = group == code
        count = seen[:, own].sum()
        if not count or typical <= 0:
            continue
        ratio = max(float(held[:, own].sum() / count / typical), 1e-6)
        series = float(own.sum())
        believed = origins / (origins + BELIEF_ORIGINS) * series / (series + BELIEF_SERIES)
        factor[code] = np.clip(ratio**believed, LEAST, MOST)
    return factor
