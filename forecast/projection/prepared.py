"""Prepared: what a projection is asked for, and how it stands before any adjustment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from forecast.costs.tables import Level
from forecast.errors import ProjectionError
from forecast.seeds import SEED

if TYPE_CHECKING:
    from forecast.costs.adjustments import AdjustmentFile
    from forecast.costs.state import State
    from forecast.projection.costing import Costing
    from forecast.projection.demand import Demand, Loaded
    from forecast.projection.people import People
    from forecast.workspace import Workspace

REASONS = {
    "no_accounts": "cost is left out, because no accounts were given",
    "no_prices": "cost is left out, because no price estimate was given",
    "no_population": "cost is left out, because no population was given",
    "no_unit_costs": "cost is left out, because unit costs were not trained",
}
REMEDY = "see `forecast status` for what is missing"

LoadModels = Callable[["Workspace", Mapping[str, int | str]], "dict[str, Loaded]"]


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
            raise ProjectionError(f"{REASONS[self.reason]}; {REMEDY}")
        return self.costing

    @property
    def state(self) -> State:
        """The state of cost without adjustments."""
        return self.costed.state

    @property
    def level(self) -> Level:
        """How current prices become those of the budget year."""
        return Level(self.costed.ledgers.prices, self.budget_year)
