"""The panels that are measured on, each cut at its origins into what was known and what came.

The sets lie in a folder that is not part of the project (`SHARED=DIR`); without it they are skipped
by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.metrics import Floats, naive_scale

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Source:
    """One panel: all that is known of it, and how it may be used.

    Attributes:
        name: what tables call it.
        frame: unique_id, ds (int), y, and the dimensions it has.
        horizon: how many periods ahead it is judged.
        minimum: points that a series must have before an origin.
        groups: columns whose series share strength.
        levels: columns that add up within a group.
        exposure: the population's column, or nothing.
        cluster: the column that is resampled for uncertainty.
        sha256: of the file it was read from.
    """

    name: str
    frame: pd.DataFrame
    horizon: int
    minimum: int
    groups: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    exposure: str = ""
    cluster: str = "unique_id"
    sha256: str = ""


@dataclass(frozen=True)
class Task:
    """One panel seen from one origin.

    Attributes:
        source: the panel.
        back: how many periods before each series' end the origin lies.
        horizon: how many periods ahead.
        history: unique_id, ds, y and dimensions up to the origin, sorted.
        ids: the n series, sorted.
        actual: (n, H), NaN where not observed.
        last: each series' last period (n,).
        scale: mean absolute step in the history (n,).
        clusters: what each series is resampled with (n,).
    """

    source: Source
    back: int
    horizon: int
    history: pd.DataFrame
    ids: tuple[str, ...]
    actual: Floats
    last: Ints
    scale: Floats
    clusters: tuple[str, ...]
    lengths: Ints

    @property
    def name(self) -> str:
        """Panel and origin, as tables and files call them."""
        return f"{self.source.name}-{self.back}-{self.horizon}"


def cut(source: Source, back: int, horizon: int) -> Task:
    """Return the panel as it was `back` observations before each series' end.

    A series that would keep fewer than the panel's minimum of points is left out.
    """
    frame = source.frame.dropna(subset=["y"]).sort_values(["unique_id", "ds"])
    frame = frame.reset_index(drop=True)
    end = frame.groupby("unique_id")["ds"].transform("max")
    history = frame[frame["ds"] <= end - back]
    size = history.groupby("unique_id")["ds"].transform("size")
    history = history[size >= source.minimum].reset_index(drop=True)
    grouped = history.groupby("unique_id", sort=True)
    ids = tuple(str(name) for name in grouped.groups)
    values = [group.to_numpy(dtype=np.float64) for _, group in grouped["y"]]
    first = history.drop_duplicates("unique_id").set_index("unique_id").loc[list(ids)]
    clusters = ids if source.cluster == "unique_id" else tuple(first[source.cluster].astype(str))
    last = grouped["ds"].max().to_numpy(dtype=np.int64)
    return Task(
        source=source,
        back=back,
        horizon=horizon,
        history=history,
        ids=ids,
        actual=_actual(frame, ids, last, horizon),
        last=last,
        scale=naive_scale(values),
        clusters=clusters,
        lengths=np.asarray([len(v) for v in values]),
    )


def _actual(frame: pd.DataFrame, ids: tuple[str, ...], last: Ints, horizon: int) -> Floats:
    position = pd.Index(ids).get_indexer(pd.Index(frame["unique_id"]))
    keep = position >= 0
    row = position[keep]
    ahead = frame["ds"].to_numpy()[keep] - last[row]
    actual = np.full((len(ids), horizon), np.nan)
    inside = (ahead >= 1) & (ahead <= horizon)
    actual[row[inside], ahead[inside] - 1] = frame["y"].to_numpy()[keep][inside]
    return actual


def digest(path: Path) -> str:
    """Return the sha256 of a file."""
    return sha256(path.read_bytes()).hexdigest()


def competition(shared: Path, name: str, file: str, minimum: int) -> Source:
    """Read M1 or the M4 sample: six years held out."""
    path = shared / "benchmark" / file
    return Source(name, pd.read_parquet(path), 6, minimum, sha256=digest(path))


def placements(shared: Path) -> Source:
    """Read the English children's placements: three years held out."""
    path = shared / "benchmark" / "england_placements.parquet"
    return Source(
        "placements",
        pd.read_parquet(path),
        horizon=3,
        minimum=5,
        groups=("category",),
        levels=("region",),
        exposure="exposure",
        cluster="area_code",
        sha256=digest(path),
    )


def bu43(shared: Path) -> Source:
    """Read the share of 0-22-year-olds with support, by municipality, 2015-2025 (a rate)."""
    path = next((shared / "panels").glob("bu43_*.csv"))
    frame = pd.read_csv(path, dtype={"kommune_kode": str})
    frame = frame.rename(columns={"kommune_kode": "area", "aar": "ds", "andel_pct": "y"})
    frame["unique_id"] = frame["area"]
    return Source("bu43", frame[["unique_id", "ds", "y", "area"]], 3, 5, sha256=digest(path))


def folk1a(shared: Path) -> Iterator[Source]:
    """Read three count panels from the FOLK1A extract: single old ages, small bands, broad bands.

    Six municipalities, 2008-2020. The single ages from 90 up are small counts with zeros.
    """
    path = next((shared / "panels").glob("FOLK1A_*.csv"))
    frame = pd.read_csv(path, sep=";", dtype={"OMRÅDE": str})
    frame.columns = pd.Index(["area", "sex", "age", "time", "y"])
    frame["ds"] = frame["time"].str[:4].astype(int)
    frame = frame[~frame["area"].isin(["000", "081", "082", "083", "084", "085"])]
    bands = {
        "folk-old": frame["age"].where(frame["age"] >= 90),
        "folk-band5": frame["age"] // 5 * 5,
        "folk-ages": frame["age"].where(frame["age"] < 23),
    }
    for name, band in bands.items():
        part = frame.assign(category=band).dropna(subset=["category"])
        part["category"] = part["category"].astype(int).astype(str) + "-" + part["sex"].astype(str)
        part = part.groupby(["area", "category", "ds"])["y"].sum().reset_index()
        part["unique_id"] = part["area"] + "|" + part["category"]
        part["y"] = part["y"].astype(float)
        yield Source(name, part, 3, 5, groups=("category",), cluster="area", sha256=digest(path))


def judged(shared: Path) -> list[Source]:
    """Return the three sets with a held-out end."""
    return [
        competition(shared, "m1", "m1_yearly.parquet", 8),
        competition(shared, "m4", "m4_yearly_sub298.parquet", 8),
        placements(shared),
    ]


def final_tasks(source: Source) -> list[Task]:
    """Return the held-out end and, for the placements, the earlier origins with five points."""
    backs = range(3, 8) if source.name == "placements" else (source.horizon,)
    return [cut(source, back, source.horizon) for back in backs]


def development_tasks(shared: Path) -> list[Task]:
    """Return origins for choosing by: every held-out year is dropped before anything is cut."""
    tasks: list[Task] = []
    for source in judged(shared):
        train = source.frame[source.frame["split"] == "train"].reset_index(drop=True)
        inner = replace(source, frame=train)
        if source.name == "placements":
            tasks += [cut(inner, 3, 3), cut(inner, 2, 2), cut(inner, 1, 1)]
        else:
            tasks += [cut(inner, 6, 6), cut(inner, 9, 6), cut(inner, 12, 6)]
    early = bu43(shared)
    known = early.frame[early.frame["ds"] <= 2022].reset_index(drop=True)
    tasks += [cut(replace(early, frame=known), back, back) for back in (3, 2, 1)]
    for source in folk1a(shared):
        tasks += [cut(source, 3, 3), cut(source, 6, 3)]
    return [task for task in tasks if task.ids]
