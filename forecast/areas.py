"""Areas as data: municipalities, regions and the nation, by code and by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from forecast import files
from forecast.errors import DataError, nearest

if TYPE_CHECKING:
    import pandas as pd

NATION = "000"
ENGLISH = {NATION: "Denmark"}  # names that are no proper names, as English sentences have them


@dataclass(frozen=True)
class Area:
    """A municipality, a region or the nation."""

    code: str
    name: str
    level: str
    region: str
    landsdel: str
    group: str
    reports_for: str


@cache
def table() -> pd.DataFrame:
    """Return all areas, one row each, as data/geography/areas.csv has them."""
    import pandas as pd

    file = files.assets() / "data" / "geography" / "areas.csv"
    frame = pd.read_csv(file, dtype=str, keep_default_na=False, comment="#")
    for column in ("lon", "lat"):
        frame[column] = pd.to_numeric(frame[column].replace("", None))
    return frame


@cache
def _areas() -> dict[str, Area]:
    columns = ["code", "name", "level", "region", "landsdel", "group", "reports_for"]
    rows = table()[columns].itertuples(index=False)
    return {row[0]: Area(*row) for row in rows}


def get(code: str) -> Area:
    """Return the area of a code.

    Raises:
        DataError: there is none.
    """
    known = _areas()
    if code not in known:
        raise DataError(f"there is no area {code!r}; expected a code such as 751 or 081 or 000")
    return known[code]


def name(code: str) -> str:
    """Return an area's name as English sentences have it: Denmark for the nation."""
    return ENGLISH.get(code) or get(code).name


def region_of(code: str) -> str:
    """Return the region that a municipality lies in; a region's own code, 000 for the nation."""
    return get(code).region or code


def municipalities(region: str = "") -> list[str]:
    """Return the codes of the 98 municipalities, or of those in a region; not Christiansø."""
    found = (a for a in _areas().values() if a.level == "municipality")
    return [a.code for a in found if region in ("", a.region)]


def inside(code: str) -> list[str]:
    """Return the municipalities of an area: itself, or those of a region or the nation.

    Raises:
        DataError: there is no such area, or it is no municipality, such as Christiansø.
    """
    area = get(code)
    if area.level in ("region", "nation"):
        return municipalities(area.code if area.level == "region" else "")
    if area.level != "municipality":
        raise DataError(
            f"{area.name} ({code}) is no municipality; name a municipality, a region or the nation"
        )
    return [code]


def regions() -> list[str]:
    """Return the codes of the five regions."""
    return [a.code for a in _areas().values() if a.level == "region"]


def level_of(codes: Iterable[object]) -> str:
    """Return the level of some series' areas: some are counted for regions, or the nation, only."""
    known = {str(code) for code in codes}
    if known and known <= {NATION}:
        return "nation"
    return "region" if known and known <= {NATION, *regions()} else "municipality"


def find(text: str) -> Area:
    """Return the area that a code or a name means, whatever the case.

    Raises:
        DataError: no area is called so; the sentence suggests the nearest name, and for a
            municipality that was merged in 2007 the one it belongs to today.
    """
    wanted = text.strip()
    if wanted in _areas():
        return _areas()[wanted]
    by_name = {fold(a.name): a for a in _areas().values()}
    short = fold(wanted).removesuffix(" kommune")
    found = by_name.get(short) or by_name.get(f"region {short}")
    if found:
        return found
    former = former_names().get(short)
    if former:
        raise DataError(
            f"{wanted} has been part of {name(former)} ({former}) since the reform of 2007; "
            f"use {name(former)}"
        )
    near = nearest(short, sorted(by_name))
    hint = f"; did you mean {by_name[near].name}?" if near else " (codes such as 751 work too)"
    raise DataError(f"no municipality or region is called {wanted!r}{hint}")


def fold(text: str) -> str:
    """Return a name without case, and with aa, ae and oe as å, æ and ø where names have both."""
    lower = " ".join(text.casefold().split())
    return lower.replace("aa", "å").replace("ae", "æ").replace("oe", "ø")


@cache
def former_names() -> dict[str, str]:
    """Return today's municipality by the folded name of each one that was merged in 2007."""
    file = files.assets() / "data" / "geography" / "former.csv"
    lines = file.read_text(encoding="utf-8").splitlines()[1:]
    pairs = (line.split(",") for line in lines)
    return {fold(old): code for old, code in pairs}
