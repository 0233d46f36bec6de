"""Drivers: another measure moves the combination only where past origins show that it helps.

At every past origin the driver's elasticity is learnt from what was known there, and the
combination of that day is moved by it. What that does to the errors of the first year ahead,
paired by origin, is the evidence: origins are what is independent, however many series share them,
so the gain's interval is Student's over origins (as in Diebold and Mariano 1995, whose years do not
overlap here), wide enough to hold for all groups of the model together (Bonferroni). A driver is
admitted in a group whose interval lies above zero and where the longer horizons do not get worse.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from forecast import periods
from forecast.engine import calibration, elasticity, exposures, learning, weights
from forecast.engine.elasticity import Cells
from forecast.engine.levels import summed
from forecast.engine.options import EngineOptions
from forecast.engine.reconciliation import Tower
from forecast.engine.trials import Trials
from forecast.engine.trying import Tried
from forecast.panel import Driver, Panel

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
END = np.iinfo(np.int64).max  # a cut after everything that is known
FEWEST = 4  # origins below which no driver is judged
SURE = 0.95  # that no driver without effect is admitted in any group
REACH = 0.3  # a driver moves a log rate by at most so much
COLUMNS = tuple("driver group elasticity error gain lower upper origins finding".split())  # noqa: SIM905
FINDINGS = ("admitted", "no_gain", "no_effect", "too_few_origins", "no_spread")


@dataclass(frozen=True)
class Effect:
    """What one driver does at every origin, the panel's end last.

    Attributes:
        cells: the sums by which it is judged, groups by areas of the driver.
        slope: (o + 1, groups) elasticities, as learnt at each origin and shrunk.
        found: (2, groups) the last ones before they are shrunk, and their standard errors.
        move: (o + 1, groups, areas, H) log moves of the forecasts made there.
        error: (2, o, groups, H) absolute errors of the sums, without the driver and with it.
        level: (o, groups, H) what the sums were; 0 where nothing is known yet.
        known: (o + 1, groups) whether the driver told anything of the years ahead.
    """

    cells: Cells
    slope: Floats
    found: Floats
    move: Floats
    error: Floats
    level: Floats
    known: Flags

    def gain(self, cut: int, cuts: tuple[int, ...], step: int) -> list[tuple[float, ...]]:
        """Return by group: gain, its interval's ends, origins, and 1 where it is admitted.

        Args:
            cut: what is known.
            cuts: the origins, rising.
            step: periods a year.
        """
        chosen = _apart([k for k, c in enumerate(cuts) if c + step <= cut], cuts, step)
        acted = np.abs(self.move).sum(axis=(2, 3)) > 0
        at = cuts.index(cut) if cut in cuts else len(cuts)
        groups = range(self.cells.shape[0])
        return [self._judged(g, [k for k in chosen if acted[k, g]], (at, cut, cuts), step)
                for g in groups]  # fmt: skip

    def _judged(
        self, group: int, origins: list[int], now: tuple[int, int, tuple[int, ...]], step: int
    ) -> tuple[float, ...]:
        """Judge one group by the first year ahead of some origins that do not overlap."""
        level = self.level[origins, group, :step].sum(axis=1)
        used = [k for k, size in zip(origins, level, strict=True) if size > 0]
        if len(used) < FEWEST:
            return (np.nan, np.nan, np.nan, float(len(used)), 0.0)
        loss = self.error[:, used, group, :step].sum(axis=2) / level[level > 0]
        better, base = loss[0] - loss[1], max(float(loss[0].mean()), 1e-300)
        tail = 1 - (1 - SURE) / 2 / self.cells.shape[0]
        doubt = better.std(ddof=1) / np.sqrt(len(used)) * stdtrit(len(used) - 1, tail)
        middle = float(better.mean())
        low, high = (middle - doubt) / base, (middle + doubt) / base
        admitted = low > 0 and self._harmless(group, now) and self.slope[now[0], group] != 0
        return (middle / base, low, high, float(len(used)), float(admitted))

    def _harmless(self, group: int, now: tuple[int, int, tuple[int, ...]]) -> bool:
        """Tell whether all horizons together got no worse, as far as outcomes were known."""
        _, cut, cuts = now
        ahead = np.arange(self.level.shape[2])
        known = np.array([[c + h < cut for h in ahead] for c in cuts])
        plain, moved = (self.error[i, :, group][known].sum() for i in (0, 1))
        return bool(moved <= plain)


@dataclass(frozen=True)
class Driven:
    """What a panel's drivers do to its forecasts, and where they are admitted.

    Attributes:
        effects: by the driver's name.
        names: of the groups.
        cuts: the origins.
        step: periods a year.
        end: how many periods the panel holds.
    """

    effects: dict[str, Effect]
    names: list[str]
    cuts: tuple[int, ...]
    step: int
    end: int

    def admitted(self, cut: int) -> dict[str, Flags]:
        """Return by driver the groups that it acts on, as could be known at a cut.

        Where several are admitted in a group the one with the greatest gain acts alone: what they
        explain together is not known.
        """
        at = min(cut, self.end)
        found = {name: e.gain(at, self.cuts, self.step) for name, e in self.effects.items()}
        best = np.zeros(len(self.names))
        for judged in found.values():
            best = np.maximum(best, [j[0] if j[4] else 0.0 for j in judged])
        taken = np.zeros(len(self.names), dtype=bool)
        acts = {}
        for name, judged in found.items():
            own = [bool(j[4]) and j[0] == b for j, b in zip(judged, best, strict=True)]
            acts[name] = np.array(own) & ~taken
            taken |= acts[name]
        return acts

    def moves(self, cut: int) -> Floats | None:
        """Return (o + 1, n, H) log moves of all origins' forecasts as decided at a cut, if any."""
        acts = self.admitted(cut)
        if not any(flags.any() for flags in acts.values()):
            return None
        total = None
        for name, effect in self.effects.items():
            own = effect.move * acts[name][None, :, None, None]
            spread = np.stack([effect.cells.spread(move) for move in own])
            total = spread if total is None else total + spread
        return total

    def tried(self, panel: Panel, tried: Tried, cut: int) -> Tried:
        """Return the trials with every forecast moved as decided at a cut; the same if not."""
        moves = self.moves(cut)
        if moves is None:
            return tried
        factor = np.exp(moves)
        series = replace(tried.series, forecasts=tried.series.forecasts * factor[:-1, None])
        return Tried(series, [self._tower(t, panel, factor) for t in tried.towers])

    def table(self) -> pd.DataFrame:
        """Return one row a driver and group: elasticity, gain with its interval, and what came."""
        import pandas as pd

        rows = []
        for name, effect in self.effects.items():
            acts = self.admitted(END)[name]
            for g, judged in enumerate(effect.gain(self.end, self.cuts, self.step)):
                finding = _finding(effect.known[:, g], judged[3], bool(acts[g]))
                row = (name, self.names[g], *map(float, effect.found[:, g]), *judged[:3])
                rows.append((*row, int(judged[3]), finding))
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def _tower(self, tower: Tower, panel: Panel, factor: Floats) -> Tower:
        """Return a level's sums moved as the series in them are, by their last size."""
        codes = tower.level.codes
        moved = [
            self._summed(panel.values[:, :cut], codes, factor[self.cuts.index(cut)])
            for cut in tower.trials.cuts
        ]
        said = tower.trials.forecasts * np.stack(moved)[:, None]
        now = tower.now * self._summed(panel.values, codes, factor[-1])
        return replace(tower, trials=replace(tower.trials, forecasts=said), now=now)

    @staticmethod
    def _summed(past: Floats, codes: NDArray[np.intp], factor: Floats) -> Floats:
        size = _last(past)[:, None] + 1e-9
        return np.asarray(summed(size * factor, codes) / summed(size + 0 * factor, codes))


def learn(panel: Panel, options: EngineOptions, trials: Trials) -> Driven:
    """Learn what every driver of a panel does, at each origin from what was known there."""
    group = learning.grouping(panel, options)[0]
    step = periods.per_year(panel.frequency)
    centres = [_centre(trials, k) for k in range(len(trials.cuts))] if panel.drivers else []
    found = {}
    for name, driver in panel.drivers.items():
        cells = elasticity.cells(driver, group)
        found[name] = _effect(panel, driver, cells, (trials, centres))
    names, end = _names(panel, options, group), len(panel.periods)
    return Driven(found, names, trials.cuts, step, end)


def _effect(
    panel: Panel, driver: Driver, cells: Cells, tried: tuple[Trials, list[Floats]]
) -> Effect:
    trials, centres = tried
    horizon = trials.happened.shape[2]
    steps = [_step(panel, driver, cells, (cut, horizon))
             for cut in (*trials.cuts, len(panel.periods))]  # fmt: skip
    found, move, told = (np.stack(part) for part in zip(*steps, strict=True))
    slope = elasticity.shrunk(found[:, 0], found[:, 1])
    errors, levels = [], []
    for k, centre in enumerate(centres):
        seen = np.isfinite(trials.happened[k])
        actual = cells.sums(np.where(seen, trials.happened[k], 0.0))
        said = cells.sums(np.where(seen, centre, 0.0))
        moved = said * np.exp(move[k])
        errors.append(np.stack([np.abs(actual - x).sum(axis=1) for x in (said, moved)]))
        levels.append(actual.sum(axis=1))
    shape = (0, cells.shape[0], horizon)
    error = np.stack(errors, axis=1) if errors else np.empty((2, *shape))
    level = np.stack(levels) if levels else np.empty(shape)
    return Effect(cells, slope, found[-1], move, error, level, told > 0)


def _step(
    panel: Panel, driver: Driver, cells: Cells, at: tuple[int, int]
) -> tuple[Floats, Floats, Floats]:
    """Return elasticities (2, groups), moves (groups, areas, H), and how much was told (groups)."""
    cut, horizon = at
    known = driver.known.get(panel.periods[cut - 1])
    if known is None or not len(known):
        nothing = np.zeros(cells.shape[0])
        return np.full((2, len(nothing)), np.nan), np.zeros((*cells.shape, horizon)), nothing
    past, step = exposures.at(panel, cut, 1), periods.per_year(panel.frequency)
    found = elasticity.learn(past, known, cells, step)
    size = cells.sums(_last(past.values)) * np.isfinite(known).any(axis=1)
    change = elasticity.apart(elasticity.ahead(known, cut, horizon, step), size)
    move = np.clip(elasticity.shrunk(*found)[:, None, None] * change, -REACH, REACH)
    return np.stack(found), move, np.abs(change).sum(axis=(1, 2))


def _centre(trials: Trials, k: int) -> Floats:
    """Return (n, H) combined forecasts from an origin, with weights learnt before it."""
    weight = weights.learn(trials.before(trials.cuts[k]))
    return calibration.combined(trials.forecasts[k], weight)


def _last(values: Floats) -> Floats:
    """Return (n,) the last observed value of each series; 0 where there is none."""
    place = np.maximum.accumulate(np.where(np.isfinite(values), np.arange(values.shape[1]), -1), 1)
    last = np.take_along_axis(values, np.maximum(place[:, -1:], 0), axis=1)[:, 0]
    return np.where(place[:, -1] >= 0, np.abs(np.nan_to_num(last)), 0.0)


def _apart(origins: list[int], cuts: tuple[int, ...], step: int) -> list[int]:
    """Keep origins whose first years do not overlap, from the last one back."""
    kept: list[int] = []
    for k in reversed(origins):
        if not kept or cuts[kept[-1]] - cuts[k] >= step:
            kept.append(k)
    return kept[::-1]


def _finding(known: Flags, acted: float, admitted: bool) -> str:
    """Name what came of a driver, which told something at some origins and acted at so many."""
    if admitted:
        return "admitted"
    if not known[-1]:
        return "no_spread"
    if known[:-1].sum() < FEWEST:
        return "too_few_origins"
    return "no_gain" if acted >= FEWEST else "no_effect"


def _names(panel: Panel, options: EngineOptions, group: NDArray[np.intp]) -> list[str]:
    """Return what the groups are called: their keys' values."""
    first = np.unique(group, return_index=True)[1]
    rows = panel.keys.iloc[first]
    return [" · ".join(str(row[c]) for c in options.groups) for row in rows.to_dict("records")]
