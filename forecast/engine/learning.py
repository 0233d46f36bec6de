"""Learning: from trials to weights, widths and dependence; the same at every origin."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.engine import (
    calibration,
    convergence,
    correction,
    dependence,
    hardness,
    hurdle,
    momentum,
    reconciliation,
    shocks,
    weights,
)
from forecast.engine.calibration import Calibration
from forecast.engine.dependence import Dependence
from forecast.engine.options import EngineOptions
from forecast.engine.reconciliation import Above, Tower
from forecast.engine.trials import Trials
from forecast.engine.weights import Parted
from forecast.methods._groups import codes
from forecast.panel import Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
NAME = "unique_id"  # the key that tells every series apart, and so no place


@dataclass(frozen=True)
class Learnt:
    """What a panel's past says about combining its members and about their errors.

    Attributes:
        weight: (groups, H, m) weights of the members.
        calibration: widths.
        dependence: shared shares of the errors.
        zero: (groups, run, H) chance that a series which ends in zeros is zero.
        hard: (groups,) how large a group's errors are beside those of all.
        push: (n,) how far the newest errors move the centre, in units of scale × √h.
        rare: (3,) how the chance of a zero of a small count goes with its forecast.
        slope: how far high series gain on low ones of their group, in units of scale × h.
        strength: how far the series go toward the forecasts of their sums, 0 to 1.
        above: the forecasts of those sums.
    """

    weight: Floats
    calibration: Calibration
    dependence: Dependence
    zero: Floats
    hard: Floats
    push: Floats
    rare: Floats
    slope: float
    strength: float = 0.0
    above: tuple[Above, ...] = ()

    def moved(self, centre: Floats, scale: Floats, group: Ints) -> Floats:
        """Return combined forecasts (n, H) moved by momentum and convergence."""
        centre = momentum.moved(centre, self.push, scale)
        return convergence.moved(centre, self.slope, scale, group)

    def reconciled(self, centre: Floats, spread: Floats, group: Ints) -> Floats:
        """Return centres (n, H) pulled toward the forecasts of their sums."""
        if not self.above or self.strength == 0:
            return centre
        common = self.dependence.top
        whole = reconciliation.pulled(centre, spread, list(self.above), group, common)
        return (1 - self.strength) * centre + self.strength * whole


def learn(
    trials: Trials,
    groups: tuple[Ints, Ints, Ints],
    towers: list[Tower] | None = None,
    cut: int | None = None,
) -> Learnt:
    """Learn everything from some trials; widths from weights that did not see their origin.

    Args:
        trials: what members said and what happened, as known at the cut.
        groups: codes (n,) of group, of region within group, and of place.
        towers: the levels of sums, if any.
        cut: the origin that is forecast from; None is the panel's end.
    """
    weighed = weights.parted(trials, groups[0])
    centre = crossed(trials, groups[0], weighed)
    then, push = momentum.learn(trials, centre, groups[0])
    centre = momentum.moved(centre, then, trials.standing.scale)
    slope = convergence.learn(trials, centre, groups[0])
    centre = convergence.moved(centre, slope, trials.standing.scale, groups[0])
    hard = hardness.learn(trials, centre, groups[0])
    trials = trials.widened(hard[groups[0]]).among(groups[0])
    signs = calibration.difficulty(trials.forecasts, trials.standing)
    widths = calibration.learn(shocks.usual(trials, centre, groups[0]), centre, signs)
    widths = correction.corrected(widths, trials, centre, signs, groups[0])
    spread = widths.spread(signs, trials.standing)
    shared = dependence.learn(trials, centre, spread, widths, groups)
    zero = hurdle.learn(trials, groups[0])
    rare = hurdle.rarity(trials, centre)
    learnt = Learnt(weighed.whole, widths, shared, zero, hard, push, rare, slope)
    above = [a for a in (t.at(cut) for t in towers or ()) if a is not None]
    if not towers or len(above) < len(towers):
        return learnt
    far = reconciliation.strength(trials, towers, (centre, spread), groups[0], shared.top)
    return replace(learnt, strength=far, above=tuple(above))


def crossed(trials: Trials, group: Ints, weighed: Parted) -> Floats:
    """Return (o, n, H) combined forecasts, each origin's with weights learnt from other origins.

    Neighbouring origins are left out together: they are judged on much the same years.
    """
    centre = np.empty(trials.actual.shape)
    for number, block in enumerate(weighed.blocks):
        weight = weighed.without(number)[group]
        centre[block] = calibration.combined(trials.forecasts[block], weight)
    return centre


def grouping(panel: Panel, options: EngineOptions) -> tuple[Ints, Ints, Ints]:
    """Return codes (n,) of the series' group, of the first level within it, and of its place.

    A place is what the keys tell of a series beside its group and its name; where it does not
    tell the series of a group apart, each series is a place of its own.
    """
    first = (*options.groups, *options.levels[:1])
    group = codes(panel, options.groups)
    return group, codes(panel, first), _places(panel, options, group)


def _places(panel: Panel, options: EngineOptions, group: Ints) -> Ints:
    each = np.arange(len(group))
    told = tuple(str(c) for c in panel.keys.columns if c not in (*options.groups, NAME))
    if not told:
        return each
    place = codes(panel, told)
    alone = len(np.unique(group * (int(place.max()) + 1) + place)) == len(group)
    return place if alone else each
