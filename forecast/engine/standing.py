"""Standing: what is known of each series' size at an origin, so that errors may be pooled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.engine import scale
from forecast.methods._working import aligned
from forecast.panel import Panel

Floats = NDArray[np.float64]
SMALL = 30.0  # mean count below which quantiles of whole numbers are whole numbers


@dataclass(frozen=True)
class Standing:
    """Where each series stands at an origin.

    Attributes:
        scale: (n) size of a typical change.
        level: (n) absolute last value.
        floor: (n) value that the series cannot go below: zero, or −inf where it was negative.
        whole: (n) whether the series counts in whole numbers, and few of them.
    """

    scale: Floats
    level: Floats
    floor: Floats
    whole: NDArray[np.bool_]


def of(panel: Panel) -> Standing:
    """Describe every series of a panel as it stands at its end."""
    values = panel.values
    seen: NDArray[np.bool_] = np.isfinite(values)
    lowest = np.where(seen, values, np.inf).min(axis=1)
    mean = np.where(seen, np.abs(values), 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    broken = (seen & (np.where(seen, values, 0.0) % 1 != 0)).any(axis=1)
    return Standing(
        scale.of(panel),
        np.abs(np.nan_to_num(aligned(values)[0][:, -1])),
        np.where(lowest < 0, -np.inf, 0.0),
        ~broken & (mean < SMALL) & (lowest >= 0),
    )
