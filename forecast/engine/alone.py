"""Alone: members with intervals of their own, so that the combination's have something to beat.

A member says a point. Its interval at an origin is how far it missed at earlier origins, in units
of each series' mean change, by horizon and over all series of a level alike (split-conformal
prediction, Lei et al. 2018): what one would do who trusted that method alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FEWEST = 8  # errors below which they span no interval


@dataclass(frozen=True)
class Past:
    """What members said of one level at all origins that were tried.

    Attributes:
        cuts: (o) how many periods were known at each origin, rising.
        said: (o, m, n, H) points.
        actual: (o, n, H) what happened; NaN where unknown.
        scale: (o, n) mean change before the origin; NaN where there is none.
        floor: (o, n) what no value lies below.
    """

    cuts: tuple[int, ...]
    said: Floats
    actual: Floats
    scale: Floats
    floor: Floats

    def quantiles(self, member: int, cuts: tuple[int, ...], levels: tuple[float, ...]) -> Floats:
        """Return (cuts, n, H, levels) of a member; NaN where too little was known."""
        found = np.empty((len(cuts), *self.said.shape[2:], len(levels)))
        for cut, row in zip(cuts, found, strict=True):
            k = self.cuts.index(cut)
            np.multiply(self._spans(k, member, levels), self.scale[k][:, None, None], out=row)
            row += self.said[k, member][..., None]
            np.maximum(row, self.floor[k][:, None, None], out=row)
        return found

    def _spans(self, k: int, member: int, levels: tuple[float, ...]) -> Floats:
        """Return (H, levels) quantiles of a member's earlier errors, in mean changes.

        A horizon of which too little had happened takes the longest that had, by the root.
        """
        horizon = self.said.shape[3]
        found = np.full((horizon, len(levels)), np.nan)
        last = 0
        for h in range(horizon):
            over = [j for j in range(k) if self.cuts[j] + h < self.cuts[k]]
            missed = self.actual[over, :, h] - self.said[over, member, :, h]
            error = missed / self.scale[over]
            error = error[np.isfinite(error)]
            if len(error) >= FEWEST:
                found[h], last = np.quantile(error, levels), h + 1
            elif last:
                found[h] = found[last - 1] * np.sqrt((h + 1) / last)
        return found
