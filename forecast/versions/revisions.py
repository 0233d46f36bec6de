"""The revised figures that matter most to one municipality's forecast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from forecast.versions import paired
from forecast.versions.mixing import Cells
from forecast.versions.paired import Pair

if TYPE_CHECKING:
    import pandas as pd

FADES = 0.8  # a year: how much less an older figure is expected to matter, for the ranking only
CANDIDATES = 3


def effects(pair: Pair, factors: Sequence[str]) -> pd.DataFrame:
    """Return the revised figures that matter most, each with its effect when it alone is undone.

    One training each; the municipality's own most recent and largest revisions are tried, and
    those of all other municipalities together.
    """
    import pandas as pd

    full = paired.mixed(pair, frozenset(factors), [c.added | c.revised for c in pair.cells])
    rows = []
    for k, cells in enumerate(pair.cells):
        own = cells.revised & (cells.both["area"] == pair.area)
        for place in _ranked(cells.both[own]):
            undone = pd.Series(cells.both.index == place, index=cells.both.index)
            row = cells.both.loc[place]
            rows.append(_undone(pair, factors, (k, undone), full) | _described(cells, row))
        others = cells.revised & ~own
        if others.any():
            about = {"dataset": cells.dataset, "cell": f"{int(others.sum())} in other areas"}
            rows.append(_undone(pair, factors, (k, others), full) | about)
    frame = pd.DataFrame(rows, columns=["dataset", "cell", "old", "new", "effect"])
    order = frame["effect"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _undone(
    pair: Pair, factors: Sequence[str], revert: tuple[int, Any], full: pd.Series[float]
) -> dict[str, float]:
    """Return how much of the new forecast is due to some revised cells of one dataset."""
    takes = [
        (cells.added | cells.revised) & ~(revert[1] if k == revert[0] else False)
        for k, cells in enumerate(pair.cells)
    ]
    without = paired.mixed(pair, frozenset(factors), takes)
    return {"effect": float(full.sub(without, fill_value=0.0).sum())}


def _ranked(own: pd.DataFrame) -> list[Any]:
    """Return the places of the revisions worth trying: large, and not long ago."""
    change = (own["value_new"] - own["value_old"]).abs().fillna(0.0)
    years = own["period"].str[:4].astype(float)
    weight = change * FADES ** (years.max() - years)
    return list(weight.sort_values(ascending=False, kind="stable").index[:CANDIDATES])


def _described(cells: Cells, row: pd.Series[Any]) -> dict[str, Any]:
    named = [str(row[k]) for k in cells.keys if k not in ("measure", "area")]
    return {
        "dataset": cells.dataset, "cell": " ".join(named),
        "old": float(row["value_old"]), "new": float(row["value_new"]),
    }  # fmt: skip
