"""Bundle: one projection of all areas as a folder of tables and draws, the only input to reports.

A bundle is a folder `<workspace>/bundles/<id>/` with `meta.json`, one Parquet file a table and
`draws/*.npz`. The id is a hash of the content, so the same projection has the same id, and a
folder never changes once it is there. The columns of every table stand in
`forecast.bundletables`.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from forecast import files
from forecast.bundletables import QUANTILES, SHORT, TABLES, TEXT, checked, empty
from forecast.draws import Draws
from forecast.errors import ProjectionError, suggestion

if TYPE_CHECKING:
    import pandas as pd

    from forecast.workspace import Workspace

__all__ = [
    "QUANTILES",
    "SHORT",
    "TABLES",
    "TEXT",
    "Bundle",
    "checked",
    "empty",
    "listing",
    "made_before",
    "summary",
]

LATEST = "latest"
_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Bundle:
    """One projection: metadata, tables (see `TABLES`) and the draws behind them.

    Attributes:
        meta: plain values, see docs/money.md; always: id, title, budget_year, years,
            last_accounts_year, last_data, price_level, price_vintage, seed, draws, models,
            missing_models, vintages, adjustments, synthetic, synthetic_inputs, software,
            cost_included, cost_reason, known_at, today, notes, breaks, areas, services, functions.
        frames: the tables that are in memory; others are read from `folder` when asked for.
        futures: the draws that are in memory, by name: "cost.gross", "cost.refund" (by area and
            function, current prices, years), "demand.<model>" (years).
        folder: where the bundle lies, None before it is saved.
    """

    meta: dict[str, Any]
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    futures: dict[str, Draws] = field(default_factory=dict)
    folder: Path | None = None

    @property
    def id(self) -> str:
        """The hash of the content ("" before it is saved)."""
        return str(self.meta.get("id", ""))

    @property
    def draw_names(self) -> list[str]:
        """The names under which draws are stored."""
        stored = self.folder.glob("draws/*.npz") if self.folder else ()
        return sorted({*self.futures, *(path.stem for path in stored)})

    def table(self, name: str) -> pd.DataFrame:
        """Return one of the tables; one that this projection does not have is empty.

        Raises:
            ProjectionError: there is no table of that name.
        """
        if name not in TABLES:
            raise ProjectionError(
                f"a bundle has no table {name!r}{suggestion(name, list(TABLES))} "
                f"(there are: {', '.join(TABLES)})"
            )
        if name not in self.frames:
            self.frames[name] = self._read(name)
        return self.frames[name]

    def rows(self, name: str, **where: str | Iterable[str]) -> pd.DataFrame:
        """Return rows of a table in which columns have a value, or one of several, as plain text.

        Example: `bundle.rows("cost", area="751", function="", price=("fixed", "current"))`.
        """
        frame = self.table(name)
        keep = np.ones(len(frame), dtype=bool)
        for column, wanted in where.items():
            allowed = [wanted] if isinstance(wanted, str) else list(wanted)
            keep &= frame[column].isin(allowed).to_numpy()
        found = frame.loc[keep].reset_index(drop=True)
        texts = {c: "str" for c in found.columns if c in TEXT}
        return found.astype(texts)

    def draws(self, name: str) -> Draws:
        """Return the draws stored under a name.

        Raises:
            ProjectionError: the projection holds no draws of that name.
        """
        if name not in self.futures:
            if name not in self.draw_names or self.folder is None:
                raise ProjectionError(
                    f"bundle {self.id} holds no draws {name!r} "
                    f"(there are: {', '.join(self.draw_names) or 'none'})"
                )
            self.futures[name] = _read_draws(self.folder / "draws" / f"{name}.npz")
        return self.futures[name]

    def save(self, folder: Path) -> Bundle:
        """Write the bundle below a folder, whole or not at all, and return it with its id."""
        tables = {name: _parquet(name, frame) for name, frame in sorted(self.frames.items())}
        draws = {name: _npz(futures) for name, futures in sorted(self.futures.items())}
        contents = {f"{name}.parquet": data for name, data in tables.items()}
        contents |= {f"draws/{name}.npz": data for name, data in draws.items()}
        digests = {name: sha256(data).hexdigest() for name, data in contents.items()}
        meta = {key: value for key, value in self.meta.items() if key not in ("id", "files")}
        meta["files"] = digests
        meta["id"] = _id_of(meta)
        target = folder / meta["id"]
        with files.new_folder(target) as new:
            (new / "draws").mkdir()
            for name, data in contents.items():
                (new / name).write_bytes(data)
            files.write_json(new / "meta.json", meta)
        return replace(self, meta=meta, folder=target)

    @classmethod
    def load(cls, workspace: Workspace, bundle: str = LATEST) -> Bundle:
        """Return a stored bundle by id (or the beginning of one), or the newest: `latest`.

        Raises:
            ProjectionError: there is none, several begin so, or one of its files was changed.
        """
        return cls.read(workspace.bundles / _chosen(workspace, bundle))

    @classmethod
    def read(cls, folder: Path) -> Bundle:
        """Return the bundle that lies in a folder, checked against its id and its list of files.

        Raises:
            ProjectionError: a file is missing, or is not the one that was written.
        """
        meta = _metadata(folder)
        for name, expected in meta.get("files", {}).items():
            path = folder / name
            if not path.is_file() or files.digest(path) != expected:
                raise ProjectionError(
                    f"bundle {meta.get('id')}: {name} is missing or was changed after it was "
                    "written; project again with `forecast project`"
                )
        return cls(meta=meta, folder=folder)

    def _read(self, name: str) -> pd.DataFrame:
        import pandas as pd

        path = self.folder / f"{name}.parquet" if self.folder else None
        if path is None or not path.is_file():
            return empty(name)
        return pd.read_parquet(path)


def listing(workspace: Workspace) -> list[dict[str, Any]]:
    """Return the metadata of all bundles in a workspace, the newest last.

    Raises:
        ProjectionError: the metadata of one are damaged or were changed.
    """
    found = []
    for folder in _folders(workspace):
        meta = _metadata(folder)
        changed = (folder / "meta.json").stat().st_mtime_ns
        found.append(((str(meta.get("today", "")), changed), meta))
    return [meta for _, meta in sorted(found, key=lambda pair: pair[0])]


def made_before(workspace: Workspace, bundle: Bundle) -> Bundle:
    """Return the newest bundle of those that were made before one.

    Raises:
        ProjectionError: there is none.
    """
    made = [str(meta["id"]) for meta in listing(workspace)]
    earlier = made[: made.index(bundle.id)]
    if not earlier:
        raise ProjectionError(
            f"no projection in {workspace.root} was made before {bundle.id}; make one of an "
            "earlier state with `forecast project --known-at DATE`, and name its id"
        )
    return Bundle.load(workspace, earlier[-1])


def _folders(workspace: Workspace) -> list[Path]:
    found = sorted(path.parent for path in workspace.bundles.glob("*/meta.json"))
    return [folder for folder in found if _ID.fullmatch(folder.name)]


def _id_of(meta: Mapping[str, Any]) -> str:
    """Return the id of a bundle by its metadata, which hold the digests of its files."""
    return sha256(files.canonical(meta).encode()).hexdigest()[:16]


def _metadata(folder: Path) -> dict[str, Any]:
    """Read what a bundle says of itself; its id tells whether it is what was written."""
    remedy = "remove the folder, and project again with `forecast project`"
    try:
        meta: dict[str, Any] = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        told = {key: value for key, value in meta.items() if key != "id"}
        same = meta.get("id") == _id_of(told)
    except (OSError, ValueError, AttributeError) as error:
        raise ProjectionError(
            f"{folder} holds no bundle that can be read ({error}); {remedy}"
        ) from None
    if not same:
        raise ProjectionError(f"{folder / 'meta.json'} was changed after it was written; {remedy}")
    return meta


def _chosen(workspace: Workspace, bundle: str) -> str:
    """Return the id that is meant; one that is named can be read beside a damaged one."""
    known = [folder.name for folder in _folders(workspace)]
    if not known:
        raise ProjectionError(
            f"there is no projection in {workspace.root}; make one with `forecast project`"
        )
    if bundle == LATEST:
        return str(listing(workspace)[-1]["id"])
    found = [name for name in known if name.startswith(bundle.lower())]
    if len(found) == 1:
        return found[0]
    raise ProjectionError(
        f"{len(found) or 'no'} bundles begin with {bundle!r} (there are: {', '.join(known)})"
    )


def _parquet(name: str, frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    checked(name, frame).to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def _npz(futures: Draws) -> bytes:
    arrays: dict[str, Any] = {"values": futures.values.astype(np.float32)}
    arrays["periods"] = np.array(futures.periods, dtype=np.str_)
    arrays["measure"] = np.array([futures.measure], dtype=np.str_)
    arrays["additive"] = np.array(futures.additive, dtype=np.str_)
    for column in futures.keys.columns:
        arrays[f"key_{column}"] = futures.keys[column].to_numpy().astype(np.str_)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def _read_draws(path: Path) -> Draws:
    import pandas as pd

    with np.load(path, allow_pickle=False) as data:
        keys = pd.DataFrame(
            {n.removeprefix("key_"): data[n] for n in data.files if n.startswith("key_")},
            dtype="str",
        )
        return Draws(
            values=data["values"],
            keys=keys,
            periods=_texts(data["periods"]),
            measure=str(data["measure"][0]),
            additive=_texts(data["additive"]),
        )


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


def summary(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a list of bundles shows of one."""
    names = ("id", "title", "budget_year", "price_level", "today", "cost_included", "synthetic")
    return {name: meta.get(name) for name in names}
