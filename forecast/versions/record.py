"""What is kept beside a version: what it says, what it was trained on, and how good it was."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from forecast import datasets, software, specs, vintages
from forecast.registry import Made, Record, Source
from forecast.seeds import futures_of
from forecast.versions import figures

if TYPE_CHECKING:
    import pandas as pd

    from forecast.datasets import DatasetSpec
    from forecast.draws import Draws
    from forecast.engine.trained import Trained
    from forecast.versions.plans import Plan
    from forecast.vintages import Vintage
    from forecast.workspace import Workspace

ROLES = {"population": "population", "price": "price"}  # by a dataset's schema; others are data
SAID = 1000  # futures behind the forecast that is kept beside a version
LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
_METHODS = ("combination", "demographic", "naive")
_METRICS = ("mase", "wape", "bias", "coverage80", "coverage95", "skill_vs_benchmark")


def forecast_of(trained: Trained, plan_: Plan, seed: int) -> Draws:
    """Return the futures whose quantiles are kept beside the version."""
    return trained.simulate(plan_.options.horizon, SAID, futures_of(seed, plan_.spec.name))


def tables_of(plan_: Plan, trained: Trained, seed: int) -> dict[str, pd.DataFrame]:
    """Return the tables that are kept beside a version.

    `forecast` is what the version says: quantiles and mean by series and period, with a digest
    of the very draws in `digest`. `history` is the panel as it was, holes included.
    """
    import pandas as pd

    from forecast.engine import breaks

    futures = forecast_of(trained, plan_, seed)
    return {
        "scores": trained.scores,
        "weights": trained.weights,
        "shrinkage": trained.shrinkage,
        "drivers": trained.drivers,
        "left_out": trained.left_out(),
        "breaks": breaks.table(plan_.inputs.panel),
        "backtest": trained.backtest,
        "forecast": long(futures),
        "history": history(plan_),
        "digest": pd.DataFrame({"draws": [digest(futures)]}),
    }


def digest(futures: Draws) -> str:
    """Return a sha256 of simulated futures, of their shape and their bytes."""
    import numpy as np

    total = sha256(repr(futures.values.shape).encode())
    for series in futures.values:  # one at a time: the whole is large
        total.update(np.ascontiguousarray(series, dtype="<f8").data)
    return total.hexdigest()


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
        figures=figures.of(tables["scores"]),
        software=software.describe(),
        tables={name: frame for name, frame in tables.items() if name != "digest"},
        made=made,
    )


def sources_of(workspace: Workspace, used: tuple[Vintage, ...]) -> tuple[Source, ...]:
    """Return the vintages that were there of every dataset that was read.

    More than the cells used: earlier snapshots of a dataset say what was known at past origins.
    """
    read = sorted({vintage.dataset for vintage in used})
    roles = {name: role_of(datasets.get(name, workspace)) for name in read}
    return tuple(
        source_of(v, roles[name]) for name in read for v in vintages.listing(workspace, name)
    )


def overrides_of(workspace: Workspace) -> dict[str, str]:
    """Return the workspace's own specifications by path below specs/, as text."""
    return {
        f"{kind}/{path.name}": path.read_text(encoding="utf-8")
        for kind in specs.KINDS
        for path in sorted((workspace.specs / kind).glob("*.toml"))
    }


def role_of(dataset: DatasetSpec) -> str:
    """Return what a dataset is to a model, by its schema: data, population or price."""
    return ROLES.get(dataset.schema, "data")


def source_of(vintage: Vintage, role: str) -> Source:
    """Return a data vintage as it is recorded."""
    manifest = vintage.manifest
    return Source(
        dataset=vintage.dataset,
        id=vintage.id,
        sha256=str(manifest["sha256"]),
        published=str(manifest.get("published", "")),
        rows=int(manifest["rows"]),
        synthetic=vintage.synthetic,
        role=role,
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
