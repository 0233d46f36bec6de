"""Workspaces that mix what two trainings knew: old figures here, new ones there."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecast import vintages
from forecast.files import write_text

if TYPE_CHECKING:
    import pandas as pd

    from forecast.workspace import Workspace


@dataclass(frozen=True)
class Known:
    """What one training read: its restored workspace, and the date whose knowledge it used."""

    workspace: Workspace
    known_at: str | None
    specs: Mapping[str, str]

    def frame(self, dataset: str) -> pd.DataFrame:
        """Return a dataset's cells as this training knew them; none where it had none."""
        import pandas as pd

        if not vintages.listing(self.workspace, dataset):
            return pd.DataFrame()
        return vintages.known(self.workspace, dataset, self.known_at).frame


@dataclass(frozen=True)
class Cells:
    """The cells of one dataset as two trainings knew them, side by side.

    Attributes:
        dataset: its name.
        keys: columns that identify a cell.
        both: outer join; `_merge` says where a cell is, `*_old` and `*_new` hold value, status
            and publication date.
    """

    dataset: str
    keys: tuple[str, ...]
    both: pd.DataFrame

    @property
    def added(self) -> pd.Series[bool]:
        """Cells that only the newer training knew."""
        return self.both["_merge"] == "right_only"

    @property
    def revised(self) -> pd.Series[bool]:
        """Cells whose figure or status differs, or that were taken back."""
        held = self.both["_merge"] == "both"
        old, new = self.both["value_old"], self.both["value_new"]
        same = (old == new) | (old.isna() & new.isna())
        same &= self.both["status_old"] == self.both["status_new"]
        return (held & ~same) | (self.both["_merge"] == "left_only")

    def mixed(self, take: pd.Series[bool]) -> pd.DataFrame:
        """Return a long frame: the new figure where `take` is true, else the old one."""
        picked = self.both[list(self.keys)].copy()
        for column in ("value", "status", "published"):
            picked[column] = np.where(take, self.both[f"{column}_new"], self.both[f"{column}_old"])
        there = np.where(
            take, self.both["_merge"] != "left_only", self.both["_merge"] != "right_only"
        )
        return picked[there].reset_index(drop=True)


def side_by_side(dataset: str, old: Known, new: Known) -> Cells:
    """Join what two trainings knew of a dataset, cell by cell."""
    before, after = old.frame(dataset), new.frame(dataset)
    if before.empty or after.empty:
        filled = after if before.empty else before
        before, after = (f if len(f) else filled.iloc[:0] for f in (before, after))
    keys = tuple(c for c in after.columns if c in before.columns and c not in vintages.NOT_KEYS)
    columns = [*keys, *vintages.NOT_KEYS]
    both = before[columns].merge(
        after[columns], on=list(keys), how="outer", suffixes=("_old", "_new"), indicator=True
    )
    return Cells(dataset, keys, both)


def whole(source: Known, dataset: str, target: Workspace) -> None:
    """Copy a dataset as one training knew it: its vintages, or what a date lets through."""
    if source.known_at is not None:
        frame = source.frame(dataset)
        if len(frame):
            _store(target, dataset, frame, source)
        return
    for vintage in vintages.listing(source.workspace, dataset):
        shutil.copytree(vintage.folder, target.vintages / dataset / vintage.folder.name)


def mixture(target: Workspace, cells: Cells, take: pd.Series[bool], source: Known) -> None:
    """Store a dataset's mixed cells as its only vintage."""
    frame = cells.mixed(take)
    if len(frame):
        _store(target, cells.dataset, frame, source)


def specified(target: Workspace, texts: Mapping[str, str]) -> None:
    """Write specifications into a workspace."""
    for path, text in texts.items():
        write_text(target.specs / path, text)


def datasets_of(*known: Known) -> Sequence[str]:
    """Return the names of all datasets that any of some trainings had."""
    return sorted({v.dataset for k in known for v in vintages.listing(k.workspace)})


def _store(target: Workspace, dataset: str, frame: pd.DataFrame, source: Known) -> None:
    last = vintages.listing(source.workspace, dataset)[-1].manifest
    day = source.known_at or str(last["known_from"])
    manifest = {**last, "retrieved": day, "known_from": day, "part": ""}
    vintages.save(target, dataset, frame, manifest)
