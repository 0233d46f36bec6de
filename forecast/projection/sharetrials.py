"""Trials of shares: how regions' and the nation's were foretold at past origins.

A share is trained by municipality and knows no population, so its model's own scores are of
municipalities. Where their people are known the same origins are lived through again, and what
was said of all people together is laid beside what came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import areas, inputs
from forecast.bundle import empty
from forecast.engine import backtest, scale, scores
from forecast.engine.scores import Sheet
from forecast.engine.sheets import Origin
from forecast.errors import DataError
from forecast.projection import shares

if TYPE_CHECKING:
    import pandas as pd

    from forecast.engine.options import EngineOptions
    from forecast.panel import Panel
    from forecast.projection.demand import Demand
    from forecast.projection.people import People

Floats = NDArray[np.float64]
MIDDLE = scores.QUANTILES.index(0.5)
ALIKE = 0.01  # of a median that the training reported; beyond it, it is another model's past


@dataclass(frozen=True)
class Past:
    """A panel of shares at past origins.

    Attributes:
        panel: the shares, with what the register of breaks says of them.
        names: members of the combination.
        origins: what was said at each, and what came.
    """

    panel: Panel
    names: tuple[str, ...]
    origins: list[Origin]


@dataclass(frozen=True)
class Whole:
    """A sum of people.

    Attributes:
        parts: (k) its series among the panel's.
        people: (k, T) persons of each at the panel's periods, or their part of the sum's.
    """

    parts: NDArray[np.intp]
    people: Floats


def table(demand: Demand, people: People, dataset: str) -> pd.DataFrame:
    """Return the bundle's rows of accuracy of regions' and the nation's shares.

    People are those of the day that is foretold, as they were counted later: a region's weights
    hardly move. There are no rows where no past origin was tried, or where what the training said
    there cannot be said again (its register of breaks was another, or drivers moved it).

    Args:
        demand: futures of a model of shares.
        people: persons of the groups that they are of.
        dataset: what the model was trained on, for the register of breaks.
    """
    trained = demand.model.trained
    if trained.backtest.empty:
        return empty("accuracy")
    panel = _with_breaks(trained.panel, dataset)
    lived = past(panel, trained.options, trained.seed) if panel is not None else None
    if lived is None or not _same(lived, trained.backtest):
        return empty("accuracy")
    found = [sheet(lived, *level) for level in _levels(demand, people)]
    return scores.table(found, trained.seed).assign(model=demand.model.name)


def _with_breaks(panel: Panel, dataset: str) -> Panel | None:
    """Return a stored panel with its breaks; none where one of later leaves figures out."""
    try:
        found = inputs.with_breaks(panel, dataset)
    except DataError:  # it leaves out all there is
        return None
    return found if np.isfinite(found.values).sum() == np.isfinite(panel.values).sum() else None


def past(panel: Panel, options: EngineOptions, seed: int) -> Past:
    """Live through a panel's past origins, as many as are reported, knowing what was known then."""
    known = backtest.lessons(panel, options, seed)
    return Past(panel, known.tried.series.names, backtest.origins(panel, options, known))


def sheet(lived: Past, level: str, wholes: list[Whole]) -> Sheet:
    """Lay what was said of sums of people beside what came."""
    laid = np.array([[_laid(w, o) for w in wholes] for o in lived.origins])  # (o, wholes, …, H)
    members, quantiles, actual = np.split(laid, [len(lived.names), -1], axis=2)
    points = {name: members[:, :, k] for k, name in enumerate(lived.names)}
    points["combination"] = quantiles[:, :, MIDDLE]
    history = np.stack([_history(w, lived.panel) for w in wholes])
    return Sheet(
        level,
        actual[:, :, 0],
        points,
        np.moveaxis(quantiles, 2, 3),
        np.stack([scale.naive_mae(history[:, : o.cut]) for o in lived.origins]),
        scores.sizes(history),
        "demographic" if "demographic" in lived.names else "naive",
        False,
        np.arange(len(wholes)),
        {},
    )


def _laid(whole: Whole, origin: Origin) -> Floats:
    """Return (m + q + 1, H): members, quantiles and what came, of all people of a sum.

    A municipality that did not report, or lies across a break, counts on neither side.
    """
    ahead = origin.actual.shape[1]
    on = np.pad(whole.people, ((0, 0), (0, ahead)), mode="edge")
    came = origin.actual[whole.parts]
    persons = np.where(np.isfinite(came), on[:, origin.cut : origin.cut + ahead], 0.0)
    total = persons.sum(axis=0)
    weight = persons / np.where(total > 0, total, np.nan)
    near = weight[:, : origin.draws.shape[1], None]  # nothing has come of what lies beyond
    futures = np.where(near > 0, origin.draws[whole.parts], 0.0)
    drawn = np.full((len(scores.QUANTILES), ahead), np.nan)
    drawn[:, : near.shape[1]] = np.quantile((futures * near).sum(axis=0), scores.QUANTILES, axis=1)
    parts = np.concatenate([origin.members[:, whole.parts], came[None]])
    means = (np.where(weight > 0, parts, 0.0) * weight).sum(axis=1)
    return np.concatenate([means[:-1], drawn, means[-1:]])


def _history(whole: Whole, panel: Panel) -> Floats:
    """Return (T) the share of all people of a sum, holes filled."""
    weight = whole.people / whole.people.sum(axis=0)
    return np.asarray((shares.filled(panel.values[whole.parts]) * weight).sum(axis=0))


def _levels(demand: Demand, people: People) -> list[tuple[str, list[Whole]]]:
    """Return the regions, and the nation, whose people are known, of each service and age."""
    line = list(demand.model.trained.panel.periods)
    found: dict[str, list[Whole]] = {"nation": [], "region": []}
    for group in shares.groups(demand):
        rows = np.flatnonzero(group.mask)
        for area, parts, weight in shares.weights(group, people, line):
            level = "nation" if area == areas.NATION else "region"
            found[level].append(Whole(rows[parts], weight))
    return [(level, wholes) for level, wholes in found.items() if wholes]


def _same(lived: Past, told: pd.DataFrame) -> bool:
    """Whether the medians are those that the training reported."""
    seen = [np.isfinite(o.actual) for o in lived.origins]
    pairs = zip(lived.origins, seen, strict=True)
    mine = np.concatenate([o.quantiles[..., MIDDLE][s] for o, s in pairs])
    theirs = told.loc[told["quantile"] == scores.QUANTILES[MIDDLE], "value"].to_numpy()
    return mine.shape == theirs.shape and np.allclose(mine, theirs, rtol=ALIKE, atol=0.0)
