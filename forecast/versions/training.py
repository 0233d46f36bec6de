"""Train a model on what was known on a date and register it as a new version."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from forecast import registry, specs, vintages
from forecast.errors import ForecastError
from forecast.registry import Made, VersionInfo
from forecast.seeds import seed_of
from forecast.versions import record
from forecast.versions.plans import Plan, plan

if TYPE_CHECKING:
    import pandas as pd

    from forecast.engine.trained import Trained
    from forecast.inputs import Inputs
    from forecast.workspace import Workspace


@dataclass(frozen=True)
class TrainingResult:
    """A training that was registered.

    Attributes:
        info: the new version.
        trained: the model itself.
        inputs: what it was trained on.
        seconds: time spent on data and engine.
        stored: time spent in the store.
    """

    info: VersionInfo
    trained: Trained
    inputs: Inputs
    seconds: float
    stored: float

    @property
    def findings(self) -> tuple[str, ...]:
        """What was left out, what broke and which drivers were admitted, in sentences."""
        from forecast.engine import breaks, findings

        left = findings.members(self.trained.left_out())
        jumps = findings.jumps(breaks.table(self.inputs.panel))
        return (*self.inputs.notes, *jumps, *left, *findings.drivers(self.trained.drivers))

    @property
    def model(self) -> str:
        """Name of the model."""
        return self.info.model

    @property
    def version(self) -> int:
        """Number of the version."""
        return self.info.version

    @property
    def run_id(self) -> str:
        """The MLflow run."""
        return self.info.run_id


@dataclass(frozen=True)
class Fit:
    """A model that was fitted and is not registered yet.

    Attributes:
        plan: what it was trained on.
        trained: the model itself.
        tables: what is kept beside it.
        seed: of all simulated futures.
        seconds: time spent on data and engine.
    """

    plan: Plan
    trained: Trained
    tables: dict[str, pd.DataFrame]
    seed: int
    seconds: float


def train(
    workspace: Workspace, model: str, *, known_at: str | None, seed: int, made: Made
) -> TrainingResult:
    """Train a model on what was known on a date and register it.

    Args:
        workspace: where data, specifications and versions lie.
        model: name of its file under models/.
        known_at: use only what was published by this date; None for all there is.
        seed: of all simulated futures.
        made: who trains, and when.

    Raises:
        ForecastError: data or specification do not allow it, or the store refuses.
    """
    return register(workspace, prepare(workspace, model, known_at=known_at, seed=seed), made)


def prepare(workspace: Workspace, model: str, *, known_at: str | None, seed: int) -> Fit:
    """Fit a model on what was known on a date, and do not register it.

    Raises:
        ForecastError: data or specification do not allow it.
    """
    begun = time.perf_counter()
    plan_ = plan(workspace, model, known_at)
    trained = fit(plan_, seed)
    tables = record.tables_of(plan_, trained, seed)
    return Fit(plan_, trained, tables, seed, time.perf_counter() - begun)


def register(workspace: Workspace, fitted: Fit, made: Made) -> TrainingResult:
    """Register a fitted model as a new version.

    Raises:
        RegistryError: the store refuses.
    """
    from forecast.engine.storage import Files

    begun = time.perf_counter()
    who = replace(made, seconds=fitted.seconds)
    kept = record.record_of(workspace, fitted.plan, fitted.tables, fitted.seed, who)
    info = registry.log(workspace, Files(fitted.trained), kept)
    stored = time.perf_counter() - begun
    return TrainingResult(info, fitted.trained, fitted.plan.inputs, fitted.seconds, stored)


def largest_first(workspace: Workspace, models: list[str]) -> list[int]:
    """Return the positions of some models, the one with most data first: none is waited for alone.

    A name that no specification has comes last; training it says so.
    """
    sizes = [_size(workspace, model) for model in models]
    return sorted(range(len(models)), key=lambda k: -sizes[k])


def _size(workspace: Workspace, model: str) -> int:
    try:
        spec = specs.model(model, workspace)
        rows = (int(v.manifest["rows"]) for v in vintages.listing(workspace, spec.data))
    except ForecastError:
        return 0
    return spec.horizon * max(rows, default=0)


def fit(plan_: Plan, seed: int) -> Trained:
    """Fit, backtest and calibrate what was planned; each model has a seed of its own."""
    from forecast.engine.training import train as train_panel

    return train_panel(plan_.inputs.panel, plan_.options, seed_of(seed, plan_.spec.name))


def estimate(workspace: Workspace, plan_: Plan) -> float | None:
    """Return the seconds a training will take, from earlier ones here; None where there is none.

    An earlier training of the same model counts first, else that of any other; both by size.
    """
    model = plan_.spec.name
    others = [m for m in registry.models(workspace) if m != model]
    for name in (model, *others):
        timed = [v for v in registry.versions(workspace, name) if "cells" in v.tags]
        if timed:
            last = timed[-1].tags
            return float(last["seconds"]) / max(1, int(last["cells"])) * plan_.cells
    return None


def trainable(workspace: Workspace) -> tuple[list[str], dict[str, str]]:
    """Return the models whose data are there, and the others with what each of them lacks."""
    ready, lacking = [], {}
    for name in specs.names("models", workspace):
        dataset = specs.model(name, workspace).data
        if vintages.listing(workspace, dataset):
            ready.append(name)
        else:
            lacking[name] = dataset
    return ready, lacking
