"""Projection: demand and cost of all areas for chosen years, from one set of model versions.

All areas are always simulated together, and a municipality is a slice of the same draws. Draw
number s is the same future in every measure and in every scenario of the same seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from forecast.bundle import Bundle
from forecast.costs import adjustments as adjustments_
from forecast.costs import expected, levers, prices
from forecast.costs.adjustments import Adjustment, AdjustmentFile
from forecast.costs.state import State
from forecast.costs.wish import Wish
from forecast.errors import ProjectionError, SpecError
from forecast.projection import bundling, costing, loading, people, units
from forecast.projection.costing import Costing, Ledgers
from forecast.projection.demand import Loaded, simulate
from forecast.projection.loading import UNIT_COSTS
from forecast.projection.prepared import Asked, LoadModels, Prepared
from forecast.seeds import SEED

if TYPE_CHECKING:
    from forecast.workspace import Workspace

__all__ = [
    "UNIT_COSTS",
    "Asked",
    "LoadModels",
    "Prepared",
    "adjusted",
    "evaluate",
    "lever_ground",
    "prepare",
    "project",
    "read_files",
]

SIZE = 1000
OUT_YEARS = 3
LIFT = 1e9  # DKK 1,000: more than all municipalities spend
YEAR_TO_DATE = "year_to_date"


def project(workspace: Workspace, budget_year: int, **asked: Unpack[Asked]) -> Bundle:
    """Project demand and cost of all areas to three years after the budget year, and store it.

    Raises:
        ForecastError: no model is trained, an adjustment is wrong, or data do not reach.
    """
    files = read_files(asked.get("adjustments", ()))
    prepared = prepare(workspace, budget_year, **asked)
    bundle = evaluate(prepared, files)
    return bundle.save(workspace.bundles)


def prepare(workspace: Workspace, budget_year: int, **asked: Unpack[Asked]) -> Prepared:
    """Load the models, simulate them and work out cost before any adjustment."""
    _check_lift(asked.get("lift"))
    models = loading.models(workspace, asked)
    ledgers = _ledgers(workspace, budget_year, models, asked)  # what is wrong is told at once
    size, seed = asked.get("size", SIZE), asked.get("seed", SEED)
    until = budget_year + OUT_YEARS
    demands = {
        name: simulate(model, until, size, seed)
        for name, model in models.items()
        if name != UNIT_COSTS
    }
    built: Costing | None = None
    reason = ledgers if isinstance(ledgers, str) else ""
    if isinstance(ledgers, Ledgers):
        years = list(range(ledgers.accounts.last_year + 1, until + 1))
        wish = Wish(years, size, seed, asked.get("known_at"))
        built = costing.build(workspace, demands, ledgers, models[UNIT_COSTS], wish)
    told = people.read(workspace, list(demands.values()), asked.get("known_at"))
    return Prepared(workspace, budget_year, models, demands, told, built, reason, asked)


def _check_lift(lift: float | None) -> None:
    if lift is not None and not abs(lift) <= LIFT:  # nan is refused too
        raise ProjectionError(
            f"the lift is {lift}; expected DKK 1,000 for all municipalities, such as 2000000"
        )


def evaluate(prepared: Prepared, files: Sequence[AdjustmentFile] = ()) -> Bundle:
    """Return the bundle of a prepared projection under an ordered list of adjustments.

    Raises:
        SpecError: a file was made for another projection.
        ProjectionError: an adjustment concerns what is not projected.
    """
    states = adjusted(prepared, files) if prepared.costing else []
    bundle = bundling.build(prepared, states, files)
    for file in files:
        file.made_for.refuse_other(file.path or file.title, bundle.meta)
    return bundle


def adjusted(prepared: Prepared, files: Sequence[AdjustmentFile]) -> list[tuple[str, State]]:
    """Return the state without adjustments, then after each, by name, in order.

    What is booked comes last: it is what the year has cost, whatever is known beside it. Files of
    several scenarios may hold the same figures; they count once.

    Raises:
        SpecError: two adjustments of different files have one name.
    """
    states = [("", prepared.state)]
    ground = lever_ground(prepared)
    booked = list(dict.fromkeys(entry for file in files for entry in file.booked))
    for adjustment in (adjustment for file in files for adjustment in file.adjustment):
        if booked and adjustment.name == YEAR_TO_DATE:
            raise SpecError(f"booked figures are called {YEAR_TO_DATE}; name the adjustment apart")
        states.append((adjustment.name, _applied(states, adjustment, ground)))
    if booked:
        states.append((YEAR_TO_DATE, expected.apply(states[-1][1], booked)))
    return states


def _applied(
    states: list[tuple[str, State]], adjustment: Adjustment, ground: levers.Ground
) -> State:
    if adjustment.name in {name for name, _ in states}:
        raise SpecError(f"two adjustments are called {adjustment.name!r}; name them apart")
    return levers.apply(states[-1][1], adjustment, ground)


def lever_ground(prepared: Prepared) -> levers.Ground:
    """Return what levers need beside the state."""
    ledgers = prepared.costed.ledgers
    known_at = prepared.asked.get("known_at")

    def estimate(date: str) -> prices.Prices:
        return prices.read(prepared.workspace, known_at, date)

    return levers.Ground(prepared.seed, ledgers.prices, ledgers.limits, estimate)


def read_files(files: Sequence[Path | AdjustmentFile]) -> list[AdjustmentFile]:
    """Return adjustment files, those given by path read and checked."""
    return [f if isinstance(f, AdjustmentFile) else adjustments_.read(Path(f)) for f in files]


def _ledgers(
    workspace: Workspace, budget_year: int, models: Mapping[str, Loaded], asked: Asked
) -> Ledgers | str:
    """Return what cost is worked out from, or the code of what it lacks.

    Raises:
        ProjectionError: there is no such price estimate, or the budget year has accounts already
            or lies beyond what unit costs were trained for.
    """
    until = budget_year + OUT_YEARS
    uprate = until if asked.get("uprate") else 0
    found: Ledgers | str = costing.read(
        workspace, asked.get("known_at"), asked.get("price_estimate", ""), uprate
    )
    if isinstance(found, str):
        return found
    if UNIT_COSTS not in models:
        return "no_unit_costs"
    if found.accounts.last_year >= budget_year:
        raise ProjectionError(
            f"the accounts reach {found.accounts.last_year}, so {budget_year} is no year to "
            f"budget for; choose {found.accounts.last_year + 1} or later"
        )
    reach = units.reach(models[UNIT_COSTS])
    if until > reach:
        raise ProjectionError(
            f"{UNIT_COSTS} reaches {reach}, but cost is wanted to {until}; choose "
            f"{reach - OUT_YEARS} or earlier, or train it again on newer accounts"
        )
    return found
