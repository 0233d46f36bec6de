"""Reconciliation: sums are forecast on their own too, and the series pulled toward them.

Minimum trace (Wickramasuriya, Athanasopoulos and Hyndman 2019) with a structured error covariance:
own errors by each series' calibrated width, and the share that a group's errors have in common.
Sums of nation and regions are cheap enough for slow members. How far to go (not at all, half way,
the whole way) is decided by past origins: never so far that the series themselves get worse, and
only where the sums gain more than the standard error of that gain.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forecast.engine import bank, calibration, exposures, standing, weights
from forecast.engine import trials as trials_
from forecast.engine.levels import Level, summed
from forecast.engine.options import EngineOptions
from forecast.engine.sums import Sums
from forecast.engine.trials import Trials
from forecast.panel import Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
STRENGTHS = (0.0, 0.5, 1.0)
ORIGINS = 6  # the last ones; slow members take their time
FEWEST = 2  # origins below which nothing is decided


@dataclass(frozen=True)
class Above:
    """Forecasts of one level's sums from one origin.

    Attributes:
        codes: (n,) which sum each series belongs to; −1 of series that had not begun.
        centre: (k, H) combined forecast of the sums.
        spread: (k, H) expected size of its error.
    """

    codes: Ints
    centre: Floats
    spread: Floats


@dataclass(frozen=True)
class Tower:
    """A level of sums with its trials.

    Attributes:
        sums: the sums of a level, at any origin.
        panel: the sums at the panel's end.
        trials: what members said of them at the last origins.
        now: (m, k, H) what members say at the panel's end.
        said: forecasts that were asked for: the same ones are, many times.
    """

    sums: Sums
    panel: Panel
    trials: Trials
    now: Floats
    said: dict[int | None, Above | None] = field(default_factory=dict, init=False, compare=False)

    @property
    def level(self) -> Level:
        """Which series make which sum."""
        return self.sums.level

    def at(self, cut: int | None) -> Above | None:
        """Return the sums' forecast from a cut (None: the end), learnt from what came before."""
        if cut not in self.said:
            self.said[cut] = self._at(cut)
        return self.said[cut]

    def _at(self, cut: int | None) -> Above | None:
        past = self.trials if cut is None else self.trials.before(cut)
        if len(past.cuts) < FEWEST or (cut is not None and cut not in self.trials.cuts):
            return None
        weight = weights.learn(past)
        signs = calibration.difficulty(past.forecasts, past.standing)
        widths = calibration.sized(past, calibration.combined(past.forecasts, weight), signs)
        if cut is None:
            stand = standing.of(exposures.at(self.panel, len(self.panel.periods), 1))
            said, codes = self.now, self.level.codes
        else:
            k = self.trials.cuts.index(cut)
            said, stand = self.trials.forecasts[k], self.trials.standing.at(k)
            codes = np.where(self.sums.began(cut), self.level.codes, -1)
        spread = widths.spread(calibration.difficulty(said, stand), stand)
        return Above(codes, calibration.combined(said, weight), spread)

    def weight(self) -> Floats:
        """Return (H, m) weights at the panel's end."""
        return weights.learn(self.trials)


def tower(sums: Sums, options: EngineOptions, tried: tuple[int, ...]) -> Tower:
    """Try every member on a level's sums, at the last of the origins that the series had."""
    panel = sums.known(len(sums.source.periods))
    members = bank.members(panel, options, sums.level.name)
    chosen = tried[-ORIGINS:]
    trials = trials_.run(panel, members, options.horizon, chosen, sums)
    now = exposures.at(panel, len(panel.periods), options.horizon)
    said = bank.points(members, bank.fit(now, members), options.horizon)
    said = bank.carried(said, members, now)
    return Tower(sums, panel, trials, bank.tamed(said, now, standing.of(now)))


def pulled(
    centre: Floats, spread: Floats, above: list[Above], group: Ints, common: Floats
) -> Floats:
    """Return centres (n, H) reconciled with the forecasts of their sums.

    Args:
        centre: (n, H) forecasts of the series.
        spread: (n, H) expected size of their errors.
        above: the levels of sums.
        group: (n,) series that share a top.
        common: (H) share of the error variance that a group has in common.
    """
    moved = centre.copy()
    for code in range(int(group.max()) + 1):
        rows = np.flatnonzero(group == code)
        joined = [_within(a, rows) for a in above]
        adding = np.concatenate([s for s, _, _ in joined])
        wanted = np.concatenate([c for _, c, _ in joined])
        doubt = np.concatenate([d for _, _, d in joined])
        for h in range(centre.shape[1]):
            size = spread[rows, h]
            own, shared = 1 - common[h], common[h]
            part = adding * own * size**2 + shared * np.outer(adding @ size, size)
            system = part @ adding.T + np.diag(doubt[:, h] ** 2 + 1e-12)
            gap = wanted[:, h] - adding @ centre[rows, h]
            moved[rows, h] += part.T @ np.linalg.solve(system, gap)
    return moved


def _within(above: Above, rows: Ints) -> tuple[Floats, Floats, Floats]:
    """Return the summing matrix, centres and widths of the sums that some series belong to."""
    sums = np.unique(above.codes[rows])
    sums = sums[sums >= 0]
    adding = (above.codes[rows][None, :] == sums[:, None]).astype(np.float64)
    return adding, above.centre[sums], above.spread[sums]


def strength(
    trials: Trials, towers: list[Tower], centres: tuple[Floats, Floats], group: Ints, common: Floats
) -> float:
    """Return how far past origins say the series should go toward their sums, 0 to 1.

    Args:
        trials: the series' trials.
        towers: the sums' trials.
        centres: (o, n, H) combined forecasts of the series, and the size of their errors.
        group: (n,) series that share a top.
        common: (H) share of the error variance that a group has in common.
    """
    centre, spread = centres
    own: dict[float, list[float]] = {s: [] for s in STRENGTHS}
    top: dict[float, list[float]] = {s: [] for s in STRENGTHS}
    for k, cut in enumerate(trials.cuts):
        above = [a for a in (t.at(cut) for t in towers) if a is not None]
        if len(above) < len(towers) or not np.isfinite(trials.actual[k]).any():
            continue
        whole = pulled(centre[k], spread[k], above, group, common)
        for s in STRENGTHS:
            mixed = (1 - s) * centre[k] + s * whole
            own[s].append(_loss(trials.actual[k], mixed, trials.standing.scale[k], None))
            top[s].append(_loss(trials.actual[k], mixed, trials.standing.scale[k], group))
    if len(own[0.0]) < FEWEST:
        return 0.0
    allowed = [s for s in STRENGTHS if s == 0 or _pays(own, top, s)]
    return min(allowed, key=lambda s: float(np.mean(top[s])))


def _pays(own: dict[float, list[float]], top: dict[float, list[float]], s: float) -> bool:
    """Tell whether a step leaves the series no worse, and the sums better beyond chance."""
    gain = np.subtract(top[0.0], top[s])
    error = gain.std(ddof=1) / np.sqrt(len(gain))
    return bool(np.mean(own[s]) <= np.mean(own[0.0]) and gain.mean() > error)


def _loss(actual: Floats, centre: Floats, scale: Floats, group: Ints | None) -> float:
    """Return the mean scaled absolute error of the series, or of their groups' sums."""
    seen: NDArray[np.bool_] = np.isfinite(actual)
    error = np.where(seen, actual - centre, 0.0)
    if group is None:
        return float((np.abs(error) / scale[:, None]).sum() / seen.sum())
    size = summed(np.where(seen, scale[:, None], 0.0), group)
    return float(np.abs(summed(error, group)).sum() / max(size.sum(), 1e-300))
