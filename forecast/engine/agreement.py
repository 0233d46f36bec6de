"""Agreement: how far origins that differ are believed together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def agreed(slopes: Floats, belief: float) -> float:
    """Return the mean of origins' slopes (o,) as far as they agree; 0 where there are not two.

    The share of its square that is not chance between origins (James and Stein 1961), times
    o/(o + belief).

    Args:
        slopes: one a past origin.
        belief: origins' worth of belief that there is none.
    """
    if len(slopes) < 2:  # one origin has nothing to agree with
        return 0.0
    mean = float(slopes.mean())
    chance = float(slopes.var(ddof=1)) / len(slopes)
    beyond = max(1 - chance / max(mean**2, 1e-300), 0.0)
    return len(slopes) / (len(slopes) + belief) * beyond * mean
