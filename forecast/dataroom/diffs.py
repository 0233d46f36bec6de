"""Differences between two vintages: what was added, revised and withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from forecast.errors import VintageError
from forecast.vintages import NOT_KEYS, Vintage

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Diff:
    """What changed from one vintage to another.

    Attributes:
        added: cells that only the later one has.
        revised: cells whose figure or status changed: `old`, `new`, `change`, largest first.
        withdrawn: cells that only the earlier one has.
        same: how many cells did not change.
    """

    added: pd.DataFrame
    revised: pd.DataFrame
    withdrawn: pd.DataFrame
    same: int


def between(old: Vintage, new: Vintage) -> Diff:
    """Compare two vintages of one dataset cell by cell.

    Raises:
        VintageError: they are of different datasets or have different columns.
    """
    if old.dataset != new.dataset:
        raise VintageError(
            f"{old.id} is of {old.dataset} and {new.id} of {new.dataset}; expected one dataset"
        )
    before, after = old.frame(), new.frame()
    keys = [c for c in before.columns if c not in NOT_KEYS]
    if sorted(before.columns) != sorted(after.columns):
        raise VintageError(
            f"{old.id} has the columns {', '.join(before.columns)}, {new.id} "
            f"{', '.join(after.columns)}; they cannot be compared"
        )
    return of(before, after, keys)


def of(before: pd.DataFrame, after: pd.DataFrame, keys: list[str]) -> Diff:
    """Compare two long frames by their keys."""
    cells = [*keys, "value", "status"]
    both = before[cells].merge(
        after[cells], on=keys, how="outer", suffixes=("_old", "_new"), indicator=True
    )
    shared = both[both["_merge"] == "both"]
    equal = (shared["value_old"] == shared["value_new"]) | (
        shared["value_old"].isna() & shared["value_new"].isna()
    )
    changed = shared[~(equal & (shared["status_old"] == shared["status_new"]))]
    revised = changed.rename(columns={"value_old": "old", "value_new": "new"})
    revised = revised.assign(change=revised["new"] - revised["old"]).drop(columns="_merge")
    order = revised["change"].abs().sort_values(ascending=False, kind="stable").index
    return Diff(
        added=_side(both, "right_only", keys, "new"),
        revised=revised.loc[order].reset_index(drop=True),
        withdrawn=_side(both, "left_only", keys, "old"),
        same=len(shared) - len(changed),
    )


def _side(both: pd.DataFrame, which: str, keys: list[str], suffix: str) -> pd.DataFrame:
    rows = both.loc[both["_merge"] == which, [*keys, f"value_{suffix}", f"status_{suffix}"]]
    return rows.set_axis([*keys, "value", "status"], axis=1).reset_index(drop=True)
