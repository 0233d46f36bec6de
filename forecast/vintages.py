"""Vintages: immutable, content-addressed snapshots of datasets, and what was known on a date."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from forecast import snapshot
from forecast.errors import UnpublishedError, VintageError, suggestion
from forecast.files import digest, new_folder, write_json
from forecast.snapshot import DATA as DATA
from forecast.snapshot import MANIFEST as MANIFEST
from forecast.snapshot import Vintage as Vintage

if TYPE_CHECKING:
    import pandas as pd

    from forecast.workspace import Workspace

LOCK = ".lock"
PULL_LOCK = ".pull.lock"  # held by a pull while it asks a publisher, which others need not wait for
NOT_KEYS = ("value", "status", "published")


@dataclass(frozen=True)
class Known:
    """What was known of a dataset on a date.

    Attributes:
        frame: the long frame of cells published by that date.
        vintages: the snapshots that the cells come from.
        real_time: True where the figures are those of that day; False where today's revised
            figures were cut by publication date (pseudo-real-time).
    """

    frame: pd.DataFrame
    vintages: tuple[Vintage, ...]
    real_time: bool


def save(
    workspace: Workspace, dataset: str, frame: pd.DataFrame, manifest: Mapping[str, Any]
) -> Vintage:
    """Store a long frame as a new vintage, whole or not at all.

    The same content under the same publisher's stamp is stored once: the first one is returned.
    `manifest` must hold `retrieved` (ISO); `published` and `known_from` default to its date.

    Raises:
        VintageError: the frame is empty or lacks a column every long frame has.
    """
    _require(dataset, frame)
    dated = _dated(frame, snapshot.published(manifest))
    with locked(workspace), scratch(workspace) as folder:
        dated.to_parquet(folder / DATA, index=False, compression="zstd")
        return store(workspace, dataset, folder / DATA, {**manifest, "rows": len(dated)})


@contextmanager
def locked(workspace: Workspace, lock: str = LOCK) -> Iterator[None]:
    """Hold the lock under which vintages are stored: one process at a time, again from within."""
    from filelock import FileLock

    workspace.vintages.mkdir(parents=True, exist_ok=True)
    with FileLock(workspace.vintages / lock, is_singleton=True):
        yield


@contextmanager
def pulling(workspace: Workspace) -> Iterator[None]:
    """Hold off other pulls, having removed what a killed process left half-written."""
    with locked(workspace, PULL_LOCK):
        with locked(workspace):
            for pattern in (".incoming-*", "*/.*.part"):
                for left in workspace.vintages.glob(pattern):
                    shutil.rmtree(left, ignore_errors=True)
        yield


@contextmanager
def scratch(workspace: Workspace) -> Iterator[Path]:
    """Yield a hidden folder on the vintages' own disc, for files on their way in."""
    workspace.vintages.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".incoming-", dir=workspace.vintages) as name:
        yield Path(name)


def store(
    workspace: Workspace, dataset: str, parquet: Path, manifest: Mapping[str, Any]
) -> Vintage:
    """Take a finished Parquet file in as a vintage; the file is moved.

    Raises:
        VintageError: `manifest` does not say when the data were retrieved.
    """
    full = snapshot.described(dataset, manifest, digest(parquet))
    mine = snapshot.identity(full)
    same = [v for v in listing(workspace, dataset) if snapshot.identity(v.manifest) == mine]
    if same:
        return same[0]
    full["sequence"] = 1 + max(
        (int(v.manifest["sequence"]) for v in listing(workspace, dataset)), default=0
    )
    name = f"{full['known_from']}-{mine[:12]}"
    folder = workspace.vintages / dataset / name
    with new_folder(folder) as temporary:
        parquet.replace(temporary / DATA)
        write_json(temporary / MANIFEST, full)
    return Vintage(f"{dataset}-{name}", dataset, folder, full)


def listing(workspace: Workspace, dataset: str | None = None) -> list[Vintage]:
    """Return all vintages, or those of one dataset: older knowledge first, real after synthetic.

    Raises:
        VintageError: a folder's manifest is missing or cannot be read.
    """
    if not workspace.vintages.is_dir():
        return []
    names = (
        [dataset]
        if dataset is not None
        else sorted(p.name for p in workspace.vintages.iterdir() if p.is_dir() and p.name[0] != ".")
    )
    return [v for name in names for v in _of(workspace.vintages / name, name)]


def get(workspace: Workspace, id: str) -> Vintage:
    """Return the vintage of an id, or of an unambiguous beginning or end of one.

    Raises:
        VintageError: there is none, or more than one.
    """
    known = listing(workspace)
    found = [v for v in known if v.id == id] or [
        v for v in known if v.id.startswith(id) or v.id.endswith(id)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise VintageError(f"{id!r} fits {len(found)} vintages: {', '.join(v.id for v in found)}")
    near = suggestion(id, [v.id for v in known])
    raise VintageError(f"there is no vintage {id!r}{near}; `forecast data vintages` lists them")


def newest(workspace: Workspace, dataset: str, part: str = "") -> Vintage | None:
    """Return the vintage that a dataset's (or its part's) figures are read from today, if any."""
    found = [v for v in listing(workspace, dataset) if v.part == part]
    return found[-1] if found else None


def real(workspace: Workspace, dataset: str) -> list[Vintage]:
    """Return a dataset's vintages of real figures; the synthetic ones where there are no others."""
    stored = listing(workspace, dataset)
    return [v for v in stored if not v.synthetic] or stored


def known(workspace: Workspace, dataset: str, known_at: str | None = None) -> Known:
    """Return the cells of a dataset that were published by a date (None: all there is).

    Per part of the dataset: the newest snapshot taken by that date, and cells published since it
    was taken, from the newest snapshot of all. Where real figures exist, synthetic ones are not
    used.

    Raises:
        VintageError: there is no vintage of the dataset, or nothing was published by the date.
    """
    import pandas as pd

    stored = real(workspace, dataset)
    if not stored:
        raise VintageError(
            f"there is no data for {dataset!r} in {workspace.root}; "
            "pull it, import it, or run `forecast demo` for the synthetic data"
        )
    parts = sorted({v.part for v in stored})
    found = [_part_known([v for v in stored if v.part == part], known_at) for part in parts]
    held = [k for k in found if len(k.frame)]
    if not held:
        raise UnpublishedError(
            f"no cell of {dataset!r} was published by {known_at}; "
            f"the earliest here is of {_earliest(stored)}"
        )
    frame = pd.concat([k.frame for k in held], ignore_index=True)
    used = tuple(v for k in held for v in k.vintages)
    return Known(frame, used, all(k.real_time for k in held))


def optional(workspace: Workspace, dataset: str, known_at: str | None = None) -> Known | None:
    """Return the same of a dataset that can be done without; None where nothing was known.

    Raises:
        VintageError: what is stored is damaged.
    """
    if not listing(workspace, dataset):
        return None
    try:
        return known(workspace, dataset, known_at)
    except UnpublishedError:
        return None


def read_from(
    workspace: Workspace, dataset: str, known_at: str | None = None
) -> tuple[Vintage, ...]:
    """Return the vintages that `known` reads, without reading them where that can be told.

    Raises:
        VintageError: as `known`.
    """
    stored = real(workspace, dataset)
    if known_at is not None or not stored:
        return known(workspace, dataset, known_at).vintages
    newest = {v.part: v for v in stored}
    return tuple(newest[part] for part in sorted(newest) if int(newest[part].manifest["rows"]))


def _part_known(stored: list[Vintage], known_at: str | None) -> Known:
    last = stored[-1]
    if known_at is None:
        return Known(last.frame(), (last,), True)
    held = [v for v in stored if v.known_from <= known_at]
    if not held:
        frame = _cut(last.frame(), known_at)
        # a frame that carries its own vintages is never revised, so the cut is what was known
        return Known(frame, (last,), "vintage" in frame.columns)
    base = held[-1]
    frame = _cut(base.frame(), known_at)
    if base is last:
        return Known(frame, (base,), True)
    later = _cut(last.frame(), known_at)
    return _topped_up(Known(frame, (base,), True), last, later)


def _topped_up(base: Known, last: Vintage, later: pd.DataFrame) -> Known:
    """Add the cells that were published between a snapshot and the date asked for."""
    import pandas as pd

    since = later[later["published"] > base.vintages[0].known_from]
    keys = [c for c in base.frame.columns if c in since.columns and c not in NOT_KEYS]
    new = (
        since[
            ~pd.MultiIndex.from_frame(since[keys]).isin(pd.MultiIndex.from_frame(base.frame[keys]))
        ]
        if len(since)
        else since
    )
    if new.empty:
        return base
    frame = pd.concat([base.frame, new], ignore_index=True)
    return Known(frame, (*base.vintages, last), False)


def _cut(frame: pd.DataFrame, known_at: str) -> pd.DataFrame:
    return frame[frame["published"] <= known_at].reset_index(drop=True)


def _earliest(stored: list[Vintage]) -> str:
    return min(str(v.frame(["published"])["published"].min()) for v in stored)


def _of(root: Path, dataset: str) -> list[Vintage]:
    if not root.is_dir():
        return []
    folders = [p for p in sorted(root.iterdir()) if p.is_dir() and not p.name.startswith(".")]
    found = [snapshot.read(folder, dataset) for folder in folders]
    return sorted(found, key=lambda v: (not v.synthetic, v.known_from, v.manifest["sequence"]))


def _require(dataset: str, frame: pd.DataFrame) -> None:
    missing = [c for c in ("measure", "area", "period", "value") if c not in frame.columns]
    if missing or frame.empty:
        found = f"lacks the column {', '.join(missing)}" if missing else "has no rows"
        raise VintageError(f"the frame for {dataset!r} {found}; nothing was stored")


def _dated(frame: pd.DataFrame, published: str) -> pd.DataFrame:
    """Return the frame with status and publication date in every row."""
    dated = frame.copy()
    if "status" not in dated.columns:
        dated["status"] = "observed"
    if "published" not in dated.columns:
        dated["published"] = published
    dated["published"] = dated["published"].astype("str").fillna(published).replace("", published)
    return dated
