"""Walks: standard normal random walks, each found again by its name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast import seeds

Floats = NDArray[np.float64]
Name = tuple[str | int, ...]


@dataclass(frozen=True)
class Walks:
    """Random walks (H, S) over the horizon in each of S futures, of variance 1 at every horizon.

    Attributes:
        shape: horizon and number of futures.
        seed: seed of the run; a walk depends on it, on the shape and on its name alone.
        kept: walks that were drawn, where the same ones are asked for many times; None keeps none.
    """

    shape: tuple[int, int]
    seed: int
    kept: dict[Name, Floats] | None = None

    def of(self, *name: str | int) -> Floats:
        """Return the walk of a name, which nobody may write to."""
        if self.kept is None:
            return self._drawn(name)
        if name not in self.kept:
            self.kept[name] = self._drawn(name)
        return self.kept[name]

    def _drawn(self, name: Name) -> Floats:
        steps = seeds.generator(self.seed, *name).standard_normal(self.shape)
        for h in range(1, self.shape[0]):  # a running sum in place, row by row
            steps[h] += steps[h - 1]
        steps /= np.sqrt(np.arange(1, self.shape[0] + 1))[:, None]
        steps.flags.writeable = False  # many read the same one
        return steps
