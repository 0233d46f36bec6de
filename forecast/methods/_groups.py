"""Group codes: which series of a panel share strength."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.errors import MethodError
from forecast.panel import Panel


def codes(panel: Panel, columns: tuple[str, ...]) -> NDArray[np.intp]:
    """Return (n,) codes 0 … k−1 of the groups that some key columns make; none: all in one.

    Raises:
        MethodError: a column is not among the panel's keys.
    """
    missing = [c for c in columns if c not in panel.keys.columns]
    if missing:
        raise MethodError(
            f"groups: {', '.join(missing)} is not a key of the panel "
            f"(keys: {', '.join(map(str, panel.keys.columns))})"
        )
    if not columns:
        return np.zeros(len(panel.keys), dtype=np.intp)
    import pandas as pd

    place = np.zeros(len(panel.keys), dtype=np.intp)
    for column in columns:
        own, names = pd.factorize(panel.keys[column], sort=True, use_na_sentinel=False)
        place = place * len(names) + own
    return np.unique(place, return_inverse=True)[1].astype(np.intp)
