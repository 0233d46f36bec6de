"""Train a model on what was known on a date and register it as a new version."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from forecast import registry, specs, vintages
from forecast.registry import Made, VersionInfo
from forecast.seeds import seed_of
from forecast.versions import record
from forecast.versions.plans import Plan, plan

if TYPE_CHECKING:
    from forecast.engine.training import Trained
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
    begun = time.perf_counter()
    plan_ = plan(workspace, model, known_at)
    trained = fit(plan_, seed)
    tables = record.tables_of(plan_, trained, seed)
    seconds = time.perf_counter() - begun
    kept = record.record_of(workspace, plan_, tables, seed, replace(made, seconds=seconds))
    info = registry.log(workspace, trained, kept)
    stored = time.perf_counter() - begun - seconds
    return TrainingResult(info, trained, plan_.inputs, seconds, stored)


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
