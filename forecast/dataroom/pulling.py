"""Pulling: what StatBank has that is new becomes vintages, table by table, and resumes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast import datasets, files, frames, specs, vintages
from forecast.dataroom import breaks, intake
from forecast.errors import ForecastError, SourceError
from forecast.sources import _bulk, _codes, statbank

if TYPE_CHECKING:
    from forecast.datasets import DatasetSpec
    from forecast.sources._http import Connection
    from forecast.workspace import Workspace

PULLED, CURRENT, FAILED = "pulled", "current", "failed"
EXAMINED = 3_000_000  # rows up to which a pulled table is read back and checked cell by cell
FIRST = ("folk1a", "frkm")


@dataclass(frozen=True)
class Outcome:
    """What came of one table: pulled, already current, or failed and why."""

    dataset: str
    table: str
    state: str
    text: str
    rows: int = 0


@dataclass(frozen=True)
class Task:
    """One table to look at: its dataset, id, part, and its entry in the table list."""

    spec: DatasetSpec
    table: str
    part: str
    listed: Mapping[str, Any]

    @property
    def updated(self) -> str:
        """The publisher's stamp of the table."""
        return str(self.listed.get("updated", ""))


def names(workspace: Workspace) -> list[str]:
    """Return the datasets that come from StatBank, population first."""
    found = [s.name for s in datasets.everyone(workspace) if s.source == "statbank"]
    return sorted(found, key=lambda n: (n not in FIRST, n))


def pull(
    workspace: Workspace,
    wanted: Sequence[str],
    connection: Connection,
    now: str,
    said: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """Pull the tables of datasets of which StatBank has something newer than the workspace.

    Each table is a vintage of its own: what came before an interruption is not fetched again.
    A table that fails leaves its last good vintage in use and does not stop the others.

    Raises:
        SourceError: the table list itself could not be had.
        SpecError: a dataset does not exist.
    """
    for name in wanted:  # a name that is none is told before anything is asked of StatBank
        specs.path("data", name, workspace)
    tables = statbank.tables(connection)
    outcomes: list[Outcome] = []
    with vintages.locked(workspace):
        vintages.sweep(workspace)
        for name in wanted:
            for outcome in _dataset(workspace, name, (connection, now), tables):
                outcomes.append(outcome)
                said(outcome)
    return outcomes


def _dataset(
    workspace: Workspace, name: str, how: tuple[Connection, str], tables: Mapping[str, Any]
) -> Any:
    spec = datasets.read(name, specs.path("data", name, workspace))
    if spec.source != "statbank":
        yield Outcome(name, "", FAILED, f"{name} is a file dataset; use `forecast data import`")
        return
    try:
        found = statbank.of(spec, tables)
    except SourceError as error:
        yield Outcome(name, spec.statbank.table, FAILED, str(error))
        return
    for table, part in found:
        yield _table(workspace, Task(spec, table, part, tables[table]), how)


def _table(workspace: Workspace, task: Task, how: tuple[Connection, str]) -> Outcome:
    done = partial(Outcome, task.spec.name, task.table)
    try:
        held = vintages.newest(workspace, task.spec.name, task.part)
        if held and not held.synthetic and held.manifest["updated"] == task.updated:
            return done(CURRENT, f"{held.id} is what StatBank has", int(held.manifest["rows"]))
        stored = _fetched(workspace, task, how)
    except ForecastError as error:
        return done(FAILED, str(error))
    except OSError as error:
        return done(FAILED, f"{workspace.vintages}: {error.strerror}; nothing was stored")
    retired = "" if task.listed.get("active", True) else " (the table is inactive by now)"
    return done(PULLED, stored.id + retired, int(stored.manifest["rows"]))


def _fetched(workspace: Workspace, task: Task, how: tuple[Connection, str]) -> vintages.Vintage:
    connection, now = how
    info = statbank.info(connection, task.table)
    job = _job(task, info)
    with vintages.scratch(workspace) as folder:
        parquet, cells = statbank.fetch(connection, job, folder)
        rows = _examined(parquet, task.spec, task.table)
        manifest = intake.described(task.spec) | {
            "origin": f"{connection.base}/data, table {task.table}",
            "query": files.canonical(statbank.request(task.table, list(job.readings))),
            "part": task.part,
            "updated": task.updated,
            "published": task.updated[:10],
            "retrieved": now,
            "rows": rows,
            "checks": _remarks(task, job, cells),
        }
        return vintages.store(workspace, task.spec.name, parquet, manifest)


def _job(task: Task, info: Mapping[str, Any]) -> _bulk.Job:
    readings = _codes.readings(info, task.spec)
    year = statbank.vintage_year(task.spec, task.table)
    day = task.updated[:10]

    def published(period: str) -> str:
        return intake.published(task.spec, year or period, day)

    constants = {"vintage": year} if year else {}
    return _bulk.Job(task.table, readings, task.spec, published, constants)


def _examined(parquet: Path, spec: DatasetSpec, table: str) -> int:
    """Hold a pulled table to the rules of long frames; return its rows."""
    import pandas as pd
    import pyarrow.parquet as pq

    rows = int(pq.ParquetFile(parquet).metadata.num_rows)
    if rows > EXAMINED:
        return rows
    frame = pd.read_parquet(parquet)
    if "service" in spec.dimensions:
        frame = breaks.not_applicable(frame)
    frame = frames.validated(frame, spec, f"table {table}")
    frame.to_parquet(parquet, index=False, compression="zstd")
    return rows


def _remarks(task: Task, job: _bulk.Job, cells: int) -> list[str]:
    expected = 1
    for reading in job.readings:
        expected *= len(reading.values)
    remarks = []
    if cells < expected:
        remarks.append(f"{cells} of {expected} cells were sent; the others do not exist")
    if not task.listed.get("active", True):
        remarks.append(f"{task.table} is inactive: look for its successor")
    if not task.spec.statbank.verified:
        remarks.append("codes were compared with the table's metadata and agree")
    return remarks
