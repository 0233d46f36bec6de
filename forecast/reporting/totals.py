"""Totals: which further series must be hidden so that no total gives a small one away.

A region's total is shown, so the hidden series of one service and age in a region must be at
least two, and hold together at least the threshold less one *beside* each small cell, in every
period; until then the smallest shown series of the region joins them. A region of which no
series is left to join is hidden itself, and then the nation's total is treated in the same way
over regions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from forecast import areas

Series = tuple[str, str, str, str]  # area, model, service, age
Floats = NDArray[np.float64]


def summed(area: str) -> bool:
    """Whether an area is a region or the nation."""
    return area == areas.NATION or area.startswith("08")


def small(values: Floats, threshold: float) -> NDArray[np.bool_]:
    """Return which counts are above zero and below the threshold."""
    found: NDArray[np.bool_] = (values > 0) & (values < threshold)
    return found


def closed(
    cells: Mapping[Series, Floats], primary: Iterable[Series], threshold: float, *, wide: bool
) -> set[Series]:
    """Return the primary series and those that must be hidden beside them.

    Args:
        cells: each series' counts on one time line; NaN where nothing was counted.
        primary: series with a small cell.
        threshold: counts above zero and below this are small.
        wide: hide all municipalities of a region in which one is small, so that no other report,
            made from other data, can have chosen other neighbours.
    """
    hidden = set(primary)
    groups = _groups(cells)
    for total, members in groups.items():
        inside = [s for s in members if s in hidden]
        if wide and inside:
            hidden.update(members)
        elif inside and not _close(cells, members, hidden, threshold):
            hidden.add(total)
    for kind in {total[1:] for total in groups}:
        regions = [s for s in groups if s[1:] == kind and s in cells]
        if not _close(cells, regions, hidden, threshold):
            hidden.add((areas.NATION, *kind))
    return hidden


def sums_of(hidden: Iterable[Series]) -> set[Series]:
    """Return the series of regions and of the nation that some hidden series are part of."""
    parts = [s for s in hidden if not summed(s[0])]
    regions = {(areas.region_of(s[0]), *s[1:]) for s in parts}
    return regions | {(areas.NATION, *s[1:]) for s in parts}


def _groups(cells: Mapping[Series, Floats]) -> dict[Series, list[Series]]:
    groups: dict[Series, list[Series]] = defaultdict(list)
    for series in cells:
        if not summed(series[0]):
            groups[(areas.region_of(series[0]), *series[1:])].append(series)
    return groups


def _close(
    cells: Mapping[Series, Floats], members: Iterable[Series], hidden: set[Series], threshold: float
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


def _safe(hidden: list[Floats], threshold: float) -> bool:
    """Whether each small cell could, from the total alone, be anything below the threshold."""
    values = np.nan_to_num(np.array(hidden))
    others = values.sum(axis=0) - values
    return len(hidden) > 1 and bool(np.all(others[small(values, threshold)] >= threshold - 1))
