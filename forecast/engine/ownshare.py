"""Own share: how much of a forecast rests on the series' own history, and not on others'.

A sensitivity, measured on the combination itself. All histories are tilted so that they end a
little higher than they did, and everything is fitted again: the forecast moves by its own tilt
(level and growth) and by that of the others, whose growth and parameters it borrows. Then a fifth
of the series at a time is tilted alone, five times over. What a forecast moves when only its own
history (and few others') is tilted, over what it moves when all are, is the own share: 1 for a
forecast from the series alone, less the more it borrows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.engine import bank, calibration, standing
from forecast.methods._groups import codes

if TYPE_CHECKING:
    import pandas as pd

    from forecast.engine.trained import Fitted
    from forecast.methods import State
    from forecast.panel import Panel

Floats = NDArray[np.float64]
TILT = 0.05  # log rise at the end of history; small beside what is usual, large beside rounding
PARTS = 5  # in which series are tilted in turn


def table(fitted: Fitted) -> pd.DataFrame:
    """Return the panel's keys and `own_share`, 0 to 1."""
    return fitted.panel.keys.assign(own_share=of(fitted))


def of(fitted: Fitted) -> Floats:
    """Return (n,) own shares of a fitted combination, mean over the horizon."""
    panel = fitted.seen()
    everyone = np.ones(len(panel.keys), dtype=bool)
    group = codes(panel, fitted.options.groups)
    near = (*fitted.options.levels, *(["region"] if "region" in panel.keys.columns else []))
    local = codes(panel, tuple(dict.fromkeys((*fitted.options.groups, *near))))
    base = _combined(fitted, panel, fitted.states)
    common = _response(base, _combined(fitted, _tilted(panel, everyone)))
    own = np.empty(len(group))
    turn = _turns(local)
    for part in range(PARTS):
        chosen = turn == part
        if not chosen.any():
            continue
        moved = _response(base, _combined(fitted, _tilted(panel, chosen)))
        others = _others(group, chosen)
        own[chosen] = ((moved - others * common) / np.maximum(1 - others, 1e-9))[chosen]
    share = np.divide(own, common, out=np.ones_like(own), where=common > TILT / 100)
    return np.clip(share, 0.0, 1.0)


def _tilted(panel: Panel, chosen: NDArray[np.bool_]) -> Panel:
    """Return the panel with some histories rising a little more, evenly over its periods."""
    count = panel.values.shape[1]
    rise = np.exp(TILT * np.arange(1, count + 1) / count)
    return replace(panel, values=np.where(chosen[:, None], panel.values * rise, panel.values))


def _combined(fitted: Fitted, panel: Panel, states: list[State] | None = None) -> Floats:
    """Return (n, H) what the combination says from a panel, before it is reconciled with sums.

    Args:
        fitted: whose members and weights are used.
        panel: what they are fitted on.
        states: what that fit gave, where it is known.
    """
    made = bank.fit(panel, fitted.members) if states is None else states
    paths = bank.points(fitted.members, made, fitted.options.horizon)
    paths = bank.carried(paths, fitted.members, panel)
    held = bank.tamed(paths, panel, standing.of(panel))
    group = codes(panel, fitted.options.groups)
    return calibration.combined(held, fitted.learnt.weight[group])


def _response(base: Floats, moved: Floats) -> Floats:
    """Return (n,) mean log rise of forecasts over the horizon; 0 for a forecast of zero."""
    ok = (base > 0) & (moved > 0)
    rise = np.where(ok, np.log(np.where(ok, moved, 1.0) / np.where(ok, base, 1.0)), 0.0)
    return np.asarray(rise.mean(axis=1))


def _turns(local: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return (n,) in which turn a series is tilted, spread evenly over groups and regions."""
    turn = np.empty(len(local), dtype=np.intp)
    turn[np.argsort(local, kind="stable")] = np.arange(len(local)) % PARTS
    return turn


def _others(group: NDArray[np.intp], chosen: NDArray[np.bool_]) -> Floats:
    """Return (n,) the share of the others in a series' group that are tilted with it."""
    tilted = np.bincount(group, weights=chosen.astype(float))[group] - chosen
    size = np.bincount(group)[group] - 1
    return np.asarray(np.divide(tilted, size, out=np.zeros(len(group)), where=size > 0))
