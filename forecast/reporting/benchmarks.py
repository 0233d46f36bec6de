"""Benchmarks of sums: demography alone, where a part of the sum is hidden.

What a hidden series would be by demography alone is its last count times a known growth, so the
sum over a region would tell hidden counts that grow unlike. Of such a sum reports show its own
last count times the growth of what they show of its parts: no more than was known before.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from forecast import areas
from forecast.reporting import totals
from forecast.reporting.document import MISSING, Number

if TYPE_CHECKING:
    import pandas as pd

    from forecast.bundle import Bundle
    from forecast.reporting.shield import Shield

Key = tuple[str, str, str, str, str]  # area, model, service, age, period


class Benchmarks:
    """The benchmarks of a bundle's sums of which a part is hidden, each worked out once."""

    def __init__(self, bundle: Bundle, shield: Shield) -> None:
        """Gather what is shown of the parts of every sum."""
        kinds = {series[1:] for series in shield.coarse}
        demand, history = bundle.table("demand"), bundle.table("history")
        flat = _numbers("demand", demand[demand["series"] == "demographic"], kinds)
        past = _numbers("history", history[history["value"].notna()], kinds)
        self._past, self._made = past, dict[Key, Number]()
        self._last = _last(past)
        self._parts: dict[Key, list[tuple[Number, Number]]] = defaultdict(list)
        for key, ahead in flat.items():
            before = past.get((*key[:4], self._last.get((key[1], key[4][4:]), "")))
            if totals.summed(key[0]) or key[:4] in shield.hidden or before is None:
                continue
            for whole in (areas.region_of(key[0]), areas.NATION):
                self._parts[(whole, *key[1:])].append((before, ahead))

    def number(self, key: Key) -> Number:
        """Return a sum's benchmark in a period; not given where no part of it is shown."""
        if key not in self._made:
            last = self._past.get((*key[:4], self._last.get((key[1], key[4][4:]), "")))
            parts = self._parts.get(key, [])
            self._made[key] = _grown(last, parts) if last is not None and parts else MISSING
        return self._made[key]


def _grown(last: Number, parts: list[tuple[Number, Number]]) -> Number:
    (before, ahead), *others = parts
    for old, new in others:
        before, ahead = before + old, ahead + new
    return last * (ahead / before)


def _numbers(
    table: str, frame: pd.DataFrame, kinds: set[tuple[str, str, str]]
) -> dict[Key, Number]:
    """Return a table's numbers by area, series and period, of some kinds of series."""
    names = ["area", "model", "service", "age", "period"]
    keys = zip(*(frame[c].astype("str") for c in names), strict=True)
    rows = zip(keys, map(int, frame.index), frame["value"].astype(float), strict=True)
    return {
        (a, m, s, g, p): Number(value, f"{table}:{row}")
        for (a, m, s, g, p), row, value in rows
        if (m, s, g) in kinds
    }


def _last(past: dict[Key, Number]) -> dict[tuple[str, str], str]:
    """Return the last counted period of each model and season ("" for whole years)."""
    found: dict[tuple[str, str], str] = {}
    for key in past:
        season = key[1], key[4][4:]
        found[season] = max(key[4], found.get(season, ""))
    return found
