"""Trying: the trials of a panel's series, and of the sums that they add up to."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.engine import bank, exposures, levels, reconciliation, trials
from forecast.engine.options import EngineOptions
from forecast.engine.reconciliation import Tower
from forecast.engine.sums import Sums
from forecast.engine.trials import Trials
from forecast.panel import Panel


@dataclass(frozen=True)
class Tried:
    """Trials at every level.

    Attributes:
        series: of the series themselves.
        towers: of the sums, from the top down; none where nothing adds up.
    """

    series: Trials
    towers: list[Tower]


def run(panel: Panel, options: EngineOptions) -> Tried:
    """Let every member forecast series and sums from every chosen origin.

    Args:
        panel: the whole panel.
        options: engine options.
    """
    chosen = trials.cuts(panel, options)
    members = bank.members(panel, options)
    series = trials.run(panel, members, options.horizon, chosen)
    whole = exposures.without_holes(panel)
    towers = [
        reconciliation.tower(Sums(whole, level), options, chosen)
        for level in levels.of(panel, options)
        if level.codes.max() + 1 < len(level.codes)
    ]
    return Tried(series, towers)
