"""Sums: which coherent sums a panel has, what they are called, and which of them are the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from forecast.engine import levels
from forecast.engine.levels import Level
from forecast.engine.options import EngineOptions
from forecast.errors import DataError
from forecast.series.layout import Laid

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.intp]


def firsts(level: Level) -> Ints:
    """Return (sums,) the first series of each sum."""
    return np.asarray(np.unique(level.codes, return_index=True)[1], dtype=np.intp)


def names(keys: pd.DataFrame, level: Level) -> Any:
    """Return (sums,) names such as `category=a|region=b`; `total` without columns.

    Raises:
        DataError: a series bears the name of a sum.
    """
    found = np.array(
        [
            "|".join(f"{c}={keys[c].iloc[k]}" for c in level.columns) or "total"
            for k in firsts(level)
        ],
        dtype=object,
    )
    clash = sorted(set(found) & set(keys["unique_id"]))
    if clash:
        raise DataError(f"a series is called {clash[0]!r}, as a sum will be; rename the series")
    return found


def single(level: Level) -> NDArray[np.bool_]:
    """Return (sums,) whether a sum is of one series only, and so that series."""
    return np.asarray(np.bincount(level.codes) == 1)


def repeated(laid: Laid, options: EngineOptions) -> Iterator[tuple[str, str]]:
    """Yield each sum that is another one or a series by construction, with what it repeats.

    A sum of one series repeats the series; else a sum repeats the one above it where that one has
    no other part: the column has one value there.
    """
    keys, above = laid.panel.keys, None
    series = keys["unique_id"].to_numpy()
    for level in levels.of(laid.panel, options):
        named, first = names(keys, level), firsts(level)
        parts = np.bincount(above.codes[first]) if above else np.array([], dtype=np.intp)
        for k, alone in enumerate(single(level)):
            if alone:
                yield named[k], str(series[first[k]])
            elif above and parts[above.codes[first[k]]] == 1:
                yield named[k], names(keys, above)[above.codes[first[k]]]
        above = level
