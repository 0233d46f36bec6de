"""Shares of regions and the nation: those of their municipalities, weighted by their people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.bundle import QUANTILES
from forecast.projection import demandtables
from forecast.projection.people import People, is_share, whole_areas
from forecast.quantiles import Rows

if TYPE_CHECKING:
    import pandas as pd

    from forecast.projection.demand import Demand

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Group:
    """A model's shares of one service and age.

    Attributes:
        labels: how its rows are labelled.
        mask: its series among the model's.
        own: the area of each.
        there: which of them were ever observed.
    """

    labels: dict[str, str]
    mask: Bools
    own: list[str]
    there: Bools


def told(demand: Demand, people: People) -> bool:
    """Whether a demand is of shares of people who are known."""
    return is_share(demand) and not people.table.empty


def history(demand: Demand, people: People) -> pd.DataFrame:
    """Return the bundle's rows of what regions' and the nation's shares were.

    A municipality's hole is filled on a line between its reports, and by the nearest at the ends;
    the sum then has status `provisional`. A period in which none was counted has no row.
    """
    rows = Rows("period", ())
    for group in groups(demand):
        for values, line in demandtables.observed(demand.model):
            own = values[group.mask]
            for area, parts, weight in weights(group, people, line):
                seen = np.isfinite(own[parts])
                whole, some = seen.all(axis=0), seen.any(axis=0)
                mean = (filled(own[parts]) * weight).sum(axis=0)
                for status, keep in (("observed", whole), ("provisional", some & ~whole)):
                    shown = np.where(keep, mean, np.nan)[None]
                    rows.mean(shown, ([area], line), **group.labels, status=status)
    return rows.frame().drop(columns="quantile")


def table(demand: Demand, people: People) -> pd.DataFrame:
    """Return the bundle's rows of what regions' and the nation's shares are expected to be.

    The benchmark (series `demographic`) is the last share, unchanged, as for municipalities: how
    its parts' people grow would tell them apart.
    """
    rows = Rows("period", QUANTILES)
    for group in groups(demand):
        for draws in demandtables.timed(demand):
            line, values = list(draws.periods), draws.values[group.mask].astype(np.float64)
            for area, parts, weight in weights(group, people, line):
                mean = (values[parts] * weight[:, :, None]).sum(axis=0)
                rows.add(mean[None], ([area], line), **group.labels, series="forecast")
        values, past = demandtables.observed(demand.model)[0]
        ahead = list(demand.native.periods)
        for area, parts, weight in weights(group, people, past):
            last = (filled(values[group.mask][parts]) * weight).sum(axis=0)[-1]
            flat = np.full((1, len(ahead)), last)
            rows.mean(flat, ([area], ahead), **group.labels, series="demographic")
    return rows.frame()


def groups(demand: Demand) -> Iterator[Group]:
    """Yield a model's shares, service by service and age by age."""
    panel = demand.model.trained.panel
    for name, mask in demandtables.series(panel.keys):
        own = [str(area) for area in panel.keys.loc[mask, "area"]]
        there = np.asarray(np.isfinite(panel.values[mask]).any(axis=1))
        yield Group(demandtables.labels(demand.model, name), mask, own, there)


def weights(group: Group, people: People, line: list[str]) -> list[tuple[str, list[int], Floats]]:
    """Return of each sum its parts, as rows of the group, and their part of its people."""
    persons = people.of(group.labels["age"], group.own, line)
    there = np.isfinite(persons).all(axis=1) & group.there
    known = [area for area, kept in zip(group.own, there, strict=True) if kept]
    found = []
    for whole, codes in whole_areas(known).items():
        parts = [group.own.index(code) for code in codes]
        found.append((whole, parts, persons[parts] / persons[parts].sum(axis=0)))
    return found


def filled(values: Floats) -> Floats:
    """Return (areas, periods) with holes on a line between figures, the nearest at the ends."""
    found, place = values.copy(), np.arange(values.shape[1])
    for row in found:
        seen = np.isfinite(row)
        row[~seen] = np.interp(place[~seen], place[seen], row[seen])
    return found
