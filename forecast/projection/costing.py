"""Costing: from demand, accounts, prices and thresholds to the state that cost follows from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from forecast import areas, vintages
from forecast.costs import accounts as accounts_
from forecast.costs import (
    ages,
    headcounts,
    mapping,
    prices,
    refund_shares,
    shapes,
    thresholds,
    volumes,
)
from forecast.costs.accounts import Accounts
from forecast.costs.prices import Prices
from forecast.costs.shapes import Shape
from forecast.costs.state import Base, State
from forecast.costs.thresholds import Thresholds
from forecast.costs.unit_costs import EMPTY, Ground
from forecast.costs.wish import Wish
from forecast.dataroom import population
from forecast.errors import ProjectionError
from forecast.inputs import unit_costs as inputs_
from forecast.projection import units
from forecast.projection.demand import Demand, Loaded, of_service

if TYPE_CHECKING:
    from forecast.panel import Panel
    from forecast.vintages import Vintage
    from forecast.workspace import Workspace

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ledgers:
    """What is known of money on a date.

    Attributes:
        accounts: what was spent.
        budgets: what was adopted, None where there are none.
        prices: the price estimate.
        limits: refund thresholds, uprated where that was asked for.
        shapes: how case costs are spread, by group.
        used: the vintages that were read.
        cases: own single cases, None without any.
        notes: what a reader must know, by code.
    """

    accounts: Accounts
    budgets: Accounts | None
    prices: Prices
    limits: Thresholds
    shapes: Mapping[str, Shape]
    used: tuple[Vintage, ...]
    cases: Any = None
    notes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Costing:
    """A state without adjustments, and what it was worked out from."""

    state: State
    ledgers: Ledgers
    ground: Ground


def read(
    workspace: Workspace, known_at: str | None, estimate: str = "", uprate: int = 0
) -> Ledgers | str:
    """Return what is known of money, or the code of what is missing.

    Args:
        workspace: where the vintages lie.
        known_at: use only what was published by this date.
        estimate: the price estimate wanted, empty for the newest.
        uprate: carry refund thresholds forward to this year by the price index; 0: do not.
    """
    books = accounts_.read(workspace, "accounts", known_at)
    if books is None:
        return "no_accounts"
    if not vintages.listing(workspace, prices.DATASET):
        return "no_prices"
    if not vintages.listing(workspace, population.COUNTED):
        return "no_population"
    rates = prices.read(workspace, known_at, estimate)
    limits, limits_used = thresholds.read(workspace, known_at)
    if uprate:
        limits = limits.uprated(rates, uprate)
    budgets = accounts_.read(workspace, "budget", known_at)
    cases = known_cases(workspace, known_at)
    used = (*books.used, *rates.used, *limits_used, *(budgets.used if budgets else ()), *cases[1])
    return Ledgers(books, budgets, rates, limits, shapes.of_cases(cases[0]), used, cases[0])


def known_cases(workspace: Workspace, known_at: str | None) -> tuple[Any, tuple[Vintage, ...]]:
    """Return own single cases and their vintages; None where there are none."""
    known = vintages.optional(workspace, "own_cases", known_at)
    return (None, ()) if known is None else (known.frame, known.vintages)


def build(
    workspace: Workspace,
    demands: Mapping[str, Demand],
    ledgers: Ledgers,
    unit_model: Loaded,
    wish: Wish,
) -> Costing:
    """Return the state of a projection before any adjustment.

    Args:
        workspace: where population and placements by place lie.
        demands: futures by model.
        ledgers: what is known of money.
        unit_model: the model of unit costs.
        wish: years, draws and seed.

    Raises:
        ProjectionError: a model does not reach the last year.
    """
    panels = {name: demand.model.trained.panel for name, demand in demands.items()}
    ground = _ground(workspace, panels, ledgers, wish)
    base = _base(ground, ledgers.accounts.last_year)
    received = _volumes(demands, ground, base, wish)
    mix = ages.mix(workspace, panels, ground.population, wish)
    paid = units.project(unit_model, ground, base, wish)
    state = State(
        base=base,
        years=wish.years,
        volumes=received,
        people={a: ground.population(a, wish.years) for a in base.people},
        age_mix={s: mix.get(s, np.ones((len(ground.codes), len(wish.years)))) for s in received},
        units=paid.costs,
        carried=paid.carried,
        index=_level(ledgers.prices, base.year, wish),
        refunds={},
        strays=headcounts.draws(workspace, base.people, received, wish),
    )
    return Costing(_refunded(state, ledgers), ledgers, ground)


def _ground(
    workspace: Workspace, panels: Mapping[str, Panel], ledgers: Ledgers, wish: Wish
) -> Ground:
    """Return what is known of recipients, places, people and money, by municipality."""
    codes = areas.municipalities()
    people, _ = inputs_.persons(workspace, wish.known_at)
    frame = inputs_.place_frame(workspace, wish.known_at)
    places = volumes.places(frame, codes, ledgers.accounts.last_year)
    past = volumes.history(panels, codes, people)
    return Ground(codes, ledgers.accounts, ledgers.prices, past, places, people)


def _level(estimate: Prices, base: int, wish: Wish) -> Floats:
    """Return (years, draws) the price level over that of the base year."""
    index = estimate.index(wish.years, base)[:, None]
    return index * estimate.draws(wish.years, wish.size, wish.seed)


def _refunded(state: State, ledgers: Ledgers) -> State:
    """Return a state with the refunded share of every function; the ledgers note what to know."""
    rules = refund_shares.Rules(ledgers.accounts, ledgers.limits, ledgers.shapes, ledgers.cases)
    shares, notes = refund_shares.project(state, rules)
    ledgers.notes.extend(notes)
    return state.changed(refunds=shares)


def _base(ground: Ground, year: int) -> Base:
    """Return the last accounts year, every function's unit cost exactly as in the accounts."""
    functions = mapping.table()
    codes = list(functions)
    gross = ground.accounts.array("gross", ground.codes, codes, year)
    refund = ground.accounts.array("refund", ground.codes, codes, year)
    counts = {s: _latest(v, year) for s, v in ground.volumes.items()}
    ranges = {f.population for f in functions.values()} | {volumes.age_of(s) for s in counts}
    people = {a: ground.population(a, [year])[:, 0] for a in sorted(ranges)}
    base = Base(
        codes=ground.codes,
        year=year,
        gross={f: gross[:, i] for i, f in enumerate(codes)},
        refund={f: refund[:, i] for i, f in enumerate(codes)},
        volumes=counts,
        people=people,
        units={},
        places=ground.places,
    )
    found = {code: _unit(base, function) for code, function in functions.items()}
    return replace(base, units=found)


def _latest(series: volumes.Volumes, year: int) -> Floats:
    """Return recipients in a year; the last ones known before it where that year has none."""
    known = series.at([y for y in series.years if y <= year])
    found = np.zeros(known.shape[0])
    for column in range(known.shape[1]):
        found = np.where(np.isfinite(known[:, column]), known[:, column], found)
    return found


def _unit(base: Base, function: mapping.Function) -> Floats:
    """Return cost per weighted recipient; 0 where hardly anyone, or nothing, can be divided."""
    gross = base.gross[function.code]
    uses = base.uses(function)
    if not uses:
        people = base.people[function.population]
        return np.where(gross > 0, gross / people, 0.0)
    weighted = np.zeros(len(gross))
    for service, use in uses.items():
        weighted += use.weight * base.share(use) * base.volumes[service]
    mean = float(np.mean([use.weight for use in uses.values()]))
    usable = (weighted >= EMPTY * mean) & (gross > 0)
    unit = np.zeros(len(gross))
    np.divide(gross * (1 - function.remainder), weighted, out=unit, where=usable)
    return unit


def _volumes(
    demands: Mapping[str, Demand], ground: Ground, base: Base, wish: Wish
) -> dict[str, Floats]:
    """Return recipients of every service by municipality, year and draw."""
    found = {}
    for model, service in volumes.used(demands):
        if service not in base.volumes:
            continue
        values, owners = of_service(demands[model], service, wish.years)
        if not np.isfinite(values[:, -1]).any():
            raise ProjectionError(
                f"{model} reaches {demands[model].native.periods[-1]}, but cost is wanted to "
                f"{wish.years[-1]}; give it a longer horizon in its specification and train again"
            )
        people = ground.population(volumes.age_of(service), wish.years)
        found[service] = np.nan_to_num(
            volumes.by_municipality(values, owners, ground.codes, people)
        )
    return found
