"""A trained model small enough to be stored hundreds of times, and its record.

It writes and reads the same kinds of files as the engine's models (NPZ, JSON, Parquet) and
answers the same calls, so the store and its faults are tried without minutes of training.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.draws import Draws
from forecast.panel import Panel
from forecast.registry import Made, Record, Source
from forecast.seeds import generator

AREAS = ("101", "751", "851")
SERVICES = ("s107", "s85_home")


def small_panel(periods: tuple[str, ...] = ("2022", "2023", "2024")) -> Panel:
    """Three municipalities by two services."""
    keys = pd.DataFrame(
        [(a, "084", s, "18+") for a in AREAS for s in SERVICES],
        columns=["area", "region", "service", "age"],
    )
    values = np.arange(len(keys) * len(periods), dtype=float).reshape(len(keys), -1) + 10
    return Panel(values, keys, periods, measure="full_year_services")


@dataclass(frozen=True)
class SmallModel:
    """Repeats the last value with noise; holds nothing but its panel."""

    panel: Panel = field(default_factory=small_panel)

    def save(self, folder: Path) -> None:
        """Write three plain files."""
        np.savez(folder / "panel.npz", values=self.panel.values)
        self.panel.keys.to_parquet(folder / "keys.parquet", index=False)
        text = json.dumps({"periods": self.panel.periods, "measure": self.panel.measure})
        (folder / "about.json").write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> SmallModel:
        """Read what `save` wrote."""
        with np.load(folder / "panel.npz", allow_pickle=False) as arrays:
            values = arrays["values"]
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        keys = pd.read_parquet(folder / "keys.parquet")
        return cls(Panel(values, keys, tuple(about["periods"]), measure=about["measure"]))

    def simulate(self, horizon: int, size: int, seed: int) -> Draws:
        """Return the last value, with noise that a seed repeats."""
        noise = generator(seed, "small").standard_normal((len(self.panel.keys), horizon, size))
        values = self.panel.values[:, -1][:, None, None] + noise
        return Draws(values, self.panel.keys, self.panel.future(horizon), self.panel.measure)


def small_record(model: str = "recipients_adults", when: str = "2026-05-01T09:00:00") -> Record:
    """A record as a training would write it, with short tables."""
    backtest = pd.DataFrame({"area": ["751"], "quantile": [0.5], "value": [1.0]})
    return Record(
        model=model,
        spec='measure = "full_year_services"\n',
        sources=(Source("hand01", "hand01-2026-05-01-abc", "a" * 64, "2025-10-01", 12, True),),
        params={"seed": 7, "horizon": 4},
        metrics={"combination.mase.municipality": 0.8},
        software={"numpy": np.__version__},
        tables={"backtest": backtest},
        made=Made("an analyst", when, 1.0),
    )
