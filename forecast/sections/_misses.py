"""Misses: what a backtest said of each figure, beside what came."""

from __future__ import annotations

from typing import Any, NamedTuple

from forecast.reporting.document import Number
from forecast.reporting.view import View
from forecast.sections import _common

_NAMES = ("area", "model", "service", "age", "origin", "period")


class Miss(NamedTuple):
    """One figure of the past: what was said and what came, with their rows in the bundle.

    Attributes:
        key: values of area, model, service, age, origin and period.
        scaled: (came − middle) ÷ half the width of the 80 % interval.
    """

    key: dict[str, str]
    horizon: float
    said: Number
    came: Number
    half: Number
    scaled: float


def read(view: View) -> list[Miss]:
    """Return the misses of the combination, of all areas, where an interval was given."""
    frame = view.bundle.table("backtest")
    some = frame[frame["method"].astype("str") == "combination"]
    middle, low, high = (
        _by_key(some[some["quantile"].round(4) == q])
        for q in (_common.MIDDLE, _common.LOW, _common.HIGH)
    )
    found = (_miss(key, row, low.get(key), high.get(key)) for key, row in middle.items())
    return [miss for miss in found if miss is not None]


def _by_key(frame: Any) -> dict[tuple[str, ...], tuple[float, float, float, int]]:
    keys = zip(*(frame[name].astype("str") for name in _NAMES), strict=True)
    columns = (frame[c].astype(float) for c in ("value", "actual", "horizon"))
    return dict(zip(keys, zip(*columns, map(int, frame.index), strict=True), strict=True))


def _miss(
    key: tuple[str, ...],
    row: tuple[float, float, float, int],
    low: tuple[float, float, float, int] | None,
    high: tuple[float, float, float, int] | None,
) -> Miss | None:
    value, actual, horizon, number = row
    if low is None or high is None or actual != actual or high[0] <= low[0]:
        return None
    width = Number(high[0], f"backtest:{high[3]}") - Number(low[0], f"backtest:{low[3]}")
    said, came = Number(value, f"backtest:{number}"), Number(actual, f"backtest.actual:{number}")
    half = width / 2.0
    named = dict(zip(_NAMES, key, strict=True))
    return Miss(named, horizon, said, came, half, (actual - value) / half.value)
