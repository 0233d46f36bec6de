"""The revised figures that matter most to a forecast of one area."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from forecast.versions.mixing import Cells

if TYPE_CHECKING:
    import pandas as pd

FADES = 0.8  # a year: how much less an older figure is expected to matter, for the ranking only
COLUMNS = ("dataset", "area", "period", "keys", "number", "old", "new", "effect")
_NAMED = ("service", "age", "function", "dranst", "kind", "sex")  # never who a case is

# The forecast's total where some revised cells of a dataset keep their old figure; no name: none.
Undone = Callable[[str, "pd.Series[bool] | None"], float]


def effects(
    cells: Sequence[Cells], places: Collection[str], undone: Undone, *, tried: int
) -> pd.DataFrame:
    """Return the revised figures that matter most, each with its effect when it alone is undone.

    The area's own most recent and largest revisions are tried one by one, and all others of the
    dataset together (then `number` says how many, and area, period and keys are empty).

    Args:
        cells: the figures of both sides, by dataset.
        places: municipalities whose revisions are tried one by one.
        undone: works the forecast out with some cells of a dataset as they were.
        tried: how many are tried one by one of each dataset; none: no figure is named.

    Returns:
        The columns of `COLUMNS`, the largest effect first.
    """
    import pandas as pd

    moved = [c for c in cells if tried and c.revised.any()]
    full = undone("", None) if moved else 0.0
    rows = [
        row | {"dataset": c.dataset, "effect": full - undone(c.dataset, mask)}
        for c in moved
        for row, mask in _tried(c, places, tried)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    order = frame["effect"].astype(float).abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def plain(cells: pd.DataFrame) -> list[dict[str, Any]]:
    """Return found cells as plain values, for JSON; a figure that is not there is null."""
    rows = cells.astype("object").where(cells.notna(), None).to_dict("records")
    return [{str(k): v for k, v in row.items()} for row in rows]


def _tried(
    cells: Cells, places: Collection[str], tried: int
) -> Iterator[tuple[dict[str, Any], pd.Series[bool]]]:
    """Yield what is undone, described, and its cells: single figures first, then all others."""
    own = cells.both[cells.revised & cells.both["area"].isin(list(places))]
    rest = cells.revised.copy()
    for place in _ranked(own, tried):
        alone = cells.revised & (cells.both.index == place)
        rest &= ~alone
        yield _described(cells, cells.both.loc[place]), alone
    if rest.any():
        yield {"area": "", "period": "", "keys": {}, "number": int(rest.sum())}, rest


def _ranked(own: pd.DataFrame, tried: int) -> list[Any]:
    """Return the places of the revisions worth trying: large, and not long ago."""
    change = (own["value_new"] - own["value_old"]).abs().fillna(0.0)
    years = own["period"].str[:4].astype(float)
    weight = change * FADES ** (years.max() - years)
    return list(weight.sort_values(ascending=False, kind="stable").index[:tried])


def _described(cells: Cells, row: pd.Series[Any]) -> dict[str, Any]:
    return {
        "area": str(row["area"]), "period": str(row["period"]), "number": 1,
        "keys": {k: str(row[k]) for k in _NAMED if k in cells.keys},
        "old": float(row["value_old"]), "new": float(row["value_new"]),
    }  # fmt: skip
