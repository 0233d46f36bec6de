"""Sums: a level's sums as they were known at an origin, and what then came of them.

Series that begin late or have holes are filled, so that a sum is comparable over time. At an origin
they are filled with what was known there: a series that began later is no part of the sum, nor of
what its forecast is compared with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.engine.levels import Level, panel_of, summed, whole
from forecast.panel import Panel

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sums:
    """A level of sums over the series of a panel.

    Attributes:
        source: the series, their exposure without holes.
        level: which series make which sum.
    """

    source: Panel
    level: Level

    def known(self, cut: int) -> Panel:
        """Return the sums as a panel that holds what was known at a cut."""
        ends = cut == len(self.source.periods)
        past = self.source if ends else self.source.until(self.source.periods[cut - 1])
        return panel_of(past, self.level)

    def began(self, cut: int) -> NDArray[np.bool_]:
        """Tell which series (n,) were observed before a cut."""
        return np.asarray(np.isfinite(self.source.values[:, :cut]).any(axis=1))

    def followed(self, cut: int, horizon: int) -> Floats:
        """Return (k, up to horizon) what came of the series that had begun at a cut.

        A break after the cut that concerns only a part of a sum leaves nothing to compare with.
        """
        window, codes = slice(cut, cut + horizon), self.level.codes
        came = whole(self.source.values)[:, window]
        found = summed(np.where(self.began(cut)[:, None], came, 0.0 * came), codes)
        size = np.bincount(codes)
        for shift in self.source.breaks:
            inside = np.bincount(codes[shift.codes >= 0], minlength=len(size))
            if cut <= shift.first:
                found[(inside > 0) & (inside < size), shift.first - cut :] = np.nan
        return found
