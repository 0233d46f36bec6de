"""Trials: what every member said at past origins, and what then happened."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.engine import bank, breaks, exposures, standing
from forecast.engine.bank import Member
from forecast.engine.options import EngineOptions
from forecast.engine.standing import Standing
from forecast.engine.sums import Sums
from forecast.panel import Panel

Floats = NDArray[np.float64]
LEAST = 3  # periods that a panel must hold before an origin
YOUNG = 0.5  # share of today's history below which a trial says nothing about today's forecast


@dataclass(frozen=True)
class Trials:
    """Forecasts of all members from past origins.

    Attributes:
        cuts: (o) how many periods were known at each origin, rising.
        names: members, in the order of `forecasts`.
        forecasts: (o, m, n, H).
        happened: (o, n, H); NaN where nothing was observed, or lies after the panel's end.
        actual: (o, n, H) the same, but NaN also where the series was too young to learn from.
        standing: (o, n, …) where each series stood.
    """

    cuts: tuple[int, ...]
    names: tuple[str, ...]
    forecasts: Floats
    happened: Floats
    actual: Floats
    standing: Standing

    @property
    def apart(self) -> int:
        """How many periods lie between neighbouring origins."""
        return self.cuts[-1] - self.cuts[-2] if len(self.cuts) > 1 else 1

    def before(self, cut: int) -> Trials:
        """Return what could be known at a cut: origins before it, outcomes up to it."""
        kept = self.select([k for k, c in enumerate(self.cuts) if c < cut])
        happened = kept.happened.copy()
        for row, origin in enumerate(kept.cuts):
            happened[row, :, cut - origin :] = np.nan
        latest = max(sum(c <= cut for c in self.cuts) - 1, 0)
        length = self.standing.length[latest]
        return replace(kept, happened=happened, actual=_grown(happened, kept.standing, length))

    def uncrossed(self, panel: Panel) -> Trials:
        """Return the trials without the outcomes that lie across a break from their origin."""
        if not panel.breaks:
            return self
        ahead = self.happened.shape[2]
        beyond = np.stack([breaks.crossed(panel, cut, ahead) for cut in self.cuts])
        happened, actual = (np.where(beyond, np.nan, x) for x in (self.happened, self.actual))
        return replace(self, happened=happened, actual=actual)

    def widened(self, factor: Floats) -> Trials:
        """Return the trials of series whose typical change is (n,) times as large."""
        size = self.standing.scale * factor
        return replace(self, standing=replace(self.standing, scale=size))

    def among(self, group: NDArray[np.intp]) -> Trials:
        """Return the trials of series that know how large they are in their group (n,)."""
        return replace(self, standing=self.standing.among(group))

    def of(self, chosen: NDArray[np.bool_]) -> Trials:
        """Return the trials of some series, chosen (n,)."""
        return replace(
            self,
            forecasts=self.forecasts[:, :, chosen],
            happened=self.happened[:, chosen],
            actual=self.actual[:, chosen],
            standing=self.standing.of(chosen),
        )

    def select(self, keep: list[int]) -> Trials:
        """Return the trials of some origins."""
        return Trials(
            tuple(self.cuts[k] for k in keep),
            self.names,
            self.forecasts[keep],
            self.happened[keep],
            self.actual[keep],
            self.standing.at(keep),
        )


def cuts(panel: Panel, options: EngineOptions) -> tuple[int, ...]:
    """Choose the origins: the last ones, enough for the horizon and the reported origins.

    Only origins with an observation in the period just before are taken, so that an irregular
    count is tried from its counting years; three counts, years apart, are not tried from.
    """
    t = len(panel.periods)
    wanted = min(options.horizon, 6) + max(options.origins, 2) * 2 - 2
    step = 4 if panel.frequency == "Q" and t > 24 else 1
    seen: NDArray[np.bool_] = np.asarray(np.isfinite(panel.values).any(axis=0))
    known = np.cumsum(seen)
    least = min(LEAST, int(known[-1]) - 1)
    last = [c for c in range(t - 1, 1, -1) if seen[c - 1] and known[c - 1] >= least]
    if bank.irregular(panel):
        last = [c for c in last if known[c - 1] > least] or last
    return tuple(sorted(last[::step][:wanted]))


def run(
    panel: Panel,
    members: list[Member],
    horizon: int,
    chosen: tuple[int, ...],
    sums: Sums | None = None,
) -> Trials:
    """Let every member forecast from every chosen origin.

    Args:
        panel: the whole panel.
        members: who forecasts.
        horizon: periods ahead.
        chosen: the origins, as numbers of periods known.
        sums: what the panel is the sums of, where it is; they differ from origin to origin.
    """
    n, h = len(panel.keys), horizon
    length = np.isfinite(panel.values).sum(axis=1).astype(np.float64)
    said = np.empty((len(chosen), len(members), n, h))
    happened = np.full((len(chosen), n, h), np.nan)
    stands = []
    for k, cut in enumerate(chosen):
        past = exposures.at(panel if sums is None else sums.known(cut), cut, h)
        stand = standing.of(past)
        stands.append(stand)
        paths = bank.points(members, bank.fit(past, members), h)
        said[k] = bank.tamed(bank.carried(paths, members, past), past, stand)
        ahead = panel.values[:, cut : cut + h] if sums is None else sums.followed(cut, h)
        happened[k, :, : ahead.shape[1]] = ahead
    stood = standing.stacked(stands)
    actual = _grown(happened, stood, length)
    return Trials(chosen, tuple(m.name for m in members), said, happened, actual, stood)


def _grown(happened: Floats, stood: Standing, length: Floats) -> Floats:
    """Return outcomes (o, n, H), without those of series that have more than doubled since."""
    young = stood.length < YOUNG * np.maximum(length, 1.0 / YOUNG)
    return np.where(young[..., None], np.nan, happened)
