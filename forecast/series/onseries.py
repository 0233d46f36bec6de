"""One series opened: its history, its members, their weights, and whose history counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from forecast import areas, registry
from forecast.errors import DataError, suggestion

if TYPE_CHECKING:
    import pandas as pd

    from forecast.engine.trained import Trained
    from forecast.workspace import Workspace

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
FEW = 5  # areas that a sentence names


@dataclass(frozen=True)
class Opened:
    """One series of a trained model.

    Attributes:
        model: name and version.
        key: what identifies the series.
        history: period, value.
        ahead: period, quantiles, and one column a member.
        weights: band, method, weight; those of its group.
        own_share: how much of its forecast rests on its own history, 0 to 1.
        inherited: the region whose series it is, where no other is known of the area.
    """

    model: str
    key: dict[str, str]
    history: pd.DataFrame
    ahead: pd.DataFrame
    weights: pd.DataFrame
    own_share: float
    inherited: str = ""

    def plain(self) -> dict[str, Any]:
        """Return everything as plain values for a program; what is not known is None."""
        frames = {"history": self.history, "ahead": self.ahead, "weights": self.weights}
        rows = {n: f.astype(object).where(f.notna(), None) for n, f in frames.items()}
        head = {
            "model": self.model, "key": self.key, "own_share": self.own_share,
            "inherited": self.inherited,
        }  # fmt: skip
        return {**head, **{n: f.to_dict("records") for n, f in rows.items()}}


def opened(
    workspace: Workspace, model: str, *, municipality: str, service: str = "", age: str = ""
) -> list[Opened]:
    """Open the series of an area in the champion of a model.

    Args:
        workspace: where the versions lie.
        model: name of the model.
        municipality: name or code of a municipality, or of a region for a regional measure.
        service: only this service.
        age: only this age group.

    Raises:
        ForecastError: there is no such version, area, service or age.
    """
    trained, info = registry.load(workspace, model, "champion")
    area = areas.find(municipality)
    code, region = _known(trained, area.code)
    if not region and code not in set(trained.panel.keys["area"].astype(str)):
        raise DataError(
            f"{area.name} ({code}) is not in this model, which is of "
            f"{_places(trained)}; name one of them"
        )
    wanted = {"area": code, "service": service, "age": age}
    rows = _rows(trained, {k: v for k, v in wanted.items() if v})
    found = [_opened(trained, f"{model} version {info.version}", row) for row in rows]
    return [replace(series, inherited=region) for series in found]


def _places(trained: Trained) -> str:
    """Return a few of the areas that a model is of, by name."""
    known = sorted(set(trained.panel.keys["area"].astype(str)))
    table = areas.table()
    names = dict(zip(table["code"], table["name"], strict=True))
    named = ", ".join(str(names.get(code, code)) for code in known[:FEW])
    return named + (f" and {len(known) - FEW} more" if len(known) > FEW else "")


def _known(trained: Trained, code: str) -> tuple[str, str]:
    """Return the area to open, and the region's name where it stands for the one asked for."""
    known = set(trained.panel.keys["area"].astype(str))
    region = areas.region_of(code)
    if code in known or region not in known:
        return code, ""
    return region, areas.get(region).name


def _rows(trained: Trained, wanted: dict[str, str]) -> list[int]:
    keys = trained.panel.keys
    chosen = np.ones(len(keys), dtype=bool)
    for column, value in wanted.items():
        known = sorted(set(keys[column].astype(str))) if column in keys.columns else []
        if value not in known:
            raise DataError(
                f"{column} {value!r} is not in this model{suggestion(value, known)}"
                + (f" (there are: {', '.join(known[:20])})" if known else f": it has no {column}")
            )
        chosen &= (keys[column].astype(str) == value).to_numpy()
    return [int(k) for k in np.flatnonzero(chosen)]


def _opened(trained: Trained, model: str, row: int) -> Opened:
    import pandas as pd

    panel, horizon = trained.panel, trained.options.horizon
    key = {str(c): str(panel.keys[c].iloc[row]) for c in panel.keys.columns}
    history = pd.DataFrame({"period": list(panel.periods), "value": panel.values[row]})
    quantiles = trained.quantiles(LEVELS)[row]
    ahead = pd.DataFrame({"period": list(panel.future(horizon)), "mean": trained.mean()[row]})
    for k, level in enumerate(LEVELS):
        ahead[f"q{level:g}"] = quantiles[:, k]
    for name, path in trained.points(horizon).items():
        ahead[name] = path[row]
    own = float(trained.shrinkage["own_share"].iloc[row])
    return Opened(model, key, history, ahead, _weights(trained, row), own)


def _weights(trained: Trained, row: int) -> pd.DataFrame:
    """Return the weights that the members have in one series' forecast, band by band."""
    from forecast.engine import backtest, learning

    group = learning.grouping(trained.panel, trained.options)[0][row]
    names = tuple(member.name for member in trained.members)
    return backtest.weight_table(names, trained.learnt.weight[group])
