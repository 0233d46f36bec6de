"""Extract: an area's rows of a bundle as long tables, small cells left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecast.bundle import TABLES
from forecast.reporting.view import VALUES, View

if TYPE_CHECKING:
    import pandas as pd

_COUNTED = ("history", "demand", "backtest")
_CELLS = ("volumes", "comparison", "cases")


def extract(view: View) -> dict[str, pd.DataFrame]:
    """Return the rows of each table that concern the area; `row` is the number in the bundle."""
    frames = {name: _rows(view, name) for name in TABLES if "area" in TABLES[name]}
    return {name: frame for name, frame in frames.items() if len(frame)}


def _rows(view: View, name: str) -> pd.DataFrame:
    frame = view.store.frame(name, view.area)
    if name in _COUNTED:
        return _shown(view, frame)
    return _protected(view, name, frame) if name in _CELLS else frame


def _shown(view: View, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the series that may be shown."""
    hidden = {series[1:] for series in view.shield.hidden if series[0] == view.area}
    series = zip(frame["model"], frame["service"], frame["age"], strict=True)
    return frame[[key not in hidden for key in series]].reset_index(drop=True)


def _protected(view: View, name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose protected values are empty."""
    keys = [c for c in frame.columns if c not in VALUES]
    records = [dict(zip(keys, row, strict=True)) for row in frame[keys].itertuples(index=False)]
    for column in (c for c in frame.columns if c in VALUES):
        hides = [view.shield.hides(name, column, view.area, r) for r in records]
        frame.loc[hides, column] = float("nan")
    return frame
