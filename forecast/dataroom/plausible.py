"""Plausible: signs in a file's figures that it is not in the dataset's unit, or in two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from forecast import periods
from forecast.datasets import DatasetSpec
from forecast.errors import DataError
from forecast.frames import key_text

if TYPE_CHECKING:
    import pandas as pd

OBSERVED = ("count", "share", "mean")  # schemas that hold nothing but what has happened
ENOUGH = 8
THOUSAND = (700.0, 1400.0)
HUNDRED = 50.0


def refuse_wrong_unit(frame: pd.DataFrame, spec: DatasetSpec, where: str) -> None:
    """Refuse figures that are in another unit than the dataset's, or in two.

    Raises:
        DataError: with the first cell that shows it.
    """
    counted = frame[frame["value"].notna()]
    if len(counted) < ENOUGH:
        return
    if spec.schema == "share":
        _share(counted, spec, where)
    if spec.schema in ("count", "population"):
        _no_rates(counted, spec, where)
    if spec.schema in ("count", "population", "money"):
        _one_scale(counted, spec, where)


def refuse_future(frame: pd.DataFrame, spec: DatasetSpec, where: str, now: str) -> None:
    """Refuse what was observed in a period that has not begun; budgets and prices may look ahead.

    Args:
        frame: cells as read, with their row.
        spec: the dataset's.
        where: the file's name.
        now: the day of the import.

    Raises:
        DataError: with the first such cell.
    """
    if spec.schema not in OBSERVED:
        return
    starts = {code: periods.parse(str(code)).start.isoformat() for code in frame["period"].unique()}
    late = frame[(frame["period"].map(starts) > now[:10]) & frame["value"].notna()]
    if len(late):
        row = late.iloc[0]
        at = f", row {row['row']}" if "row" in row else ""
        raise DataError(
            f"{where}{at}: a figure for {row['period']}, which has not begun on {now[:10]}; "
            "expected what was counted, and no forecast; nothing was stored"
        )


def _share(frame: pd.DataFrame, spec: DatasetSpec, where: str) -> None:
    values = frame["value"].to_numpy()
    middle = float(np.median(values))
    if values.max() <= 1.0 and middle < 0.5:
        raise DataError(
            f"{where}: all figures lie between 0 and 1; {spec.name} is in {spec.unit}, so "
            "expected 3.5, not 0.035; nothing was stored"
        )
    low = (values > 0) & (values < middle / HUNDRED)
    if low.any():
        _two_units(frame[low].iloc[0], spec, where)


def _no_rates(frame: pd.DataFrame, spec: DatasetSpec, where: str) -> None:
    """Refuse broken numbers where persons are counted; full-year services may be broken."""
    values = frame["value"].to_numpy()
    broken = values % 1 != 0
    if spec.measure == "full_year_services" or broken.mean() < 0.2:
        return
    row = frame[broken].iloc[0]
    key = key_text(dict(row), spec.keys[1:])
    raise DataError(
        f"{where}: {broken.sum()} of {len(values)} figures are not whole, such as "
        f"{row['value']:g} for {key}; {spec.name} counts {spec.unit}: "
        "are these percentages or rates? Nothing was stored"
    )


def _one_scale(frame: pd.DataFrame, spec: DatasetSpec, where: str) -> None:
    """Refuse a series that changes a thousandfold from one period to the next."""
    keys = [k for k in spec.keys if k != "period"]
    ordered = frame.sort_values([*keys, "period"], kind="stable")
    same = (ordered[keys].to_numpy()[1:] == ordered[keys].to_numpy()[:-1]).all(axis=1)
    values = np.abs(ordered["value"].to_numpy())
    low, high = np.minimum(values[1:], values[:-1]), np.maximum(values[1:], values[:-1])
    ratio = np.divide(high, low, out=np.zeros_like(high), where=low >= 5)
    found = np.flatnonzero(same & (ratio > THOUSAND[0]) & (ratio < THOUSAND[1]))
    if len(found):
        _two_units(ordered.iloc[int(found[0]) + 1], spec, where)


def _two_units(row: pd.Series[Any], spec: DatasetSpec, where: str) -> None:
    at = f", row {row['row']}" if "row" in row else ""
    raise DataError(
        f"{where}{at}: the figure {row['value']:g} for {key_text(dict(row), spec.keys[1:])} is of "
        f"another size than its neighbours: two units in one column? Expected {spec.unit} "
        "throughout; nothing was stored"
    )
