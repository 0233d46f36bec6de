"""Training: one panel in, one trained model out, for all its series together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from forecast.engine import backtest as backtest_
from forecast.engine import bank, drivers, exposures, ownshare
from forecast.engine.backtest import Lessons
from forecast.engine.options import EngineOptions
from forecast.engine.trained import Fitted, Trained
from forecast.errors import MethodError
from forecast.panel import Panel


def fit(panel: Panel, options: EngineOptions, seed: int) -> tuple[Fitted, Lessons]:
    """Fit the bank and learn weights, widths and dependence; return also what was tried.

    Raises:
        MethodError: nothing was observed, or no member can answer for the panel.
    """
    if not np.isfinite(panel.values).any():
        raise MethodError(f"panel {panel.measure}: no value was observed; nothing to train on")
    known = backtest_.lessons(panel, options, seed)
    now = exposures.at(panel, len(panel.periods), options.horizon)
    members = bank.members(panel, options)
    moves = known.driven.moves(drivers.END)
    moved = np.zeros((len(panel.keys), options.horizon)) if moves is None else moves[-1]
    states = bank.fit(now, members)
    kept = replace(now, values=panel.values)
    return Fitted(kept, now.values, options, seed, members, states, known.learnt, moved), known


def train(panel: Panel, options: EngineOptions, seed: int) -> Trained:
    """Fit the bank, learn weights, widths and dependence, and score them at past origins.

    Args:
        panel: series by periods, with exposure where the measure has one, and with what was
            projected of it at earlier origins; with drivers where the model names some.
        options: engine options.
        seed: seed of the run.

    Raises:
        MethodError: no member can answer for the panel.
    """
    fitted, known = fit(panel, options, seed)
    report = backtest_.evaluate(panel, options, known)
    return Trained(
        fitted.panel,
        fitted.level,
        options,
        seed,
        fitted.members,
        fitted.states,
        fitted.learnt,
        fitted.moved,
        report.scores,
        report.table,
        report.weights,
        report.above,
        ownshare.table(fitted),
        report.drivers,
    )
