"""People: the population group that each share is of, so that a report knows how many it tells of.

A share of a group of N persons stands for share × N of them. Which ages the group has stands with
the figures (`age` of the dataset); how many they are comes from the data room, and is kept in the
projection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import ages as ages_
from forecast import areas, measures, periods, vintages
from forecast.dataroom import population
from forecast.errors import DataError, UnpublishedError

if TYPE_CHECKING:
    import pandas as pd

    from forecast.projection.demand import Demand
    from forecast.vintages import Vintage
    from forecast.workspace import Workspace

Floats = NDArray[np.float64]
COLUMNS = ("area", "age", "period", "quarter", "dataset", "value")


@dataclass(frozen=True)
class People:
    """Persons of the age groups that a projection's shares are of.

    Attributes:
        table: the bundle's rows (`population`): one an area, age and period.
        used: the vintages they come from.
        missing: by age group of which nobody's number is known, why not.
    """

    table: pd.DataFrame
    used: tuple[Vintage, ...] = ()
    missing: dict[str, str] = field(default_factory=dict)

    def of(self, age: str, codes: Sequence[str], line: Sequence[str]) -> Floats:
        """Return (areas, periods) persons of an age group; NaN where they are not known."""
        mine = self.table[self.table["age"] == age]
        wide = mine.pivot(index="area", columns="period", values="value")
        return wide.reindex(index=list(codes), columns=list(line)).to_numpy(dtype=np.float64)


def read(workspace: Workspace, demands: Sequence[Demand], known_at: str | None = None) -> People:
    """Return the persons that the shares among some demands are of.

    Where no population is known, or not of the ages, there are no rows, and reports show no share.

    Raises:
        VintageError: there is a population, but it is damaged.
    """
    import pandas as pd

    parts: list[pd.DataFrame] = []
    used: dict[str, Vintage] = {}
    missing: dict[str, str] = {}
    stored = vintages.real(workspace, population.COUNTED)
    for age, (codes, line) in sorted(_wanted(demands).items()):
        if not stored:
            missing[age] = "their number is not known"
            continue
        try:
            found, taken = _group(workspace, age, codes, line, known_at)
        except (DataError, UnpublishedError) as error:
            missing[age] = str(error)
            continue
        parts.append(found)
        used |= {v.id: v for v in taken}
    empty = pd.DataFrame(columns=list(COLUMNS))
    table = pd.concat(parts, ignore_index=True) if parts else empty
    return People(table, tuple(used.values()), missing)


def is_share(demand: Demand) -> bool:
    """Whether a demand is of shares of municipalities' population."""
    own = {str(area) for area in demand.model.trained.panel.keys["area"]}
    return measures.get(demand.model.measure).of_people and own <= set(areas.municipalities())


def _wanted(demands: Sequence[Demand]) -> dict[str, tuple[list[str], list[str]]]:
    """Return by age group the areas and periods that shares are of."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for demand in demands:
        keys = demand.model.trained.panel.keys
        if not is_share(demand) or "age" not in keys:
            continue
        line = [*demand.model.trained.panel.periods, *demand.native.periods]
        line += sorted({p[:4] for p in line} - set(line))
        for age in sorted({str(a) for a in keys["age"]}):
            codes, periods_ = found.get(age, ([], []))
            own = [str(a) for a in keys.loc[keys["age"] == age, "area"]]
            found[age] = (
                list(dict.fromkeys([*codes, *own])),
                list(dict.fromkeys([*periods_, *line])),
            )
    return {age: wanted for age, wanted in found.items() if age[:1].isdigit()}


def _group(
    workspace: Workspace, age: str, codes: list[str], line: list[str], known_at: str | None
) -> tuple[pd.DataFrame, tuple[Vintage, ...]]:
    """Return the rows of an age group, sums of areas included, and where they come from."""
    import pandas as pd

    ages_.bounds(age)
    held, counted, used = population.reaching(workspace, age, codes, known_at)
    held = held.reindex(index=codes).dropna(how="all")
    own = [str(code) for code in held.index]
    persons, place = nearest(held, line)
    where, sums, oldest = [*own], [persons], [place]
    for whole, parts in whole_areas(own).items():
        inside = [own.index(part) for part in parts]
        where.append(whole)
        sums.append(persons[inside].sum(axis=0)[None])
        oldest.append(place[inside].min(axis=0)[None])
    quarters = np.array(held.columns, dtype=np.str_)[np.concatenate(oldest)].reshape(-1)
    rows = {
        "area": np.repeat(where, len(line)),
        "age": age,
        "period": np.tile(line, len(where)),
        "quarter": quarters,
        "dataset": np.where(quarters > counted, population.PROJECTED, population.COUNTED),
        "value": np.concatenate(sums).reshape(-1),
    }
    return pd.DataFrame(rows), used


def nearest(held: pd.DataFrame, line: Sequence[str]) -> tuple[Floats, NDArray[np.intp]]:
    """Return (areas, periods) persons of the quarter nearest to each period, and its column.

    Args:
        held: persons by area and quarter, each area with a figure at least.
        line: the periods.
    """
    persons = held.to_numpy(dtype=np.float64)
    there = np.array([periods.ordinal(str(c)) for c in held.columns])
    wanted = np.array([periods.ordinal(population.quarter(p)) for p in line])
    away = np.abs(there[None, :] - wanted[:, None]).astype(np.float64)
    place = np.where(np.isfinite(persons)[:, None, :], away, np.inf).argmin(axis=2)
    return np.take_along_axis(persons, place, axis=1), place


def whole_areas(codes: Sequence[str]) -> dict[str, list[str]]:
    """Return the regions, and the nation, of which all municipalities are among some."""
    held = set(codes)
    regions = {region: areas.municipalities(region) for region in areas.regions()}
    found = {r: parts for r, parts in regions.items() if set(parts) <= held}
    if len(found) == len(regions):
        found[areas.NATION] = areas.municipalities()
    return found
