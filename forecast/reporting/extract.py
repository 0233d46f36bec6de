"""Extract: an area's rows of a bundle as long tables, small cells left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pandas as pd

from forecast.bundle import TABLES
from forecast.reporting import references
from forecast.reporting.document import Section, numbers
from forecast.reporting.view import VALUES, Store, View

# what protection looks at in each table; all rows that agree in these are shown or not together
_KEYS = {
    "history": ("model", "service", "age"),
    "demand": ("model", "service", "age", "series"),
    "backtest": ("model", "service", "age", "period"),
    "volumes": ("function", "service", "item", "series", "year"),
    "comparison": ("function", "service", "item", "year"),
    "cost": ("function", "service", "series"),
    "bridge": ("function", "service", "term"),
    "cases": ("group", "year", "threshold", "item"),
}
# what has no values beside the protected one: a row left empty would tell that it is there
_DROPPED = ("history", "demand", "backtest", "cost", "bridge", "volumes")


def extract(view: View) -> dict[str, pd.DataFrame]:
    """Return the rows of each table that concern the area; `row` is the number in the bundle."""
    frames = {name: _rows(view, name) for name in TABLES if "area" in TABLES[name]}
    return {name: frame for name, frame in frames.items() if len(frame)}


def named(
    view: View, sections: Iterable[Section], frames: dict[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Return tables with the rows that a report's numbers name and that are not the area's.

    Scores and prices have no area, and sums name what they sum; what is hidden has no reference.
    """
    found: dict[str, set[int]] = defaultdict(set)
    for number in numbers(sections):
        for table, row in references.rows(number.ref) if number.given else ():
            found[references.table_of(table)].add(row)
    whole, stores = dict(frames), _stores(view)
    for name, rows in sorted(found.items()):
        which, _, table = name.rpartition(".")
        have = set(frames[name]["row"]) if name in frames else set()
        if rows - have and table in TABLES and which in stores:
            parts = [frames[name]] if name in frames else []
            both = pd.concat([*parts, stores[which].rows(table, sorted(rows - have))])
            whole[name] = both.sort_values("row", ignore_index=True)
    return whole


def _stores(view: View) -> dict[str, Store]:
    """Return the bundles that references name: this one, an earlier one, scenarios."""
    beside = {f"s{i + 1}": v.store for i, v in enumerate(view.extra.get("scenarios", []))}
    earlier = {"old": view.other.store} if view.other is not None else {}
    return {"": view.store, **earlier, **beside}


def _rows(view: View, name: str) -> pd.DataFrame:
    frame = view.store.frame(name, view.area)
    if name not in _KEYS or frame.empty:
        return frame
    kinds = frame.groupby(list(_KEYS[name]), sort=False, dropna=False)
    place = kinds.ngroup().to_numpy()
    names = _KEYS[name]
    rows = frame[list(names)].drop_duplicates().itertuples(index=False, name=None)
    keys = [dict(zip(names, row, strict=True)) for row in rows]
    if name in _DROPPED:
        hidden = [view.shield.hides(name, "value", view.area, key) for key in keys]
        if any(view.shield.tells(name, view.area, key) for key in keys):
            _soften(view, frame)
        return frame[~np.array(hidden)[place]].reset_index(drop=True)
    for column in (c for c in frame.columns if c in VALUES):
        hidden = [view.shield.hides(name, column, view.area, key) for key in keys]
        frame.loc[np.array(hidden)[place], column] = float("nan")
    return frame


def _soften(view: View, frame: pd.DataFrame) -> None:
    """Put in the benchmarks that reports show in place of those that would tell a hidden part."""
    names = ("model", "service", "age", "period")
    flat = frame.index[frame["series"] == "demographic"]
    for at, *keys in frame.loc[flat, list(names)].itertuples(name=None):
        named = dict(zip(names, keys, strict=True))
        if view.shield.tells("demand", view.area, {**named, "series": "demographic"}):
            model, service, age, period = (str(key) for key in keys)
            key = (view.area, model, service, age, period)
            frame.loc[at, "value"] = view.store.benchmarks(view.shield).number(key).value
