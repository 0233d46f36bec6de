"""A workspace with eight municipalities of the embedded data, trained twice in a few seconds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from forecast import vintages
from forecast.registry import Made
from forecast.sources import embedded
from forecast.versions import training
from forecast.versions.training import TrainingResult
from forecast.workspace import Workspace

MODEL = "homelessness"
PLACES = ("101", "147", "151", "259", "329", "461", "751", "851")
REVISED = ("751", "2022-02-07", "30+")
MADE = Made("an analyst", "2026-05-01T09:00:00")


def few_places(root: Path) -> Workspace:
    """Store the embedded counts of homeless persons and the population, of eight places."""
    workspace = Workspace(root)
    for dataset, frame, manifest in embedded.read():
        if dataset in ("homelessness", "folk1a", "frkm"):
            kept = frame[frame["area"].isin(PLACES)]
            vintages.save(workspace, dataset, kept.reset_index(drop=True), manifest)
    return workspace


def revise(workspace: Workspace, factor: float = 1.5) -> None:
    """Store a later vintage of the counts in which one figure of Aarhus is another."""
    last = vintages.newest(workspace, "homelessness")
    assert last is not None
    frame = last.frame()
    area, period, age = REVISED
    cell = (frame["area"] == area) & (frame["period"] == period) & (frame["age"] == age)
    assert cell.sum() == 1
    frame.loc[cell, "value"] = (frame.loc[cell, "value"] * factor).round()
    day = {"retrieved": "2026-06-01", "published": "2026-06-01", "known_from": "2026-06-01"}
    vintages.save(workspace, "homelessness", pd.DataFrame(frame), {**last.manifest, **day})


def trained(workspace: Workspace, known_at: str | None = None, seed: int = 1) -> TrainingResult:
    """Train the model of the homeless."""
    return training.train(workspace, MODEL, known_at=known_at, seed=seed, made=MADE)
