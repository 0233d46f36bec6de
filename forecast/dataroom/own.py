"""Own accounts and budgets beside the public table whose years they take the place of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecast import areas, vintages

if TYPE_CHECKING:
    import pandas as pd

    from forecast.workspace import Workspace

PUBLIC = {"own_accounts": "regk31", "own_budgets": "budk32"}
SHOWN = 5


def notes(workspace: Workspace, dataset: str, frame: pd.DataFrame) -> list[str]:
    """Return which functions of the public table a municipality's own figures leave out or add.

    A year of a municipality is taken from its own file as a whole, so a function that is not in
    the file counts as 0. Nothing is compared where the public table is not stored.
    """
    public = PUBLIC.get(dataset, "")
    if not public or not vintages.listing(workspace, public):
        return []
    there = vintages.known(workspace, public).frame
    there = there[there["value"].fillna(0.0) != 0.0]
    mine = frame[frame["value"].notna()]
    unknown = sorted(set(mine["function"]) - set(there["function"]))
    found = [f"function {code} is in no figure of {public}; is it mistyped?" for code in unknown]
    for (area, absent), years in _left_out(there, mine).items():
        found.append(
            f"{areas.name(area)} {', '.join(years)}: the file takes the place of the whole year in "
            f"{public}, so functions that are not in it count as 0: {', '.join(absent)}"
        )
    more = len(found) - SHOWN
    return [*found[:SHOWN], *([f"and {more} more such notes"] if more > 0 else [])]


def _left_out(
    there: pd.DataFrame, mine: pd.DataFrame
) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    """Return the years in which an area leaves out the same functions of its last public year."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (area, year), rows in mine.groupby(["area", "period"]):
        public = there[there["area"] == area]
        last = public[public["period"] == public["period"].max()]
        absent = sorted(set(last["function"].astype(str)) - set(rows["function"].astype(str)))
        if absent:
            found.setdefault((str(area), tuple(absent)), []).append(str(year))
    return found
