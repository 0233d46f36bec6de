"""Small cells: which counts of people are not shown, so that none can be worked out either.

Primary: a series of a municipality that in some period counts fewer people than the threshold.
Secondary: what would give a protected one away. Two ways exist, and both are closed:

1. Over areas: a region's total is shown, so the protected series of one service and age in a
   region must be at least two, and hold together at least the threshold less one *beside* each
   small one, in every period; until then the smallest shown series of the region joins them.
   A region of which no series is left to join is protected itself, and then the nation's total
   is treated in the same way over regions.
2. Over ages and ratios: a total over ages, a rate, a unit cost, an average of peers and a cost of
   few cases are not shown where a part of them is protected.

A series is protected over all its years, forecast and history: a neighbouring year, or a last
rate carried forward, would tell as much as the cell itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from forecast.bundle import Bundle

THRESHOLD = 5
Series = tuple[str, str, str, str]  # area, model, service, age
_NOT_PERSONS = frozenset({"population", "expenditure", "price_index", "unit_cost"})
_COUNTED = ("history", "demand", "backtest")


@dataclass(frozen=True)
class Shield:
    """The protected series of a bundle.

    Attributes:
        primary: series with a cell below the threshold.
        hidden: these and the secondary ones.
        peers: for each area the services of which a peer is protected.
    """

    threshold: float = THRESHOLD
    primary: frozenset[Series] = frozenset()
    hidden: frozenset[Series] = frozenset()
    cases: frozenset[tuple[str, str]] = frozenset()
    peers: frozenset[tuple[str, str]] = frozenset()
    services: frozenset[tuple[str, str]] = field(default=frozenset())

    def hides(self, table: str, column: str, area: str, keys: Mapping[str, Any]) -> bool:
        """Whether a value of a bundle table must not be shown."""
        if table in _COUNTED:
            series = (area, str(keys["model"]), str(keys["service"]), str(keys["age"]))
            return series in self.hidden
        service = (area, str(keys.get("service", "")))
        if table == "volumes":
            return keys["item"] != "population" and service in self.services
        if table == "comparison":
            own = column == "own" and service in self.services
            return own or (column == "peers" and service in self.peers)
        if table == "cases":
            return keys["item"] != "marginal_net" and _case(area, keys) in self.cases
        return False


def _case(area: str, keys: Mapping[str, Any]) -> tuple[str, str]:
    return area, f"{keys['group']};{keys['year']};{float(keys['threshold']):g}"


def shield(bundle: Bundle, threshold: float = THRESHOLD) -> Shield:
    """Return what a bundle's reports must not show.

    Args:
        bundle: the projection.
        threshold: counts above zero and below this are not shown; 0 protects nothing.
    """
    history = bundle.table("history")
    counted = history[history["measure"].isin(_of_persons(history["measure"].unique()))]
    cells = _cells(counted)
    primary = {s for s, v in cells.items() if _small(v, threshold) and not _summed(s[0])}
    hidden = _with_secondary(cells, primary, threshold)
    services = frozenset((area, service) for area, _, service, _ in hidden)
    return Shield(
        threshold=threshold,
        primary=frozenset(primary),
        hidden=frozenset(hidden),
        cases=_few_cases(bundle, threshold),
        peers=_peers(bundle, services),
        services=services,
    )


def _of_persons(found: Iterable[Any]) -> list[str]:
    """Return the measures that count persons; rates and means give no one away by themselves."""
    from forecast import measures

    names = [str(name) for name in found if str(name) not in _NOT_PERSONS]
    return [name for name in names if measures.get(name).kind == "count"]


def _cells(counted: pd.DataFrame) -> dict[Series, np.ndarray]:
    """Return the values of each series on one time line; NaN where nothing was counted."""
    if counted.empty:
        return {}
    names = ["area", "model", "service", "age"]
    table = counted.assign(**{n: counted[n].astype("str") for n in [*names, "period"]})
    wide = table.pivot_table(index=names, columns="period", values="value", aggfunc="first")
    return dict(zip(map(tuple, wide.index), wide.to_numpy(dtype=float), strict=True))


def _small(values: np.ndarray, threshold: float) -> bool:
    return bool(np.any((values > 0) & (values < threshold)))


def _summed(area: str) -> bool:
    return area.startswith("08") or area == "000"


def _with_secondary(
    cells: dict[Series, np.ndarray], primary: set[Series], threshold: float
) -> set[Series]:
    from forecast import areas

    hidden = set(primary)
    groups: dict[Series, list[Series]] = defaultdict(list)
    for series in cells:
        if not _summed(series[0]):
            groups[(areas.region_of(series[0]), *series[1:])].append(series)
    for total, members in groups.items():
        if total in cells and not _closed(cells, members, hidden, threshold):
            hidden.add(total)
    for kind in {s[1:] for s in groups}:
        regions = [s for s in groups if s[1:] == kind and s in cells]
        if ("000", *kind) in cells and not _closed(cells, regions, hidden, threshold):
            hidden.add(("000", *kind))
    return hidden


def _closed(
    cells: dict[Series, np.ndarray],
    members: Iterable[Series],
    hidden: set[Series],
    threshold: float,
) -> bool:
    """Hide further members until the total gives none of them away; False if that cannot be."""
    kept = sorted(members, key=lambda s: (float(np.nansum(cells[s])), s))
    inside = [s for s in kept if s in hidden]
    free = [s for s in kept if s not in hidden and np.nansum(cells[s]) > 0]
    if not inside:
        return True
    while not _safe([cells[s] for s in inside], threshold):
        if not free:
            return False
        joined = free.pop(0)
        hidden.add(joined)
        inside.append(joined)
    return True


def _safe(hidden: list[np.ndarray], threshold: float) -> bool:
    """Whether each small cell could, from the total alone, be anything below the threshold."""
    values = np.nan_to_num(np.array(hidden))
    others = values.sum(axis=0) - values
    small = (values > 0) & (values < threshold)
    return len(hidden) > 1 and bool(np.all(others[small] >= threshold - 1))


def _few_cases(bundle: Bundle, threshold: float) -> frozenset[tuple[str, str]]:
    table = bundle.table("cases")
    number = table[(table["item"] == "number") & (table["value"] < threshold)]
    number = number[number["value"] > 0]
    keys = number[["area", "group", "year", "threshold"]].drop_duplicates()
    names = ("area", "group", "year", "threshold")
    rows = keys.astype({"area": "str", "group": "str", "year": "str"}).to_numpy().tolist()
    return frozenset(_case(row[0], dict(zip(names, row, strict=True))) for row in rows)


def _peers(bundle: Bundle, services: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    by_area: dict[str, set[str]] = defaultdict(set)
    for area, service in services:
        by_area[area].add(service)
    table = bundle.table("peers")[["area", "peer"]].astype("str")
    pairs = table.itertuples(index=False, name=None)
    return frozenset((area, service) for area, peer in pairs for service in by_area[peer])
