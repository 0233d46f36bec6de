"""Shares of all municipalities' 0-22-year-olds, their people, and a projection of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import pandas as pd

from forecast import areas, vintages
from forecast.bundle import Bundle
from forecast.engine.options import EngineOptions
from forecast.panel import Panel
from forecast.projection import project
from forecast.projection.demand import Loaded
from forecast.workspace import Workspace
from support.futures import Steady

MODEL, AGE = "support_share", "0-22"
PERIODS = ("2022", "2023", "2024")
COUNTED = {"published": "2022-02-11"}


def panel(values: np.ndarray, codes: list[str] | None = None) -> Panel:
    """Return the panel of shares (municipalities, periods), all municipalities' unless named."""
    owners = areas.municipalities() if codes is None else codes
    keys = pd.DataFrame(
        {
            "area": owners,
            "region": [areas.region_of(code) for code in owners],
            **{"service": "any", "age": AGE},
        }
    )
    return Panel(values, keys, PERIODS, None, "supported_share")


def projection(workspace: Workspace, values: np.ndarray, codes: list[str] | None = None) -> Bundle:
    """Return a projection of shares (municipalities, periods) for the budget of 2026."""
    model = cast("Any", Steady(panel(values, codes), EngineOptions(horizon=5)))
    return project(workspace, 2026, load_models=lambda *_: {MODEL: Loaded(MODEL, model)}, size=40)


def store(
    workspace: Workspace, people: Mapping[str, Mapping[str, float]], dataset: str = "folk1a",
    **more: str,
) -> None:  # fmt: skip
    """Store persons by municipality and period as population of the age group."""
    rows = [(a, p, n) for a, line in people.items() for p, n in line.items()]
    frame = pd.DataFrame(rows, columns=["area", "period", "value"])
    frame = frame.assign(measure="population", sex="total", age=AGE, **{**COUNTED, **more})
    vintages.save(workspace, dataset, frame, {"retrieved": "2025-06-10", **more})


def sizes(seed: int = 1, least: float = 200.0) -> dict[str, float]:
    """Return how many 0-22-year-olds each municipality has: some have very few."""
    rng = np.random.default_rng(seed)
    found = dict(zip(areas.municipalities(), np.exp(rng.normal(9.2, 0.7, 98)).round(), strict=True))
    return {**found, "825": least, "563": 3 * least, "741": 3 * least + 40, "492": 5 * least}
