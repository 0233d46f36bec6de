"""Headcount: persons of one table as an array by area, age and period, so that sums are cheap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import ages as ages_
from forecast import areas

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
AXES = ("area", "age", "period")


@dataclass(frozen=True)
class Headcount:
    """Persons of one table.

    Attributes:
        areas: codes of the rows.
        ages: the table's own ages, such as `17` or `100+`.
        periods: as the table names them, in order.
        persons: (areas, ages, periods); NaN where the table has no figure.
    """

    areas: list[str]
    ages: list[str]
    periods: list[str]
    persons: Floats

    def within(self, ages: str) -> tuple[list[str], list[str], Floats]:
        """Return areas and periods that have figures of an age range, and their persons.

        Raises:
            DataError: the table's own ages do not add up to the range.
        """
        wanted = ages_.bounds(ages)
        bounds = {text: ages_.bounds(text) for text in self.ages}
        ages_.cover(bounds, wanted)
        inside = [wanted[0] <= low and high <= wanted[1] for low, high in bounds.values()]
        total = _summed(self.persons[:, inside], axis=1)
        told = np.isfinite(total)
        rows, columns = np.flatnonzero(told.any(axis=1)), np.flatnonzero(told.any(axis=0))
        line = [self.periods[k] for k in columns]
        return [self.areas[k] for k in rows], line, total[np.ix_(rows, columns)]


def of(frame: pd.DataFrame) -> Headcount:
    """Add up the rows of a long frame (area, age, period, value) that agree in all three."""
    counted = frame[frame["value"].notna()]
    coded = [_coded(counted[axis]) for axis in AXES]
    shape = tuple(len(names) for _, names in coded)
    place = np.ravel_multi_index(tuple(codes for codes, _ in coded), shape)
    size = int(np.prod(shape))
    told = np.bincount(place, minlength=size) > 0
    total = np.bincount(place, weights=counted["value"].to_numpy(np.float64), minlength=size)
    persons = np.where(told, total, np.nan).reshape(shape)
    codes, ages, periods = (names for _, names in coded)
    return Headcount(codes, ages, periods, persons)


def with_sums(codes: list[str], persons: Floats) -> tuple[list[str], Floats]:
    """Add rows of the regions and the nation to (areas, periods) where the source has none.

    A sum is of the municipalities, and Christiansø, that are there; the nation's only of all.
    """
    row = {code: k for k, code in enumerate(codes)}
    table = areas.table()
    base = table[table["level"].isin(["municipality", "other"])]
    owners = {c: r for c, r in zip(base["code"], base["region"], strict=True) if c in row}
    if not owners:
        return codes, persons
    wanted = {r: [row[c] for c in owners if owners[c] == r] for r in sorted({*owners.values()})}
    if set(areas.municipalities()) <= set(row):
        wanted[areas.NATION] = [row[c] for c in owners]
    new = {code: rows for code, rows in wanted.items() if code and code not in row}
    sums = [_summed(persons[rows], axis=0)[None] for rows in new.values()]
    return [*codes, *new], np.concatenate([persons, *sums])


def on_lines(persons: Floats) -> Floats:
    """Return (areas, periods) with each row's holes on a line between its figures."""
    filled, place = persons.copy(), np.arange(persons.shape[1])
    seen = np.isfinite(persons)
    for k in np.flatnonzero(seen.any(axis=1) & ~seen.all(axis=1)):
        known = np.flatnonzero(seen[k])
        holes = ~seen[k] & (place > known[0]) & (place < known[-1])
        filled[k, holes] = np.interp(place[holes], known, persons[k, known])
    return filled


def _summed(persons: Floats, axis: int) -> Floats:
    """Return sums of what is told; NaN where nothing is."""
    told = np.isfinite(persons)
    total = np.where(told, persons, 0.0).sum(axis=axis)
    return np.where(told.any(axis=axis), total, np.nan)


def _coded(column: pd.Series) -> tuple[NDArray[np.intp], list[str]]:
    """Return each row's place among the texts that occur, and these in order."""
    category = column.astype("category").cat.remove_unused_categories()
    names = [str(name) for name in category.cat.categories]
    rank = np.argsort(np.argsort(names)) if names else np.zeros(0, dtype=np.intp)
    return rank[category.cat.codes.to_numpy()], sorted(names)
