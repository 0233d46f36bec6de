"""One module a kind of source; each turns what a publisher sends into long frames.

Its file name is what a dataset's TOML names as `source`. A publisher that can be asked offers

- `connect()`: a connection, made once for all of its datasets;
- `tables(connection)`: its tables by id, each with the publisher's stamp in `updated` and, where
  it is kept up no longer, `active` false;
- `of(spec, listed)`: the ids of a dataset's tables among them, each with its part;
- `fetch(connection, task, folder)`: one table as a Parquet file of long rows (`Fetched`);
- `label(spec)`: what lists of datasets call it.

What such a module must know of a dataset beside the shared keys stands in `[options]`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast import parts

if TYPE_CHECKING:
    from forecast.datasets import DatasetSpec


@dataclass(frozen=True)
class Task:
    """One table to fetch.

    Attributes:
        spec: the dataset.
        table: the table's id.
        part: the part of the dataset that it is, such as one projection.
        listed: its entry in the publisher's list.
        published: when the figures of a period, or of a vintage, could first be known.
    """

    spec: DatasetSpec
    table: str
    part: str
    listed: Mapping[str, Any]
    published: Callable[[str], str]

    @property
    def updated(self) -> str:
        """The publisher's stamp of the table."""
        return str(self.listed.get("updated", ""))

    @property
    def active(self) -> bool:
        """Whether the publisher keeps it up."""
        return bool(self.listed.get("active", True))


@dataclass(frozen=True)
class Fetched:
    """What came of one table.

    Attributes:
        parquet: the long rows.
        origin: where they are from.
        query: what was asked for, as text.
        remarks: what is worth knowing of them, in sentences.
    """

    parquet: Path
    origin: str
    query: str
    remarks: tuple[str, ...] = ()


def asked(spec: DatasetSpec) -> bool:
    """Whether a dataset's publisher can be asked for it; else it comes by file."""
    return hasattr(parts.find("sources", spec.source), "fetch")


def label(spec: DatasetSpec, by_file: str) -> str:
    """Return what lists call a dataset's source; `by_file` where it comes by file."""
    return str(parts.find("sources", spec.source).label(spec)) if asked(spec) else by_file
