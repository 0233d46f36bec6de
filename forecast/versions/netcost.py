"""Net cost of one area and year by account function, from a bundle or before there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from forecast import areas, projection
from forecast.errors import ProjectionError

if TYPE_CHECKING:
    import pandas as pd

    from forecast.bundle import Bundle
    from forecast.costs.adjustments import AdjustmentFile


def expected(
    prepared: projection.Prepared, files: Sequence[AdjustmentFile], area: str, year: int
) -> pd.Series[float]:
    """Return what `said` would find in the bundle, without making its other tables."""
    import pandas as pd

    state = projection.adjusted(prepared, files)[-1][1]
    inside = areas.inside(area)
    owned = [code in inside for code in state.base.codes]
    place = state.years.index(year)
    found = {
        code: float(state.net(function)[owned, place].mean(axis=-1).sum())
        for code, function in state.functions().items()
    }
    return pd.Series(found, name="value").rename_axis("function").sort_index()


def said(bundle: Bundle, area: str, year: int) -> pd.Series[float]:
    """Return mean net cost of an area and year by account function, DKK 1,000, current prices."""
    rows = bundle.rows(
        "cost", area=area, year=str(year), service="", price="current", component="net",
        series="forecast",
    )  # fmt: skip
    rows = rows[rows["quantile"].isna() & (rows["function"] != "")]
    if rows.empty:
        raise ProjectionError(
            f"bundle {bundle.id or 'in the making'} holds no forecast cost of {areas.name(area)} "
            f"in {year}; {bundle.meta['cost_reason'] or 'choose another year'}"
        )
    found: pd.Series[float] = rows.set_index("function")["value"].astype(float).sort_index()
    return found
