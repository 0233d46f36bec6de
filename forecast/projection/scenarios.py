"""Scenarios: projections of one base under different adjustments, compared.

All scenarios of a comparison share the base's draws, so a difference is the scenario's doing and
its interval is narrow. A scenario file is an adjustment file (`forecast.costs.adjustments`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import quantiles
from forecast.bundle import SHORT
from forecast.costs import tables
from forecast.costs.adjustments import AdjustmentFile
from forecast.costs.state import State
from forecast.costs.tables import Level
from forecast.errors import SpecError
from forecast.projection import Prepared, adjusted
from forecast.projection.provenance import described

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
BASE = "base"
TOGETHER = "together"


def compare(prepared: Prepared, files: Sequence[AdjustmentFile]) -> pd.DataFrame:
    """Return net cost of the base, of each scenario alone and of all together, in fixed prices.

    Returns:
        scenario, area, year, quantile, value, difference (from the base, in the same draw).

    Raises:
        SpecError: a scenario was made on other data, versions or years, or two have one title.
    """
    refuse_alike(files)
    refuse_others(prepared, files)
    runs = {BASE: prepared.state}
    for file in files:
        runs[file.title] = adjusted(prepared, [file])[-1][1]
    if len(files) > 1:
        runs[TOGETHER] = adjusted(prepared, files)[-1][1]
    level = prepared.level
    base = net(prepared.state, level)
    return _table({name: net(state, level) for name, state in runs.items()}, base, prepared.state)


def refuse_alike(files: Sequence[AdjustmentFile]) -> None:
    """Refuse scenarios of one title, the same file twice among them: which is which?

    Raises:
        SpecError: two have one title, or one is called as the comparison calls its own.
    """
    names = [BASE, TOGETHER, *(file.title for file in files)]
    twice = next((name for i, name in enumerate(names) if name in names[:i]), "")
    if twice:
        raise SpecError(
            f"two scenarios would be called {twice!r}; name each file once, and give each a title "
            "of its own"
        )


def refuse_others(prepared: Prepared, files: Sequence[AdjustmentFile]) -> None:
    """Refuse scenarios that were made for another projection than this one."""
    meta = described(prepared)
    for file in files:
        file.made_for.refuse_other(file.path or file.title, meta)


def net(state: State, level: Level) -> Floats:
    """Return (areas, years, draws) net cost of all functions, fixed prices."""
    current = tables.totals(state).all_net()
    return quantiles.with_sums(level.fixed(state, current))


def _table(runs: dict[str, Floats], base: Floats, state: State) -> pd.DataFrame:
    import pandas as pd

    where = quantiles.everywhere(state.years)
    parts = []
    for name, values in runs.items():
        rows, apart = quantiles.Rows("year", SHORT), quantiles.Rows("year", SHORT)
        rows.add(values, where, scenario=name)
        apart.add(values - base, where, scenario=name)
        parts.append(rows.frame().assign(difference=apart.frame()["value"]))
    columns = ["scenario", "area", "year", "quantile", "value", "difference"]
    whole = pd.concat(parts, ignore_index=True)
    texts = dict.fromkeys(("scenario", "area", "year"), "str")
    return whole.astype(texts)[columns]
