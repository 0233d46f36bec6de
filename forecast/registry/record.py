"""What is recorded of one training beside the model itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd


class Saved(Protocol):
    """A trained model as the store sees it: something that writes itself as plain files."""

    def save(self, folder: Path) -> None:
        """Write arrays as NPZ, tables as Parquet and plain values as JSON."""


@dataclass(frozen=True)
class Source:
    """One data vintage that a model was trained on, as recorded in its run."""

    dataset: str
    id: str
    sha256: str
    published: str
    rows: int
    synthetic: bool
    role: str = "data"  # data, population or price
    origin: str = ""


@dataclass(frozen=True)
class Made:
    """Who trained a model, when, and for how long."""

    who: str
    when: str  # ISO text, from the edge
    seconds: float = 0.0


@dataclass(frozen=True)
class Record:
    """All that makes a training repeatable and judged, beside the model's own files.

    Attributes:
        model: name of the model's file.
        spec: the TOML as it was used.
        overrides: the workspace's own specifications by path below specs/, as text.
        sources: the data vintages that were read.
        params: plain values worth reading in MLflow: seed, known_at, real_time, horizon …
        metrics: some thirty aggregate scores; all others are in the tables.
        software: version by package; `code`, `revision` and `clean` name the program itself.
        tables: frames by name, kept as Parquet beside the run: scores, weights, forecast …
        figures: SVG text by name.
        made: who, when and how long.
    """

    model: str
    spec: str
    sources: tuple[Source, ...]
    params: Mapping[str, str | int | float | bool]
    metrics: Mapping[str, float]
    software: Mapping[str, str]
    tables: Mapping[str, pd.DataFrame]
    made: Made
    figures: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)

    @property
    def synthetic(self) -> bool:
        """Whether any input was made up for demonstration."""
        return any(source.synthetic for source in self.sources)
