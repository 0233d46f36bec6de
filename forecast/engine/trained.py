"""Trained: a model of one panel as training leaves it, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.draws import Draws
from forecast.engine import bank, futures, learning, levels, standing
from forecast.engine.bank import Member
from forecast.engine.futures import Outlook
from forecast.engine.learning import Learnt
from forecast.engine.options import EngineOptions
from forecast.engine.walks import Walks
from forecast.errors import MethodError
from forecast.methods import State
from forecast.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """A fitted combination: history, members, and what their past errors taught.

    Attributes:
        panel: history as observed, and exposure through the horizon.
        level: (n, T) history as members saw it: on today's side of registered breaks.
        options: engine options.
        seed: seed of the training run.
        members: the combination's members.
        states: their states, in the same order.
        learnt: weights, widths, dependence.
        moved: (n, H) log moves that admitted drivers give every path; 0 where there are none.
    """

    panel: Panel
    level: Floats
    options: EngineOptions
    seed: int
    members: list[Member]
    states: list[State]
    learnt: Learnt
    moved: Floats

    def points(self, horizon: int) -> dict[str, Floats]:
        """Return each member's path (n, horizon) and the combination's, in the panel's units.

        Members' are as they made them; the combination is moved by admitted drivers.
        """
        paths = self._paths()[:, :, :horizon]
        named = {m.name: p for m, p in zip(self.members, paths, strict=True)}
        return {**named, "combination": self.outlook().centre[:, :horizon]}

    def outlook(self) -> Outlook:
        """Return each series' own distribution over the learnt horizon."""
        group = learning.grouping(self.panel, self.options)[0]
        paths = self._paths()
        if self.moved.any():
            paths = paths * np.exp(self.moved)
        return futures.outlook(self.learnt, paths, standing.of(self.seen()), group)

    def quantiles(self, levels: tuple[float, ...]) -> Floats:
        """Return (n, H, levels) quantiles of each series, without simulating."""
        return futures.quantiles(self.learnt, self.outlook(), levels)

    def mean(self) -> Floats:
        """Return (n, H) means of each series, without simulating."""
        return futures.mean(self.learnt, self.outlook())

    def draws(self, horizon: int, size: int, seed: int) -> Floats:
        """Return joint draws (n, horizon, size) as 64-bit floats."""
        groups = learning.grouping(self.panel, self.options)
        places = futures.places(self.panel, groups)
        walks = Walks((self.options.horizon, size), seed)
        return futures.draw(self.learnt, self.outlook(), places, walks)[:, :horizon]

    def simulate(self, horizon: int, size: int, seed: int) -> Draws:
        """Return joint draws of all series; their sums are coherent draw by draw.

        Args:
            horizon: periods ahead, at most those that were learnt.
            size: number of draws.
            seed: seed of the run.

        Raises:
            MethodError: the horizon is longer than the one that was learnt.
        """
        if not 1 <= horizon <= self.options.horizon:
            raise MethodError(
                f"horizon {horizon}: this model was trained for 1 to {self.options.horizon} "
                "periods; train it again with a longer horizon"
            )
        return Draws(
            self.draws(horizon, size, seed).astype(np.float32),
            self.panel.keys,
            self.panel.future(horizon),
            self.panel.measure,
            self.options.additive,
        )

    def _paths(self) -> Floats:
        paths = bank.points(self.members, self.states, self.options.horizon)
        seen = self.seen()
        paths = bank.carried(paths, self.members, seen)
        return bank.tamed(paths, seen, standing.of(seen))

    def seen(self) -> Panel:
        """Return the panel as the members saw it."""
        return replace(self.panel, values=self.level)


@dataclass(frozen=True)
class Trained(Fitted):
    """A trained model of one panel: the fitted combination, and how good it was.

    Attributes:
        scores: long table of accuracy and coverage at past origins.
        backtest: forecasts from past origins beside what happened.
        weights: band, method, weight.
        above: level, band, method, weight of the members that forecast the sums.
        shrinkage: keys and `own_share`, how much of a series' forecast rests on its own history.
        drivers: driver, group, elasticity, error, gain, lower, upper, origins, finding.
    """

    scores: pd.DataFrame
    backtest: pd.DataFrame
    weights: pd.DataFrame
    above: pd.DataFrame
    shrinkage: pd.DataFrame
    drivers: pd.DataFrame

    def left_out(self) -> pd.DataFrame:
        """Return level, member, series and why of members that were named and took no part."""
        return left_out(self.panel, self.options)


def left_out(panel: Panel, options: EngineOptions) -> pd.DataFrame:
    """Return level, member, series and why of members that are named and can take no part."""
    import pandas as pd

    own = levels.bottom(panel)
    sums = levels.of(panel, options)
    panels = {own: (panel, "")} | {s.name: (levels.panel_of(panel, s), s.name) for s in sums}
    rows = [
        (name, member, len(at.keys), why)
        for name, (at, level) in panels.items()
        for member, why in bank.left_out(at, options, level).items()
    ]
    return pd.DataFrame(rows, columns=["level", "member", "series", "why"])
