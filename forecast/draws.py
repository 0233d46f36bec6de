"""Draws: simulated joint futures, from which every quantile and every sum comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ProjectionError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Draws:
    """Joint futures of many series: draw number s is the same future in every series.

    Attributes:
        values: (n series, H periods, S draws), float32 as stored, float64 in sums and money.
        keys: one row a series, as in the panel.
        periods: H codes.
        measure: name of the measure.
        additive: key columns over which this measure may be summed (persons: not services).
    """

    values: NDArray[np.floating]
    keys: pd.DataFrame
    periods: tuple[str, ...]
    measure: str = ""
    additive: tuple[str, ...] = ("area",)

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit together."""
        n, h, _ = self.values.shape
        if len(self.keys) != n or len(self.periods) != h:
            raise ProjectionError(
                f"draws {self.measure}: values {self.values.shape}, but {len(self.keys)} keys "
                f"and {len(self.periods)} periods"
            )

    @property
    def size(self) -> int:
        """How many futures were simulated."""
        return int(self.values.shape[2])

    def quantile(self, levels: Sequence[float]) -> NDArray[np.float64]:
        """Return (n, H, len(levels)) quantiles over the draws."""
        placed = np.sort(self.values, axis=2)  # vectorised in numpy, so faster than a partition
        position = np.asarray(levels, dtype=np.float64) * (self.size - 1)
        below = np.floor(position).astype(np.intp)
        share = position - below
        low, high = (
            placed[:, :, place].astype(np.float64)
            for place in (below, np.minimum(below + 1, self.size - 1))
        )
        # from the nearer end, as numpy does: the same to the last bit
        near = high - (high - low) * (1 - share)
        return np.where(share < 0.5, low + (high - low) * share, near)

    def mean(self) -> NDArray[np.float64]:
        """Return (n, H) means over the draws."""
        return np.asarray(self.values.mean(axis=2, dtype=np.float64))

    def sum(self, by: Sequence[str]) -> Draws:
        """Add up, draw by draw, all series that agree in the columns `by`.

        Raises:
            ProjectionError: a column that would be summed away is not additive for the measure.
        """
        allowed = {*self.additive, *by}
        if "area" in self.additive:
            allowed.add("region")  # it only says where the area lies
        refused = [str(c) for c in self.keys if c not in allowed and self.keys[c].nunique() > 1]
        if refused:
            raise ProjectionError(
                f"{self.measure or 'this measure'} may not be summed over {', '.join(refused)}: "
                "the same person would be counted more than once"
            )
        codes, keys = _groups(self.keys, list(by))
        total = np.zeros((len(keys), *self.values.shape[1:]), dtype=np.float64)
        np.add.at(total, codes, self.values.astype(np.float64, copy=False))
        return replace(self, values=total, keys=keys)

    def scale(self, factor: NDArray[np.floating] | float) -> Draws:
        """Multiply by a factor that broadcasts to (n, H, S)."""
        return replace(self, values=self.values.astype(np.float64, copy=False) * factor)

    def rows(self, mask: NDArray[np.bool_]) -> Draws:
        """Return the series for which the mask is true."""
        return replace(
            self, values=self.values[mask], keys=self.keys.loc[mask].reset_index(drop=True)
        )


def _groups(keys: pd.DataFrame, by: list[str]) -> tuple[NDArray[np.integer], pd.DataFrame]:
    if not by:
        return np.zeros(len(keys), dtype=np.intp), keys.iloc[:1, :0].reset_index(drop=True)
    grouped = keys.groupby(by, sort=True, observed=True, dropna=False)
    codes = grouped.ngroup().to_numpy()
    first = keys.loc[~keys.duplicated(by), by].sort_values(by).reset_index(drop=True)
    return codes, first
