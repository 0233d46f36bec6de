"""Projection errors: how population projections of the past missed the counts that came later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from forecast import areas
from forecast.dataroom import population

if TYPE_CHECKING:
    import pandas as pd

    from forecast.workspace import Workspace

SIZE_CLASSES = (0, 20_000, 40_000, 60_000, 100_000)


def by_size(workspace: Workspace, known_at: str | None = None) -> pd.DataFrame:
    """Measure past projections against the counts that came later.

    Returns:
        One row per size class and horizon in years (0: the projection's first year), with the
        number of municipality-projections `n`, and `bias`, `sd` and `mape` of the log ratio
        of projected to counted persons.
    """
    errors = past(workspace, "", known_at)
    grouped = errors.groupby(["size", "horizon"], sort=True)["error"]
    table = grouped.agg(n="count", bias="mean", sd=lambda e: e.std(ddof=0))
    table["mape"] = grouped.agg(lambda e: float(np.abs(np.expm1(e)).mean()))
    return table.reset_index()


def past(workspace: Workspace, ages: str, known_at: str | None = None) -> pd.DataFrame:
    """Return how every past projection of an age range missed the counts that came later.

    Returns:
        A row per `vintage`, municipality (`area`, its `size` class and `persons` today) and
        `horizon` in years, with `error`, the log ratio of projected to counted persons.
    """
    import pandas as pd

    counted = population.counted(workspace, ages, known_at)
    made = population.projections(workspace, ages, known_at)
    rows = [_errors(projected, counted, vintage) for vintage, projected in made]
    return pd.concat(rows, ignore_index=True)


def size_class(persons: float) -> str:
    """Return the size class of a municipality, such as `20000-40000`."""
    bounds = [*SIZE_CLASSES, 0]
    place = int(np.searchsorted(SIZE_CLASSES, persons, side="right")) - 1
    top = f"-{bounds[place + 1]}" if bounds[place + 1] else "+"
    return f"{bounds[place]}{top}"


def _errors(projected: pd.DataFrame, counted: pd.DataFrame, vintage: str) -> pd.DataFrame:
    import pandas as pd

    codes = [c for c in areas.municipalities() if c in projected.index and c in counted.index]
    shared = [c for c in projected.columns if c in counted.columns]
    over = projected.loc[codes, shared].to_numpy() / counted.loc[codes, shared].to_numpy()
    now = counted.loc[codes].to_numpy()[:, -1]
    long = pd.DataFrame(
        {
            "vintage": vintage,
            "area": np.repeat(codes, len(shared)),
            "size": np.repeat([size_class(float(p)) for p in now], len(shared)),
            "persons": np.repeat(now, len(shared)),
            "horizon": [int(time[:4]) - int(vintage) for time in shared] * len(codes),
            "error": np.log(over).ravel(),
        }
    )
    return long.dropna(subset=["error"])
