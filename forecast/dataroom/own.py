"""Own accounts and budgets beside the public table whose figures they take the place of."""

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

    A function that is in the file takes the place of the public one. One that is not stays as the
    public table has it, and counts as 0 in a year that the public table does not hold. Nothing is
    compared where the public table is not stored.
    """
    public = PUBLIC.get(dataset, "")
    if not public or not vintages.listing(workspace, public):
        return []
    there = vintages.known(workspace, public).frame
    there = there[there["value"].fillna(0.0) != 0.0]
    mine = frame[frame["value"].notna()]
    unknown = sorted(set(mine["function"]) - set(there["function"]))
    found = [f"function {code} is in no figure of {public}; is it mistyped?" for code in unknown]
    for (area, held, absent), years in _left_out(there, mine).items():
        codes = ", ".join(absent)
        left = f"stay as in {public}: {codes}; give 0 where nothing is spent on one"
        if not held:
            left = f"count as 0, since {public} does not hold the year: {codes}"
        when = f"{areas.name(area)} {', '.join(years)}"
        found.append(f"{when}: functions that are not in the file {left}")
    more = len(found) - SHOWN
    return [*found[:SHOWN], *([f"and {more} more such notes"] if more > 0 else [])]


def _left_out(
    there: pd.DataFrame, mine: pd.DataFrame
) -> dict[tuple[str, bool, tuple[str, ...]], list[str]]:
    """Return the years in which an area leaves out the same functions of its public figures.

    The key says too whether the public table holds these years; where it does not, its last year
    says which functions there are.
    """
    found: dict[tuple[str, bool, tuple[str, ...]], list[str]] = {}
    for (area, year), rows in mine.groupby(["area", "period"]):
        public = there[there["area"] == area]
        held = bool((public["period"] == year).any())
        same = public[public["period"] == (year if held else public["period"].max())]
        absent = sorted(set(same["function"].astype(str)) - set(rows["function"].astype(str)))
        if absent:
            found.setdefault((str(area), held, tuple(absent)), []).append(str(year))
    return found
