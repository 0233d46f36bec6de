"""Projection: demand and cost of all areas for chosen years, from one set of model versions.

All areas are always simulated together, and a municipality is a slice of the same draws. Draw
number s is the same future in every measure and in every scenario of the same seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from forecast.bundle import Bundle
from forecast.costs import adjustments as adjustments_
from forecast.costs import expected, levers, prices
from forecast.costs.adjustments import Adjustment, AdjustmentFile
from forecast.costs.state import State
from forecast.costs.tables import Level
from forecast.costs.wish import Wish
from forecast.errors import ProjectionError, SpecError
from forecast.projection import bundling, costing, people, provenance
from forecast.projection.costing import Costing, Ledgers
from forecast.projection.demand import Demand, Loaded, simulate
from forecast.projection.people import People
from forecast.seeds import SEED

if TYPE_CHECKING:
    from forecast.workspace import Workspace

SIZE = 1000
OUT_YEARS = 3
LIFT = 1e9  # DKK 1,000: more than all municipalities spend
UNIT_COSTS = "unit_costs"
YEAR_TO_DATE = "year_to_date"

LoadModels = Callable[["Workspace", Mapping[str, int | str]], dict[str, Loaded]]


class Asked(TypedDict, total=False):
    """What a projection may be asked for beside its budget year.

    adjustments: files (paths or as read) in the order in which they are applied. size: number
    of draws. seed: of all simulated futures. known_at: use only what was published by this
    date. versions: version or alias by model, champions where not named. today: the date of the
    projection. price_estimate: date of the price estimate, the newest without. uprate: carry
    refund thresholds forward by the price index where years are missing. lift: DKK 1,000, the
    lift of the budget year's service frame. load_models: reads the models (tests give fakes).
    """

    adjustments: Sequence[Path | AdjustmentFile]
    size: int
    seed: int
    known_at: str | None
    versions: Mapping[str, int | str] | None
    today: str
    price_estimate: str
    uprate: bool
    lift: float | None
    load_models: LoadModels


@dataclass(frozen=True)
class Prepared:
    """A projection before any adjustment, which scenarios are worked out from again and again.

    Attributes:
        workspace: where data and versions lie.
        budget_year: the budget year; three out-years follow.
        models: all models that were loaded.
        demands: futures by model.
        people: the persons that shares are of.
        costing: the state of cost, None where cost cannot be had.
        reason: code of what cost lacks, empty where it is there.
        asked: what was asked for.
    """

    workspace: Workspace
    budget_year: int
    models: Mapping[str, Loaded]
    demands: Mapping[str, Demand]
    people: People
    costing: Costing | None
    reason: str
    asked: Asked = field(default_factory=lambda: Asked())

    @property
    def seed(self) -> int:
        """Seed of the run."""
        return self.asked.get("seed", SEED)

    @property
    def costed(self) -> Costing:
        """What cost is worked out from.

        Raises:
            ProjectionError: cost cannot be had; the sentence says what is missing.
        """
        if self.costing is None:
            raise ProjectionError(f"{provenance.REASONS[self.reason]}; {provenance.REMEDY}")
        return self.costing

    @property
    def state(self) -> State:
        """The state of cost without adjustments."""
        return self.costed.state

    @property
    def level(self) -> Level:
        """How current prices become those of the budget year."""
        return Level(self.costed.ledgers.prices, self.budget_year)


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
    named = asked.get("versions") or {}
    if "load_models" in asked:
        models = asked["load_models"](workspace, named)
    else:
        models = load_versions(workspace, {**chosen(workspace, asked.get("known_at")), **named})
    demanded = {name: model for name, model in models.items() if name != UNIT_COSTS}
    if not demanded:
        raise ProjectionError(_untrained(workspace, asked.get("known_at")))
    size, seed = asked.get("size", SIZE), asked.get("seed", SEED)
    _check_known(models, asked.get("known_at"))
    until = budget_year + OUT_YEARS
    demands = {name: simulate(model, until, size, seed) for name, model in demanded.items()}
    found = _costing(workspace, budget_year, (models, demands), asked)
    built, reason = (found, "") if isinstance(found, Costing) else (None, found)
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

    What is booked comes last: it is what the year has cost, whatever is known beside it.

    Raises:
        SpecError: two adjustments of different files have one name.
    """
    states = [("", prepared.state)]
    ground = lever_ground(prepared)
    booked = [entry for file in files for entry in file.booked]
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


def _untrained(workspace: Workspace, known_at: str | None) -> str:
    """Return why there is nothing to project, and the command that mends it."""
    if not known_at:
        return f"no model of demand is trained in {workspace.root}; run `forecast train` first"
    return (
        f"no model of demand in {workspace.root} was trained on what was known on {known_at}; "
        f"run `forecast train --known-at {known_at}` first"
    )


def chosen(workspace: Workspace, known_at: str | None) -> dict[str, int | str]:
    """Return each trained model's champion, or its newest version that knew no more than a date.

    A model without such a version is left out.
    """
    from forecast import registry

    if not known_at:
        return dict(registry.champions(workspace))
    found: dict[str, int | str] = {}
    for name in registry.models(workspace):
        for info in registry.versions(workspace, name):
            if "" < info.tags.get("known_at", "") <= known_at:
                found[name] = info.version
    return found


def load_versions(workspace: Workspace, versions: Mapping[str, int | str]) -> dict[str, Loaded]:
    """Load a version, by number or alias, of each model that is named."""
    from forecast import registry

    found = {}
    for name, which in sorted(versions.items()):
        trained, info = registry.load(workspace, name, which)
        version = {
            "version": info.version,
            "run_id": info.run_id,
            "sha256": info.sha256,
            "sources": registry.facts(workspace, info, "sources"),
            "known_at": str(info.tags.get("known_at", "")),
        }
        found[name] = Loaded(name, trained, version)
    return found


def _check_known(models: Mapping[str, Loaded], known_at: str | None) -> None:
    """Refuse models that have seen data from after the date whose knowledge is wanted."""
    if not known_at:
        return
    for name, model in models.items():
        seen = str(model.version.get("known_at", ""))
        if not seen or seen > known_at:
            raise ProjectionError(
                f"{name} version {model.version.get('version')} was trained on what was known "
                f"{'on ' + seen if seen else 'today'}, which is more than on {known_at}; train it "
                f"with `forecast train {name} --known-at {known_at}` and name that version"
            )


def _costing(
    workspace: Workspace,
    budget_year: int,
    parts: tuple[Mapping[str, Loaded], Mapping[str, Demand]],
    asked: Asked,
) -> Costing | str:
    models, demands = parts
    until = budget_year + OUT_YEARS
    uprate = until if asked.get("uprate") else 0
    known_at = asked.get("known_at")
    found: Ledgers | str = costing.read(
        workspace, known_at, asked.get("price_estimate", ""), uprate
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
    years = list(range(found.accounts.last_year + 1, until + 1))
    wish = Wish(years, asked.get("size", SIZE), asked.get("seed", SEED), known_at)
    return costing.build(workspace, demands, (found, models[UNIT_COSTS]), wish)
