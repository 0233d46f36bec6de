"""Learning: from trials to weights, widths and dependence; the same at every origin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.engine import calibration, dependence, hurdle, weights
from forecast.engine.calibration import Calibration
from forecast.engine.dependence import Dependence
from forecast.engine.options import EngineOptions
from forecast.engine.trials import Trials
from forecast.methods._groups import codes
from forecast.panel import Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
FOLDS = 4


@dataclass(frozen=True)
class Learnt:
    """What a panel's past says about combining its members and about their errors.

    Attributes:
        weight: (H, m) weights of the members.
        calibration: widths.
        dependence: shared shares of the errors.
        zero: (groups, run, H) chance that a series which ends in zeros is zero.
    """

    weight: Floats
    calibration: Calibration
    dependence: Dependence
    zero: Floats


def learn(trials: Trials, groups: tuple[Ints, Ints]) -> Learnt:
    """Learn everything from some trials; widths from weights that did not see their origin."""
    weight = weights.learn(trials)
    centre = crossed(trials)
    widths = calibration.learn(trials, centre)
    shared = dependence.learn(trials, centre, widths, groups)
    return Learnt(weight, widths, shared, hurdle.learn(trials, groups[0]))


def crossed(trials: Trials) -> Floats:
    """Return (o, n, H) combined forecasts, each origin's with weights learnt from other origins.

    Neighbouring origins are left out together: they are judged on much the same years.
    """
    centre = np.empty(trials.actual.shape)
    for fold in np.array_split(np.arange(len(trials.cuts)), min(FOLDS, len(trials.cuts))):
        others = trials.select([k for k in range(len(trials.cuts)) if k not in fold])
        weight = weights.learn(others)
        centre[fold] = calibration.combined(trials.forecasts[fold], weight)
    return centre


def grouping(panel: Panel, options: EngineOptions) -> tuple[Ints, Ints]:
    """Return codes (n,) of the series' group, and of the first level within it."""
    first = (*options.groups, *options.levels[:1])
    return codes(panel, options.groups), codes(panel, first)
