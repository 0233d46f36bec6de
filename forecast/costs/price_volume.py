"""Price × volume: inhabitants, rate, recipients and unit cost of every line, past and projected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import periods, quantiles, services
from forecast.bundletables import SHORT
from forecast.costs import mapping, unit_costs, volumes
from forecast.costs.accounts import REPORTING
from forecast.costs.mapping import REMAINDER, Function
from forecast.costs.state import State
from forecast.costs.tables import Level, shown_lines
from forecast.costs.unit_costs import Ground
from forecast.quantiles import Rows

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
YEARS = 10  # years of observed volumes and unit costs that are kept


def table(ground: Ground, state: State, level: Level) -> pd.DataFrame:
    """Return the bundle's table of volumes: what is projected, and what was."""
    import pandas as pd

    rows = Rows("year", SHORT)
    for function in state.functions().values():
        for line in shown_lines(state, function):
            _projected(rows, state, level, function, line)
    return pd.concat([rows.frame(), past(ground, state, level)], ignore_index=True)


def _projected(rows: Rows, state: State, level: Level, function: Function, line: str) -> None:
    where = quantiles.everywhere(state.years)
    shape = state.shape
    labels = {"function": function.code, "service": line, "series": "forecast"}
    ages = function.population if line == REMAINDER else volumes.age_of(line)
    people = quantiles.with_sums(state.people[ages])
    users = quantiles.with_sums(np.broadcast_to(state.volume(function, line), shape))
    money = quantiles.with_sums(np.broadcast_to(state.gross(function, line), shape))
    fixed = level.fixed(state, money)
    alone = _alone(state.unit(function, line) * level.factor(state.base.year), fixed.shape)
    unit = np.divide(fixed, users, out=alone, where=users > 0)
    usable = np.isfinite(unit).all(axis=2, keepdims=True)
    rows.mean(people, where, item="population", **labels)
    rows.add(users, where, item="recipients", **labels)
    rows.add(1000 * users / people[:, :, None], where, item="rate", **labels)
    rows.add(np.where(usable, unit, np.nan), where, item="unit_cost", **labels)


def _alone(unit: Floats, shape: tuple[int, ...]) -> Floats:
    """Return what a recipient would cost where a future has none; NaN for sums, or unknown."""
    found = np.full(shape, np.nan)
    found[: len(unit)] = np.where(unit > 0, unit, np.nan)
    return found


def past(ground: Ground, state: State, level: Level) -> pd.DataFrame:
    """Return what was: recipients, rates and unit costs in fixed prices, the last years."""
    first = min((v.years[0] for v in ground.volumes.values()), default=state.base.year)
    books = sorted({int(y) for y in ground.accounts.table["year"]})
    years = [y for y in books if first <= y <= state.base.year][-YEARS:]
    rows = Rows("year", SHORT)
    for function in state.functions().values():
        _past(rows, ground, function, years, level.of(years))
    return rows.frame()


def _past(rows: Rows, ground: Ground, function: Function, years: list[int], factor: Floats) -> None:
    codes = ground.codes
    spent = [ground.accounts.array("gross", codes, [function.code], y)[:, 0] for y in years]
    money = quantiles.with_sums(np.stack(spent, axis=1) * factor)
    weight = sums(ground.weight(function, years))
    unit = money / np.maximum(weight, 1e-9)
    own = unit_costs.observed(ground, function, years, years[-1]).own
    uses: dict[str, mapping.Use | None] = dict(ground.uses(function))
    for line, use in (uses or {REMAINDER: None}).items():
        labels = {"function": function.code, "service": line, "series": "accounts"}
        users, people = _users(ground, function, line, use, years)
        price = unit * (1.0 if use is None else use.weight)
        where = quantiles.everywhere(years)
        rows.mean(people, where, item="population", **labels)
        rows.mean(users, where, item="recipients", **labels)
        rows.mean(1000 * users / people, where, item="rate", **labels)
        rows.mean(np.where(users > 0, price, np.nan), where, item="unit_cost", **labels)
        if use is not None:
            rows.mean(own, (codes, where[1]), item="own_share", **labels)


def _users(
    ground: Ground, function: Function, line: str, use: mapping.Use | None, years: list[int]
) -> tuple[Floats, Floats]:
    """Return recipients and inhabitants of all areas; a line on no service has inhabitants.

    Before a service existed it has no recipients at all, not none: NaN.
    """
    if use is None:
        people = quantiles.with_sums(ground.population(function.population, years))
        return people, people
    share = volumes.share(use, ground.places, len(ground.codes))
    count = share[:, None] * ground.volumes[line].at(years)
    begun = services.get(line).valid_from
    if begun:
        count[:, np.array(years) < periods.year_of(begun)] = np.nan
    people = ground.population(volumes.age_of(line), years)
    return sums(count), quantiles.with_sums(people)


def sums(values: Floats) -> Floats:
    """Append regions and nation to (municipalities, years) of which some are not known.

    A municipality's hole (a suppressed count, a missing report) takes the line between its own
    years, or the nearest, in the sums alone; where a tenth or more are missing there is no sum.
    """
    seen = np.isfinite(values)
    line, filled = np.arange(values.shape[1]), np.zeros(values.shape)
    for row, known in enumerate(seen):
        if known.any():
            filled[row] = np.interp(line, line[known], values[row, known])
    found = quantiles.with_sums(filled)
    found[: len(values)] = values
    found[len(values) :, seen.mean(axis=0) < REPORTING] = np.nan
    return found
