"""Extract: an area's rows of a bundle as long tables, small cells left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecast.bundle import TABLES
from forecast.view import VALUES, View

if TYPE_CHECKING:
    import pandas as pd

_COUNTED = ("history", "demand", "backtest")


def extract(view: View) -> dict[str, pd.DataFrame]:
    """Return the rows of each table that concern the area; `row` is the number in the bundle."""
    frames = {name: _rows(view, name) for name in TABLES if "area" in TABLES[name]}
    return {name: frame for name, frame in frames.items() if len(frame)}


def _rows(view: View, name: str) -> pd.DataFrame:
    import pandas as pd

    rows = view.slice(name)
    numbers = list(rows.rows.values())
    columns = {c: [rows.columns[c][n] for n in numbers] for c in TABLES[name]}
    frame = pd.DataFrame({"row": numbers, **columns})
    return _protected(view, name, frame)


def _protected(view: View, name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table without what the shield hides: rows of counts, or single values."""
    if name in _COUNTED:
        hidden = {s[1:] for s in view.shield.hidden if s[0] == view.area}
        series = zip(frame["model"], frame["service"], frame["age"], strict=True)
        return frame[[key not in hidden for key in series]].reset_index(drop=True)
    records = frame.to_dict("records")
    for column in (c for c in frame.columns if c in VALUES):
        hides = [view.shield.hides(name, column, view.area, _named(r)) for r in records]
        if any(hides):
            frame[column] = frame[column].mask(pd_mask(hides))
    return frame


def _named(record: dict[object, object]) -> dict[str, object]:
    return {str(k): v for k, v in record.items()}


def pd_mask(hides: list[bool]) -> pd.Series[bool]:
    """Return a mask as a column."""
    import pandas as pd

    return pd.Series(hides, dtype=bool)
