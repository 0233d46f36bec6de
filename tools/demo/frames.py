"""Long frames: one row a cell, and the bytes that they become."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from forecast import files, periods

FIRST = ["measure", "area", "period", "value", "status", "published"]
DATES = {  # month and day on which a year's figures came out, and how many years later
    "hand": (1, "06-20"), "children": (1, "05-23"), "notifications": (1, "06-18"),
    "krise1": (1, "06-03"), "herfor1": (1, "06-26"), "smdbv001": (1, "06-13"),
    "psychiatry": (2, "06-01"), "homelessness": (0, "09-15"), "folk1a": (0, "02-11"),
    "frkm": (0, "06-04"), "accounts": (1, "05-22"), "budgets": (0, "01-17"),
    "indices": (1, "02-27"),
}  # fmt: skip


def published(kind: str, period: str) -> str:
    """Return the date on which a period's figures could first be known."""
    lag, day = DATES[kind]
    return f"{periods.year_of(period) + lag}-{day}"


def cells(values: np.ndarray[Any, Any], keys: dict[str, list[str]]) -> pd.DataFrame:
    """Return one row a cell of an array whose axes are the keys, in their order."""
    index = pd.DataFrame(list(product(*keys.values())), columns=list(keys))
    return index.assign(value=np.asarray(values, dtype=float).ravel())


def long(frame: pd.DataFrame, measure: str, kind: str) -> pd.DataFrame:
    """Complete a frame of cells to the long frame: measure, status and publication date."""
    out = frame.copy()
    out["measure"] = measure
    if "status" not in out:
        out["status"] = "observed"
    dates = {p: published(kind, p) for p in out["period"].unique()}
    out["published"] = out["period"].map(dates)
    return ordered(out)


def ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with the common columns first and its rows in one fixed order."""
    dims = [str(c) for c in frame if c not in FIRST]
    by = ["measure", "area", *dims, "period"]
    out: pd.DataFrame = frame[[*FIRST, *dims]]
    return out.sort_values(by=by, kind="stable", ignore_index=True)


def with_status(frame: pd.DataFrame, where: pd.Series, status: str) -> pd.DataFrame:
    """Blank the cells of a mask and say why they have no value."""
    return frame.assign(
        value=frame["value"].mask(where), status=frame["status"].mask(where, status)
    )


def with_areas(frame: pd.DataFrame, regions: dict[str, str]) -> pd.DataFrame:
    """Add rows for areas that are sums of municipalities: region of each, or one nation."""
    dims = [c for c in frame if c not in ("value", "area")]
    sums = frame.assign(area=frame["area"].map(regions))
    total = sums.groupby(["area", *dims], sort=True)["value"].sum(min_count=1).reset_index()
    return pd.concat([frame, total], ignore_index=True)


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as Parquet that is the same bytes for the same cells."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    text = [f.name for f in table.schema if pa.types.is_large_string(f.type)]
    for name in text:
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, table[name].cast(pa.string()))
    with files.replaced_file(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", compression_level=15)
