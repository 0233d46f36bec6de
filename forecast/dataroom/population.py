"""Population: the people that rates refer to, counted and projected."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from forecast import areas, periods, vintages
from forecast.dataroom import headcount
from forecast.dataroom.headcount import Headcount
from forecast.errors import DataError, UnpublishedError, VintageError
from forecast.panel import Floats

if TYPE_CHECKING:
    import pandas as pd

    from forecast.vintages import Vintage
    from forecast.workspace import Workspace

COUNTED, PROJECTED = "folk1a", "frkm"


@dataclass(frozen=True)
class Projection:
    """One projection: persons by area and quarter, for a range of ages."""

    vintage: str
    persons: pd.DataFrame  # index area, columns quarter, those between 1 Januaries on a line


def exposure(
    workspace: Workspace,
    ages: str,
    codes: Sequence[str],
    line: Sequence[str],
    known_at: str | None = None,
) -> tuple[Floats, tuple[Vintage, ...]]:
    """Return (n areas, len(line)) persons of an age range, and the vintages they come from.

    A year is its 1 January. Counted figures are used as far as they were published by
    `known_at`, later ones are the newest projection of that date, scaled per area so that it
    starts at the last count; quarters between projected years lie on a line.

    Raises:
        DataError: an area or period is neither counted nor projected.
        VintageError: there is no population at all.
    """
    history, used = _history(workspace, ages, known_at)
    if any(quarter(p) > history.columns[-1] for p in line):
        projection, source = _projection(workspace, ages, known_at, history.columns[-1])
        used = (*used, source)
        history = joined(history, projection)
    return _picked(history, codes, line, ages), used


def reaching(
    workspace: Workspace, ages: str, codes: Sequence[str], known_at: str | None = None
) -> tuple[pd.DataFrame, str, tuple[Vintage, ...]]:
    """Return persons by area and quarter, counted and then projected as far as can be.

    Returns also the last counted quarter and the vintages. The counts stand alone where no
    projection joins on to them, or where it lacks one of the areas.

    Raises:
        DataError: the counts' own ages do not add up to the range.
        VintageError: there is no population at all.
    """
    history, used = _history(workspace, ages, known_at)
    last = str(history.columns[-1])
    with suppress(DataError, VintageError):
        projection, source = _projection(workspace, ages, known_at, last)
        if set(codes) & set(history.index) <= set(projection.persons.index):
            return joined(history, projection), last, (*used, source)
    return history, last, used


def by_area(frame: pd.DataFrame, ages: str) -> pd.DataFrame:
    """Sum a population frame over an age range: rows are areas, columns are quarters.

    A year counts as its first quarter. Regions and the nation are summed from municipalities
    and Christiansø where the source does not have them.
    """
    return _by_area(headcount.of(frame), ages)


def _by_area(people: Headcount, ages: str) -> pd.DataFrame:
    import pandas as pd

    codes, line, persons = people.within(ages)
    rows, summed = headcount.with_sums(codes, persons)
    index = pd.Index(rows, dtype="str", name="area")
    wide = pd.DataFrame(summed, index=index, columns=[quarter(p) for p in line])
    return wide.sort_index(axis=1)


def joined(history: pd.DataFrame, projection: Projection) -> pd.DataFrame:
    """Continue counted population by a projection, scaled to start at the last count.

    Scaling keeps the projection's growth and takes away the jump at the seam.
    """
    last = history.columns[-1]
    future = projection.persons
    shared = history.index.intersection(future.index)
    future = future.loc[shared]
    if last not in future.columns:
        if last < future.columns[0]:
            raise DataError(
                f"population is counted until {last}, but the projection {projection.vintage} "
                f"begins in {future.columns[0]}; pull {COUNTED} again"
            )
        return history
    ratio = (history.loc[shared, last] / future[last]).replace([np.inf], np.nan).fillna(1.0)
    later = [c for c in future.columns if c > last]
    import pandas as pd

    return pd.concat([history.loc[shared], future[later].mul(ratio, axis=0)], axis=1)


def counted(workspace: Workspace, ages: str, known_at: str | None = None) -> pd.DataFrame:
    """Return counted persons of an age range by area and quarter, as known on a date."""
    return _history(workspace, ages, known_at)[0]


def projections(
    workspace: Workspace, ages: str, known_at: str | None = None
) -> list[tuple[str, pd.DataFrame]]:
    """Return the year of every projection that was out on a date, and persons by area and year."""
    found = _vintages(workspace, known_at)
    return [(vintage, _projected(workspace, s.id, vintage, ages)) for vintage, _, s in found]


def counted_until(workspace: Workspace, known_at: str | None = None) -> int:
    """Return the last year whose 1 January was counted, as known on a date."""
    return int(str(counted(workspace, "", known_at).columns[-1])[:4])


def _history(
    workspace: Workspace, ages: str, known_at: str | None
) -> tuple[pd.DataFrame, tuple[Vintage, ...]]:
    """Return counted persons by area and quarter, as known on a date.

    A backtest asks for many dates. Where no snapshot replaces another, the date only decides
    which periods are there, so persons are summed once. A period counts as known when all of
    its cells are.
    """
    real = vintages.real(workspace, COUNTED)
    if len(real) != 1:
        known = vintages.known(workspace, COUNTED, known_at)
        return _every_quarter(by_area(known.frame, ages)), known.vintages
    wide, dates = _counted(workspace, real[0].id, ages)
    kept = tuple(c for c in wide.columns if known_at is None or dates[c] <= known_at)
    if not kept:
        raise UnpublishedError(f"no whole period of {COUNTED} was published by {known_at}")
    return _counted_quarters(workspace, real[0].id, ages, kept), (real[0],)


def _projection(
    workspace: Workspace, ages: str, known_at: str | None, last: str
) -> tuple[Projection, Vintage]:
    """Return the newest projection that was published by a date, and its snapshot.

    Where it begins after the last count, the one before it is taken, which joins on.
    """
    found = _vintages(workspace, known_at)
    if not found and vintages.real(workspace, PROJECTED):
        raise VintageError(f"no whole projection was published by {known_at}; pull {PROJECTED}")
    if not found:
        vintages.known(workspace, PROJECTED, known_at)  # says that there is none, and what to do
    persons = {v: _projected_quarters(workspace, s.id, v, ages) for v, _, s in found[-2:]}
    joining = [entry for entry in found[-2:] if persons[entry[0]].columns[0] <= last]
    vintage, _, source = (joining or found)[-1]
    return Projection(vintage, persons[vintage]), source


def _vintages(workspace: Workspace, known_at: str | None) -> list[tuple[str, str, Vintage]]:
    """Return year, publication date and snapshot of each projection known on a date, in order.

    Of two snapshots of one projection the later stands: a projection is not revised.
    """
    newest: dict[str, tuple[str, str, Vintage]] = {}
    for source in vintages.real(workspace, PROJECTED):
        for vintage, date in _dates(workspace, source.id, "vintage").items():
            newest[vintage] = (vintage, date, source)
    held = [found for _, found in sorted(newest.items())]
    return [found for found in held if known_at is None or found[1] <= known_at]


@lru_cache(maxsize=64)
def _counted(workspace: Workspace, id: str, ages: str) -> tuple[pd.DataFrame, dict[str, str]]:
    dates = _dates(workspace, id, "period")
    people = _people(workspace, id)
    return _by_area(people, ages), {quarter(p): d for p, d in dates.items()}


@lru_cache(maxsize=64)
def _dates(workspace: Workspace, id: str, column: str) -> dict[str, str]:
    """Return by period, or by projection, the date on which all of its cells were out."""
    frame = _compact(workspace, id)
    named, dated = frame[column].cat, frame["published"].cat
    pairs = np.unique(named.codes.astype(np.intp) * len(dated.categories) + dated.codes)
    found = [divmod(int(pair), len(dated.categories)) for pair in pairs]
    ordered = sorted((str(dated.categories[d]), str(named.categories[n])) for n, d in found)
    return {name: date for date, name in ordered}


@lru_cache(maxsize=256)
def _projected(workspace: Workspace, id: str, vintage: str, ages: str) -> pd.DataFrame:
    return _by_area(_people(workspace, id, vintage), ages)


@lru_cache(maxsize=64)
def _people(workspace: Workspace, id: str, vintage: str = "") -> Headcount:
    """Return the persons of a snapshot, or of one projection in it."""
    frame = _compact(workspace, id)
    return headcount.of(frame[frame["vintage"] == vintage] if vintage else frame)


@lru_cache(maxsize=256)
def _counted_quarters(
    workspace: Workspace, id: str, ages: str, kept: tuple[str, ...]
) -> pd.DataFrame:
    return _every_quarter(_counted(workspace, id, ages)[0][list(kept)])


@lru_cache(maxsize=256)
def _projected_quarters(workspace: Workspace, id: str, vintage: str, ages: str) -> pd.DataFrame:
    return _every_quarter(_projected(workspace, id, vintage, ages))


@lru_cache(maxsize=32)
def _compact(workspace: Workspace, id: str) -> pd.DataFrame:
    """Return a snapshot's figures with their publication dates, text as categories."""
    stored = vintages.get(workspace, id)
    keys = [c for c in ("vintage", "area", "age", "period", "published") if c in stored.columns]
    frame = stored.frame([*keys, "value"], coded=keys)
    return frame[frame["value"].notna()]


@lru_cache(maxsize=4096)
def quarter(period: str) -> str:
    """Return the quarter whose population a period has: a year's is its first."""
    parsed = periods.parse(period)
    if parsed.frequency == "Q":
        return parsed.code
    number = (parsed.start.month - 1) // 3 + 1 if parsed.frequency == "D" else 1
    return f"{parsed.year}Q{number}"


def _every_quarter(persons: pd.DataFrame) -> pd.DataFrame:
    line = periods.span(persons.columns[0], persons.columns[-1])
    wide = persons.reindex(columns=list(line))
    import pandas as pd

    return pd.DataFrame(headcount.on_lines(wide.to_numpy()), wide.index, wide.columns)


def _picked(history: pd.DataFrame, codes: Sequence[str], line: Sequence[str], ages: str) -> Floats:
    unknown = [c for c in codes if c not in history.index]
    if unknown:
        raise DataError(
            f"there is no population for {areas.name(unknown[0])} ({unknown[0]}); "
            f"pull or import {COUNTED} for it"
        )
    absent = [p for p in line if quarter(p) not in history.columns]
    if absent:
        raise DataError(
            f"population is neither counted nor projected for {absent[0]} (there is "
            f"{history.columns[0]} to {history.columns[-1]}); pull or import {PROJECTED}"
        )
    found = history.loc[list(codes), [quarter(p) for p in line]].to_numpy(dtype=np.float64)
    if np.isnan(found).any():
        row, column = np.argwhere(np.isnan(found))[0]
        raise DataError(
            f"there is no population of ages {ages or 'all'} for {areas.name(codes[row])} in "
            f"{line[column]}; pull {COUNTED} again"
        )
    return found
