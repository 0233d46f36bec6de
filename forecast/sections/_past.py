"""The past of a series that its chart shows: earlier forecasts, and where figures break."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from forecast import periods
from forecast.reporting.view import View
from forecast.sections import _common

if TYPE_CHECKING:
    from forecast.sections._series import Series


def earlier(view: View, s: Series) -> tuple[tuple[_common.Point, ...], ...]:
    """Return the medians of the last three backtests by year (whole years of quarters)."""
    keys = {"model": s.model, "service": s.service, "age": s.age, "method": "combination"}
    rows = view.slice("backtest")
    found: dict[str, dict[int, list[float]]] = {}
    for key, row in rows.select(quantile=_common.MIDDLE, **keys):
        year = periods.year_of(str(key["period"]))
        value = float(rows.columns["value"][row])
        found.setdefault(str(key["origin"]), {}).setdefault(year, []).append(value)
    whole = 4 if any("Q" in origin for origin in found) else 1
    lines = [
        tuple((float(y), sum(v) / len(v)) for y, v in sorted(found[o].items()) if len(v) == whole)
        for o in sorted(found)[-3:]
    ]
    return tuple(line for line in lines if len(line) > 1)


def breaks(view: View, s: Series) -> tuple[tuple[float, str], ...]:
    """Return the breaks of a series by time, named by their number in the table of breaks."""
    return tuple(
        (_common.time_of(str(entry["date"])), str(i))
        for i, entry in numbered(view)
        if entry.get("date") and _concerns(entry, s, view.area)
    )


def numbered(view: View) -> tuple[tuple[int, dict[str, Any]], ...]:
    """Return the breaks that the area's report tells of, by the numbers that charts call them.

    Some are about a few municipalities only and stand in no other's report.
    """
    told = [
        entry
        for entry in view.meta["breaks"]
        if not entry.get("areas") or view.level != "municipality" or view.area in entry["areas"]
    ]
    return tuple(enumerate(told, start=1))


def _concerns(entry: Mapping[str, Any], s: Series, area: str) -> bool:
    """Whether a break is one of a series: of its model's data, its service and its area."""
    about = {"measure": s.measure, "model": s.model}
    if any(entry.get(name, own) != own for name, own in about.items()):
        return False
    some = ((entry.get("services"), s.service), (entry.get("areas"), area))
    return all(not named or own in named for named, own in some)
