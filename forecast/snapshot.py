"""Snapshot: one stored vintage, its bytes and its manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.errors import VintageError
from forecast.files import canonical, digest

if TYPE_CHECKING:
    import pandas as pd

DATA = "data.parquet"
MANIFEST = "manifest.json"
_IDENTITY = ("dataset", "part", "query", "updated", "published", "known_from", "synthetic")


@dataclass(frozen=True)
class Vintage:
    """One stored snapshot of a dataset.

    Attributes:
        id: dataset, date and content hash; the same content has the same id everywhere.
        dataset: name of the dataset.
        folder: where its Parquet file and its manifest lie.
        manifest: origin, query, updated, retrieved, published, known_from, sha256, rows, checks,
            synthetic, licence, publisher, title, part and sequence.
    """

    id: str
    dataset: str
    folder: Path
    manifest: dict[str, Any]

    @property
    def known_from(self) -> str:
        """The date on which all that it holds was known to whoever had asked."""
        return str(self.manifest["known_from"])

    @property
    def part(self) -> str:
        """The part of the dataset it is a snapshot of, such as one projection table."""
        return str(self.manifest.get("part", ""))

    @property
    def synthetic(self) -> bool:
        """Whether its figures are made up for demonstration."""
        return bool(self.manifest.get("synthetic", False))

    @property
    def data(self) -> Path:
        """Its Parquet file."""
        return self.folder / DATA

    @property
    def dated(self) -> bool:
        """Whether its cells carry their own vintages, so that a cut by date is what was known."""
        return "vintage" in self.columns

    def stood(self, known_at: str | None) -> bool:
        """Whether its figures are as they stood on a date: taken by then, or dated themselves."""
        return not known_at or self.known_from <= known_at or self.dated

    @property
    def columns(self) -> list[str]:
        """Names of the columns of its Parquet file.

        Raises:
            VintageError: the file is damaged.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return [str(name) for name in pq.read_schema(self.data).names]
        except (pa.ArrowException, OSError):
            self.verify()
            raise

    def verify(self) -> None:
        """Compare the stored bytes with the manifest.

        Raises:
            VintageError: the file is gone or is not the one that was stored.
        """
        if not self.data.is_file():
            raise VintageError(f"vintage {self.id}: {self.data} is missing; {self._remedy()}")
        if digest(self.data) != self.manifest["sha256"]:
            raise VintageError(
                f"vintage {self.id}: {self.data} is not the file that was stored "
                f"(its sha256 differs from the manifest's); {self._remedy()}"
            )

    def frame(
        self,
        columns: Sequence[str] | None = None,
        where: Mapping[str, Sequence[str]] | None = None,
        coded: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Return the long frame, after checking the stored hash.

        Args:
            columns: only these columns.
            where: only rows whose column holds one of some values; others are never read.
            coded: columns of text that come as categories: less to hold, and read faster.

        Raises:
            VintageError: the file is damaged.
        """
        import pandas as pd

        self.verify()
        named = None if columns is None else list(columns)
        filters = [(column, "in", list(values)) for column, values in (where or {}).items()]
        as_codes: dict[str, Any] = {"read_dictionary": list(coded)} if coded else {}
        return pd.read_parquet(self.data, columns=named, filters=filters or None, **as_codes)

    def _remedy(self) -> str:
        return "remove the folder and pull or import the dataset again"


def read(folder: Path, dataset: str) -> Vintage:
    """Read a stored vintage.

    Raises:
        VintageError: its manifest is missing or cannot be read.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        known_from, sequence = manifest["known_from"], manifest["sequence"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VintageError(
            f"the vintage in {folder} has no readable {MANIFEST} "
            f"({type(error).__name__}); remove the folder, the one before it is used again"
        ) from None
    if not isinstance(known_from, str) or not isinstance(sequence, int):
        raise VintageError(f"{path}: known_from must be a date and sequence a number")
    return Vintage(f"{dataset}-{folder.name}", dataset, folder, manifest)


def described(dataset: str, given: Mapping[str, Any], sha: str) -> dict[str, Any]:
    """Return a whole manifest: what was given, over a blank one, with dates and hash."""
    blank: dict[str, Any] = {
        "title": dataset,
        "publisher": "",
        "licence": "",
        "origin": "",
        "query": "",
        "part": "",
        "updated": "",
        "checks": [],
        "synthetic": False,
        "rows": 0,
    }
    day = str(given.get("known_from") or given["retrieved"])[:10]
    fixed = {"published": published(given), "known_from": day, "dataset": dataset, "sha256": sha}
    return {**blank, **given, **fixed}


def published(manifest: Mapping[str, Any]) -> str:
    """Return the date on which the whole came out: as given, else that of retrieval.

    Raises:
        VintageError: the manifest does not say when the data were retrieved.
    """
    retrieved = str(manifest.get("retrieved", ""))
    if not retrieved:
        raise VintageError("a vintage's manifest must say when the data were retrieved")
    return str(manifest.get("published") or retrieved)[:10]


def identity(manifest: Mapping[str, Any]) -> str:
    """Return the hash of content and origin by which the same vintage is known again."""
    named = {key: manifest.get(key) for key in _IDENTITY}
    return sha256((manifest["sha256"] + canonical(named)).encode()).hexdigest()
