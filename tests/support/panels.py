"""Small panels that tests of methods and engine share."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast.panel import Panel


def panel(
    values: NDArray[np.float64],
    exposure: NDArray[np.float64] | None = None,
    *,
    quarters: bool = False,
) -> Panel:
    """Return a panel of bare series, years from 2001 (or quarters from 2001Q1)."""
    n, t = values.shape
    codes = [f"{2001 + k // 4}Q{k % 4 + 1}" if quarters else f"{2001 + k}" for k in range(t)]
    keys = pd.DataFrame({"area": [f"{101 + k}" for k in range(n)]})
    return Panel(values.astype(np.float64), keys, tuple(codes), exposure, "counted")


def social(n: int = 24, t: int = 12, seed: int = 1, horizon: int = 3) -> Panel:
    """Return counts of two services in areas of three regions, with exposure and its projection."""
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(9, 1, n // 2))
    exposure = np.tile(size, 2)[:, None] * 1.005 ** np.arange(t + horizon)
    rate = 0.01 * np.exp(
        rng.normal(0, 0.3, (n, 1)) + 0.04 * np.arange(t) + 0.05 * rng.normal(size=(n, t)).cumsum(1)
    )
    values = rng.poisson(exposure[:, :t] * rate).astype(np.float64)
    area = [f"{101 + k % (n // 2)}" for k in range(n)]
    keys = pd.DataFrame(
        {
            "area": area,
            "region": [f"08{1 + int(a) % 3}" for a in area],
            "service": ["s85" if k < n // 2 else "s107" for k in range(n)],
        }
    )
    return Panel(values, keys, tuple(f"{2010 + k}" for k in range(t)), exposure, "supported")


def known_in_sum(stray: float = 0.2, seed: int = 0, t: int = 12) -> Panel:
    """Return counts that stray on their own, while regions and nation grow without a stray."""
    source = social(t=t, seed=seed)
    off = np.random.default_rng(seed).normal(0, stray, source.values.shape)
    for _, rows in source.keys.groupby(["service", "region"]):
        off[rows.index] -= off[rows.index].mean(axis=0)
    values = np.round(300 * (1 + off) * np.exp(0.06 * np.arange(t)))
    return Panel(values, source.keys, source.periods, None, "counted")
