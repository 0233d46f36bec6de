"""Intake: figures from files and from the demonstration become vintages, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from forecast import datasets, files, frames, vintages
from forecast.dataroom import breaks, own, plausible, releases
from forecast.errors import DataError, ForecastError, VintageError
from forecast.sources import embedded, table

if TYPE_CHECKING:
    import pandas as pd

    from forecast.datasets import DatasetSpec
    from forecast.sources.table import Mapping
    from forecast.vintages import Vintage
    from forecast.workspace import Workspace


@dataclass(frozen=True)
class Request:
    """What a user wants imported.

    Attributes:
        published: the date on which the file's figures came out; empty: by the calendar.
        now: when the import takes place, from the edge.
        add: whether the figures join those that are there instead of taking their place.
        dry: whether everything is checked and nothing stored.
    """

    dataset: str
    path: Path
    mapping: Mapping
    now: str
    published: str = ""
    add: bool = False
    dry: bool = False


@dataclass(frozen=True)
class Imported:
    """What came of an import: the vintage (None on a dry run), its frame and notes."""

    vintage: Vintage | None
    frame: pd.DataFrame
    notes: tuple[str, ...]


def load(workspace: Workspace, request: Request) -> Imported:
    """Read, check and store a file as a vintage of a dataset.

    Raises:
        ForecastError: the first thing that is wrong with it; nothing was stored.
    """
    spec = datasets.get(request.dataset, workspace)
    given = _published(request)
    read = table.read(request.path, spec, request.mapping)
    where = request.path.name
    plausible.refuse_future(read.frame, spec, where, request.now)
    plausible.refuse_wrong_unit(read.frame, spec, where)
    dated = with_dates(read.frame, spec, given)
    _not_early(dated, request.now, where)
    frame = _not_applicable(dated, spec)[list(spec.columns)]
    notes = list(read.notes)
    if request.add:
        frame, note = _joined(workspace, frame, spec)
        notes.append(note)
    known_from = given if given and not request.add else request.now[:10]
    notes += _beside(workspace, frame, spec, known_from)
    notes += own.notes(workspace, spec.name, frame)
    if request.dry:
        return Imported(None, frame, tuple(notes))
    manifest = described(spec) | {
        "origin": where,
        "query": files.digest(request.path),
        "retrieved": request.now,
        "published": given or str(frame["published"].max()),
        "known_from": known_from,
        "checks": notes,
    }
    return Imported(_save(workspace, spec, frame, manifest), frame, tuple(notes))


def demo(workspace: Workspace) -> list[Vintage]:
    """Store the embedded demonstration data as vintages and return them.

    Raises:
        ForecastError: the embedded files are damaged, or the disc is full.
    """
    return [
        vintages.save(workspace, dataset, frame, manifest)
        for dataset, frame, manifest in embedded.read()
    ]


def described(spec: DatasetSpec) -> dict[str, object]:
    """Return what a dataset's specification says for a vintage's manifest."""
    return {
        "title": spec.title["da"],
        "title_en": spec.title["en"],
        "publisher": spec.publisher,
        "licence": spec.licence,
        "unit": spec.unit,
        "link": spec.link,
        "synthetic": False,
    }


def with_dates(frame: pd.DataFrame, spec: DatasetSpec, given: str = "") -> pd.DataFrame:
    """Put a publication date on each cell that has none.

    It is the calendar's date for the cell's period (a projection's: for its vintage), but not
    later than `given`, the day on which the whole came out; `given` where no calendar is known.
    """
    dated = frame.copy()
    blank = dated["published"].isna() | (dated["published"] == "")
    source = dated["vintage"] if spec.schema == "population" and "vintage" in dated else None
    source = dated["period"] if source is None else source
    dates = {code: published(spec, str(code), given) for code in source.unique()}
    dated["published"] = dated["published"].where(~blank, source.map(dates))
    return dated


def published(spec: DatasetSpec, code: str, given: str) -> str:
    """Return when the figures of a period or vintage could first be known, `given` at the latest.

    Raises:
        DataError: neither a calendar nor a date says when.
    """
    if spec.name not in releases.table() and not spec.lag:
        if not given:
            raise DataError(
                f"{spec.name}: no calendar says when its figures came out; give --published DATE"
            )
        return given
    calendar = releases.published(spec.name, code, spec.lag)
    return min(calendar, given) if given else calendar


def _published(request: Request) -> str:
    if not request.published:
        return ""
    try:
        given = date.fromisoformat(request.published).isoformat()
    except ValueError:
        raise DataError(
            f"--published {request.published!r} is no date; expected one such as 2025-05-23"
        ) from None
    if given > request.now[:10]:
        raise DataError(
            f"--published {given} lies after today ({request.now[:10]}); expected the day on "
            "which the figures came out"
        )
    return given


def _not_early(frame: pd.DataFrame, now: str, where: str) -> None:
    """Put today in place of publication dates that have not come yet; refuse blank ones."""
    late = frame["published"] > now[:10]
    frame.loc[late, "published"] = now[:10]
    blank = frame["published"].str.len() != 10
    if blank.any():
        raise DataError(f"{where}: a publication date is blank; give --published DATE")


def _not_applicable(frame: pd.DataFrame, spec: DatasetSpec) -> pd.DataFrame:
    """Give cells of a service before it existed their own status, which is not zero."""
    return breaks.not_applicable(frame) if "service" in spec.dimensions else frame


def _joined(
    workspace: Workspace, frame: pd.DataFrame, spec: DatasetSpec
) -> tuple[pd.DataFrame, str]:
    import pandas as pd

    held = vintages.newest(workspace, spec.name)
    if held is None or held.synthetic:
        return frame, "there was nothing real to add to"
    old = held.frame()
    keys = list(spec.keys)
    lost = [key for key in keys if key not in old]
    if lost:
        raise DataError(
            f"{held.id} has no {', '.join(lost)}, which {spec.name} has since then; import the "
            "whole table without --add"
        )
    replaced = pd.MultiIndex.from_frame(old[keys]).isin(pd.MultiIndex.from_frame(frame[keys]))
    joined = pd.concat([old[~replaced], frame], ignore_index=True)
    note = f"{len(frame)} cells joined {len(old)}; {int(replaced.sum())} of them took a place"
    return frames.validated(joined, spec, "the joined figures"), note


def _beside(
    workspace: Workspace, frame: pd.DataFrame, spec: DatasetSpec, known_from: str
) -> list[str]:
    """Return what becomes of the figures that are here: a file is a whole table, not a part."""
    import pandas as pd

    held = vintages.newest(workspace, spec.name)
    if held is None or held.synthetic:
        return []
    if held.known_from > known_from:
        return [
            f"figures are still read from {held.id}, which was known later ({held.known_from}) "
            f"than this file ({known_from}); --add joins the two"
        ]
    try:  # it may be from before the dataset had all its dimensions
        keys = [key for key in spec.keys if key in held.columns]
        old = pd.MultiIndex.from_frame(held.frame(keys))
    except VintageError as error:  # what is damaged is no reason to refuse what takes its place
        return [str(error)]
    gone = int((~old.isin(pd.MultiIndex.from_frame(frame[keys]))).sum())
    if not gone:
        return []
    return [
        f"{gone} of the {len(old)} cells of {held.id} are not in this file and are no longer "
        "read; --add keeps them"
    ]


def _save(
    workspace: Workspace, spec: DatasetSpec, frame: pd.DataFrame, manifest: dict[str, object]
) -> Vintage:
    try:
        return vintages.save(workspace, spec.name, frame, manifest)
    except OSError as error:
        raise ForecastError(
            f"{spec.name} could not be stored below {workspace.vintages} ({error.strerror}); "
            "the last good vintage stays in use"
        ) from None
