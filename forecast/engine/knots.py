"""Knots: numbers read off a curve between fixed knots, many millions of them.

numpy's `interp` searches the knots for every number. Here a table says between which two knots a
number of a narrow cell lies, but for one knot at most in the cell, and one comparison decides. The
arithmetic is numpy's, so is every bit of the answer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CELLS = 2048  # narrower than any two knots are apart
BLOCK = 8192  # numbers at a time: they stay in the cache
FEW = 4096  # numbers below which a search costs less


class Knots:
    """Places of knots (k,), rising, that many curves have in common."""

    def __init__(self, places: Floats) -> None:
        """Lay the table of cells over the knots."""
        self.places = places
        self.low, reach = float(places[0]), float(places[-1] - places[0])
        self.per_unit = (CELLS - 1) / reach
        edge = self.low + np.arange(CELLS) / self.per_unit
        # an edge counts a little lower than it is: the comparison mends what rounding may do
        self.after = np.searchsorted(places, edge - 1e-9 * reach, side="right").astype(np.intp)
        self.next = np.append(places, np.inf)

    def read(self, x: Floats, heights: Floats) -> Floats:
        """Return (…) the curve through the knots' heights (k,) at finite x (…), level beyond."""
        if x.size < FEW:
            return np.asarray(np.interp(x, self.places, heights))
        slope = np.concatenate([[0.0], np.diff(heights) / np.diff(self.places), [0.0]])
        base = np.concatenate([self.places[:1], self.places])
        height = np.concatenate([heights[:1], heights])
        rows = x.reshape(len(x), -1)
        out = np.empty(rows.shape)
        step = max(1, BLOCK // rows.shape[1])
        for start in range(0, len(rows), step):
            block = rows[start : start + step]
            place = self._after(block)
            value = block - base.take(place)
            value *= slope.take(place)
            value += height.take(place)
            out[start : start + step] = value
        return out.reshape(x.shape)

    def _after(self, x: Floats) -> NDArray[np.intp]:
        """Return how many knots lie at or below each number."""
        cell = (x - self.low) * self.per_unit
        np.clip(cell, 0, CELLS - 1, out=cell)
        place = self.after.take(cell.astype(np.intp))
        place += x >= self.next.take(place)
        return np.asarray(place)
