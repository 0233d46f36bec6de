"""The engine as a user calls it, answering for a task as the peers do."""

from __future__ import annotations

import importlib
import importlib.util
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from benchmarks.datasets import Task
from benchmarks.metrics import LEVELS
from benchmarks.peers import Answer

Entry = Callable[..., pd.DataFrame]


@dataclass(frozen=True)
class Variant:
    """What the engine is told of a panel besides the series themselves."""

    name: str
    groups: bool = False
    levels: bool = False
    exposure: bool = False


PLAIN = Variant("engine")
GROUPS = Variant("engine +groups", groups=True)
LEVELLED = Variant("engine +groups +levels", groups=True, levels=True)
FULL = Variant("engine +groups +levels +exposure", groups=True, levels=True, exposure=True)


def variants(task: Task) -> list[Variant]:
    """Return the variants that differ on a task."""
    source = task.source
    chosen = [PLAIN]
    if source.groups:
        chosen.append(GROUPS)
    if source.levels:
        chosen.append(LEVELLED)
    if source.exposure:
        chosen.append(FULL)
    return chosen


def entry(path: str = "") -> Entry:
    """Return `forecast.series.forecast_frame`, or FILE.py:FUNCTION of the same signature."""
    if not path:
        module = importlib.import_module("forecast.series")
        return cast(Entry, module.forecast_frame)
    file, name = path.rsplit(":", 1)
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{file} is not a Python file; give FILE.py:FUNCTION")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast(Entry, getattr(module, name))


def asked(task: Task, variant: Variant, function: Entry, seed: int = 1) -> pd.DataFrame:
    """Return the engine's long frame for a task, sums of levels included."""
    source = task.source
    frame = with_future(task) if variant.exposure else task.history
    columns = ["unique_id", "ds", "y"]
    columns += [*source.groups] if variant.groups else []
    columns += [*source.levels] if variant.levels else []
    columns += [source.exposure] if variant.exposure else []
    return function(
        frame[columns],
        horizon=task.horizon,
        groups=source.groups if variant.groups else (),
        levels=source.levels if variant.levels else (),
        exposure=source.exposure if variant.exposure else None,
        quantiles=LEVELS,
        seed=seed,
    )


def answer(task: Task, variant: Variant, function: Entry, seed: int = 1) -> Answer:
    """Return the engine's forecasts for a task's series, aligned as the peers' are."""
    start = time.perf_counter()
    out = asked(task, variant, function, seed)
    return Answer(aligned(out, task), time.perf_counter() - start)


def aligned(out: pd.DataFrame, task: Task) -> np.ndarray:
    """Return the long forecasts as (n, H, 1 + Q); a missing cell is an error, not a gap."""
    row = pd.Index(task.ids).get_indexer(pd.Index(out["unique_id"]))
    ahead = np.zeros(len(out), dtype=int)
    inside = row >= 0  # sums of levels come with names of their own
    ahead[inside] = out["ds"].to_numpy()[inside].astype(int) - task.last[row[inside]]
    column = np.full(len(out), -1)
    level = out["quantile"].to_numpy(dtype=np.float64)
    column[np.isnan(level)] = 0
    for number, wanted in enumerate(LEVELS, start=1):
        column[np.isclose(level, wanted)] = number
    keep = inside & (ahead >= 1) & (ahead <= task.horizon) & (column >= 0)
    values = np.full((len(task.ids), task.horizon, 1 + len(LEVELS)), np.nan)
    values[row[keep], ahead[keep] - 1, column[keep]] = out["value"].to_numpy()[keep]
    missing = np.isnan(values).any(axis=(1, 2))
    if missing.any():
        name = task.ids[int(np.flatnonzero(missing)[0])]
        raise SystemExit(f"{task.name}: {missing.sum()} series unanswered, the first is {name}")
    return values


def with_future(task: Task, years: int = 3) -> pd.DataFrame:
    """Return the history and rows without y that hold the future's exposure.

    It is projected from what was known at the origin: each series' own mean growth over its last
    years. The realised exposure of the test years is not looked at.
    """
    column = task.source.exposure
    rows = []
    for _, group in task.history.groupby("unique_id"):
        known = group[column].to_numpy(dtype=np.float64)
        span = min(years, len(known) - 1)
        growth = (known[-1] / known[-1 - span]) ** (1 / span) if span > 0 else 1.0
        future = pd.concat([group.iloc[[-1]]] * task.horizon, ignore_index=True)
        steps = np.arange(1, task.horizon + 1)
        rows.append(
            future.assign(
                ds=group["ds"].iloc[-1] + steps, y=np.nan, **{column: known[-1] * growth**steps}
            )
        )
    return pd.concat([task.history, *rows], ignore_index=True).sort_values(["unique_id", "ds"])
