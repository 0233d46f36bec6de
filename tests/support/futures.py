"""Models that need no training: the last value, with made-up joint errors that grow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from forecast import inputs, specs, vintages
from forecast.draws import Draws
from forecast.engine.options import EngineOptions
from forecast.engine.trained import Trained
from forecast.panel import Panel
from forecast.projection.demand import Loaded
from forecast.seeds import generator
from forecast.workspace import Workspace

SCORES = ["method", "level", "size_class", "horizon", "metric", "value", "lower", "upper", "n"]
BACKTEST = ["area", "origin", "period", "horizon", "method", "quantile", "value", "actual"]
MODELS = (
    *("recipients_adults", "recipients_children", "supported_children"),
    *("drug_treatment", "crisis_shelters", "shelters", "unit_costs"),
)


@dataclass(frozen=True)
class Steady:
    """Stands where a trained model would: its panel, and futures around its last values."""

    panel: Panel
    options: EngineOptions

    @property
    def scores(self) -> pd.DataFrame:
        return pd.DataFrame(columns=SCORES)

    @property
    def backtest(self) -> pd.DataFrame:
        return pd.DataFrame(columns=BACKTEST)

    @property
    def weights(self) -> pd.DataFrame:
        return pd.DataFrame(columns=["band", "method", "weight"])

    def simulate(self, horizon: int, size: int, seed: int) -> Draws:
        values = self.panel.values
        place = np.where(np.isfinite(values), np.arange(values.shape[1]), -1).max(axis=1)
        last = np.take_along_axis(values, np.maximum(place, 0)[:, None], axis=1)
        rng = generator(seed, "steady")
        steps = rng.normal(0.002, 0.02, (len(last), horizon, size))
        path = np.nan_to_num(last)[:, :, None] * np.exp(np.cumsum(steps, axis=1))
        return Draws(
            path.astype(np.float32),
            self.panel.keys,
            self.panel.future(horizon),
            self.panel.measure,
            self.options.additive,
        )


def steady(
    workspace: Workspace, names: tuple[str, ...] = MODELS, known_at: str | None = None
) -> dict[str, Loaded]:
    """Build each model's panel from what was known on a date, as a training would."""
    found = {}
    for name in names:
        spec = specs.model(name, workspace)
        panel = inputs.build(spec, workspace, known_at).panel
        options = EngineOptions(horizon=spec.horizon, additive=("area", "region", "service", "age"))
        newest = vintages.newest(workspace, spec.data)
        assert newest is not None
        source = {"id": newest.id, "synthetic": newest.synthetic, "origin": "embedded"}
        version: Mapping[str, Any] = {
            **{"version": 1, "run_id": "0" * 32, "sha256": "0" * 64},
            "sources": [source],
            "known_at": known_at or "",
        }
        found[name] = Loaded(name, cast("Trained", Steady(panel, options)), version)
    return found
