"""Train a model on what was known on a date and register it as a new version."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from forecast import datasets, inputs, measures, registry, software, specs, vintages
from forecast.engine.options import EngineOptions
from forecast.registry import Made, Record, Source, VersionInfo
from forecast.seeds import seed_of

if TYPE_CHECKING:
    import pandas as pd

    from forecast.draws import Draws
    from forecast.engine.training import Trained
    from forecast.inputs import Inputs
    from forecast.vintages import Vintage
    from forecast.workspace import Workspace

ROLES = {"population": "population", "price": "price"}  # by a dataset's schema; others are data
SAID = 1000  # futures behind the forecast that is kept beside a version
LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
_METHODS = ("combination", "demographic", "naive")
_METRICS = ("mase", "wape", "bias", "coverage80", "coverage95", "skill_vs_benchmark")


@dataclass(frozen=True)
class Plan:
    """What a training would use.

    Attributes:
        spec: the model's specification.
        text: its TOML, as it stands in the file.
        inputs: the panel, and the vintages that it was read from.
        options: what the engine is told.
        known_at: the date whose knowledge is used, empty for today's.
    """

    spec: specs.ModelSpec
    text: str
    inputs: Inputs
    options: EngineOptions
    known_at: str = ""

    @property
    def cells(self) -> int:
        """How many figures the panel has room for."""
        return int(self.inputs.panel.values.size)

    @property
    def sentence(self) -> str:
        """What would be trained, in one sentence."""
        panel = self.inputs.panel
        return (
            f"{self.spec.name}: {len(panel.keys)} series, {panel.periods[0]} to "
            f"{panel.periods[-1]}, {self.options.horizon} periods ahead"
        )

    def plain(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        panel = self.inputs.panel
        return {
            "model": self.spec.name,
            "series": len(panel.keys),
            "first_period": panel.periods[0],
            "last_period": panel.periods[-1],
            "horizon": self.options.horizon,
            "methods": list(self.options.methods),
            "known_at": self.known_at,
            "real_time": self.inputs.real_time,
            "vintages": [vintage.id for vintage in self.inputs.used],
            "notes": list(self.inputs.notes),
        }


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


def plan(workspace: Workspace, model: str, known_at: str | None = None) -> Plan:
    """Return what a training would use, without training.

    Raises:
        ForecastError: the specification is wrong or data are missing.
    """
    spec = specs.model(model, workspace)
    text = specs.path("models", model, workspace).read_text(encoding="utf-8")
    return planned(spec, text, workspace, known_at)


def planned(spec: specs.ModelSpec, text: str, workspace: Workspace, known_at: str | None) -> Plan:
    """Return what a training of a given specification would use."""
    read = inputs.build(spec, workspace, known_at)
    options = EngineOptions(
        groups=spec.groups,
        levels=spec.levels,
        scale=spec.scale,
        methods=spec.methods,
        horizon=spec.horizon,
        origins=spec.backtest.origins,
        additive=measures.get(spec.measure).additive,
    )
    return Plan(spec, text, read, options, known_at or "")


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
    tables = tables_of(plan_, trained, seed)
    seconds = time.perf_counter() - begun
    record = record_of(workspace, plan_, tables, seed, replace(made, seconds=seconds))
    info = registry.log(workspace, trained, record)
    stored = time.perf_counter() - begun - seconds
    return TrainingResult(info, trained, plan_.inputs, seconds, stored)


def fit(plan_: Plan, seed: int) -> Trained:
    """Fit, backtest and calibrate what was planned; each model has a seed of its own."""
    from forecast.engine.training import train as train_panel

    return train_panel(plan_.inputs.panel, plan_.options, seed_of(seed, plan_.spec.name))


def forecast_of(trained: Trained, plan_: Plan, seed: int) -> Draws:
    """Return the futures whose quantiles are kept beside the version."""
    return trained.simulate(plan_.options.horizon, SAID, seed_of(seed, plan_.spec.name, "said"))


def tables_of(plan_: Plan, trained: Trained, seed: int) -> dict[str, pd.DataFrame]:
    """Return the tables that are kept beside a version.

    `forecast` is what the version says: quantiles and mean by series and period, with a digest
    of the very draws in `digest`. `history` is the panel as it was, holes included.
    """
    import pandas as pd

    futures = forecast_of(trained, plan_, seed)
    return {
        "scores": trained.scores,
        "weights": trained.weights,
        "shrinkage": trained.shrinkage,
        "backtest": trained.backtest,
        "forecast": long(futures),
        "history": history(plan_),
        "digest": pd.DataFrame({"draws": [digest(futures)]}),
    }


def digest(futures: Draws) -> str:
    """Return a sha256 of simulated futures, of their shape and their bytes."""
    import numpy as np

    values = np.ascontiguousarray(futures.values, dtype="<f8")
    return sha256(repr(values.shape).encode() + values.tobytes()).hexdigest()


def long(futures: Draws) -> pd.DataFrame:
    """Return quantiles and mean (quantile empty) by series and period, one row each."""
    import numpy as np
    import pandas as pd

    levels = (*LEVELS, np.nan)
    cells = np.concatenate([futures.quantile(LEVELS), futures.mean()[:, :, None]], axis=2)
    n, h, q = cells.shape
    frame = futures.keys.loc[np.repeat(np.arange(n), h * q)].reset_index(drop=True)
    frame["period"] = np.tile(np.repeat(np.array(futures.periods, dtype=object), q), n)
    frame["period"] = frame["period"].astype("str")
    return pd.concat(
        [frame, pd.DataFrame({"quantile": np.tile(levels, n * h), "value": cells.ravel()})], axis=1
    )


def history(plan_: Plan) -> pd.DataFrame:
    """Return the panel as long rows: keys, period, value, exposure (where there is one)."""
    import numpy as np

    panel = plan_.inputs.panel
    n, t = panel.values.shape
    frame = panel.keys.loc[np.repeat(np.arange(n), t)].reset_index(drop=True)
    frame["period"] = list(panel.periods) * n
    frame["value"] = panel.values.ravel()
    if panel.exposure is not None:
        frame["exposure"] = panel.exposure[:, :t].ravel()
    return frame


def record_of(
    workspace: Workspace, plan_: Plan, tables: dict[str, pd.DataFrame], seed: int, made: Made
) -> Record:
    """Return what is recorded of a training beside the model itself."""
    panel = plan_.inputs.panel
    return Record(
        model=plan_.spec.name,
        spec=plan_.text,
        sources=sources_of(workspace, plan_.inputs.used),
        overrides=overrides_of(workspace),
        params={
            "seed": seed,
            "known_at": plan_.known_at,
            "real_time": str(plan_.inputs.real_time).lower(),
            "series": len(panel.keys),
            "cells": plan_.cells,
            "first_period": panel.periods[0],
            "last_period": panel.periods[-1],
            "horizon": plan_.options.horizon,
            "origins": plan_.options.origins,
            "draws_sha256": str(tables["digest"]["draws"].iloc[0]),
        },
        metrics=metrics_of(tables["scores"]),
        software=software.describe(),
        tables={name: frame for name, frame in tables.items() if name != "digest"},
        made=made,
    )


def sources_of(workspace: Workspace, used: tuple[Vintage, ...]) -> tuple[Source, ...]:
    """Return the vintages that were there of every dataset that was read.

    More than the cells used: earlier snapshots of a dataset say what was known at past origins.
    """
    read = sorted({vintage.dataset for vintage in used})
    return tuple(source_of(v) for name in read for v in vintages.listing(workspace, name))


def overrides_of(workspace: Workspace) -> dict[str, str]:
    """Return the workspace's own specifications by path below specs/, as text."""
    return {
        f"{kind}/{path.name}": path.read_text(encoding="utf-8")
        for kind in specs.KINDS
        for path in sorted((workspace.specs / kind).glob("*.toml"))
    }


def source_of(vintage: Vintage) -> Source:
    """Return a data vintage as it is recorded; its role follows from its dataset's schema."""
    manifest = vintage.manifest
    return Source(
        dataset=vintage.dataset,
        id=vintage.id,
        sha256=str(manifest["sha256"]),
        published=str(manifest.get("published", "")),
        rows=int(manifest["rows"]),
        synthetic=vintage.synthetic,
        role=ROLES.get(datasets.get(vintage.dataset).schema, "data"),
        origin=str(manifest.get("origin", "")),
    )


def metrics_of(scores: pd.DataFrame) -> dict[str, float]:
    """Return the scores over all horizons and sizes by method, metric and level.

    MLflow shows these thirty or so; all scores are in the table.
    """
    import numpy as np

    kept = scores[
        scores["method"].isin(_METHODS)
        & scores["metric"].isin(_METRICS)
        & (scores["horizon"] == 0)
        & (scores["size_class"] == "all")
        & np.isfinite(scores["value"].astype(float))
    ]
    names = kept["method"] + "." + kept["metric"] + "." + kept["level"]
    return {name: float(value) for name, value in zip(names, kept["value"], strict=True)}


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
