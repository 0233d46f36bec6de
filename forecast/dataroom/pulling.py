"""Pulling: what publishers have that is new becomes vintages, table by table, and resumes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast import datasets, frames, parts, sources, specs, vintages
from forecast.dataroom import breaks, intake
from forecast.errors import ForecastError, SourceError
from forecast.sources import Task

if TYPE_CHECKING:
    from forecast.datasets import DatasetSpec
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


def names(workspace: Workspace) -> list[str]:
    """Return the datasets whose publishers can be asked, population first."""
    found = [s.name for s in datasets.everyone(workspace) if sources.asked(s)]
    return sorted(found, key=lambda n: (n not in FIRST, n))


def pull(
    workspace: Workspace,
    wanted: Sequence[str],
    now: str,
    said: Callable[[Outcome], None] = lambda _: None,
    connected: Mapping[str, Any] | None = None,
) -> list[Outcome]:
    """Pull the tables of datasets of which a publisher has something newer than the workspace.

    Each table is a vintage of its own: what came before an interruption is not fetched again.
    A table that fails, or a publisher that is not reached, leaves the last good vintage in use and
    does not stop the others. Who stores something meanwhile need not wait for a publisher.

    Args:
        workspace: where vintages are stored.
        wanted: the datasets.
        now: when this takes place, from the edge.
        said: told of each outcome as it comes.
        connected: connections that are open already, by source; others are made.

    Raises:
        SpecError: a dataset does not exist.
    """
    for name in wanted:  # a name that is none is told before anything is asked of a publisher
        specs.path("data", name, workspace)
    publishers = _Publishers(dict(connected or {}))
    outcomes: list[Outcome] = []
    with vintages.pulling(workspace):
        for name in wanted:
            for outcome in _dataset(workspace, name, publishers, now):
                outcomes.append(outcome)
                said(outcome)
    return outcomes


@dataclass
class _Publishers:
    """Connections, and what each publisher answered for its list, by source; each asked once."""

    connected: dict[str, Any]
    listed: dict[str, Mapping[str, Any] | SourceError] = field(default_factory=dict)

    def tables(self, source: str) -> Mapping[str, Any]:
        """Return a publisher's tables by id.

        Raises:
            SourceError: they could not be had, now or when they were asked for first.
        """
        if source not in self.listed:
            self.listed[source] = self._asked(source)
        found = self.listed[source]
        if isinstance(found, SourceError):
            raise found
        return found

    def _asked(self, source: str) -> Mapping[str, Any] | SourceError:
        module = parts.find("sources", source)
        try:
            self.connected[source] = self.connected.get(source) or module.connect()
            found: Mapping[str, Any] = module.tables(self.connected[source])
        except SourceError as error:
            return error
        return found


def _dataset(
    workspace: Workspace, name: str, publishers: _Publishers, now: str
) -> Iterator[Outcome]:
    spec = datasets.get(name, workspace)
    if not sources.asked(spec):
        yield Outcome(name, "", FAILED, f"{name} is a file dataset; use `forecast data import`")
        return
    try:
        listed = publishers.tables(spec.source)
        found = parts.find("sources", spec.source).of(spec, listed)
    except SourceError as error:
        yield Outcome(name, spec.statbank.table, FAILED, str(error))
        return
    for table, part in found:
        day = str(listed[table].get("updated", ""))[:10]
        published = partial(intake.published, spec, given=day)
        task = Task(spec, table, part, listed[table], published)
        yield _table(workspace, task, publishers.connected[spec.source], now)


def _table(workspace: Workspace, task: Task, connection: Any, now: str) -> Outcome:
    done = partial(Outcome, task.spec.name, task.table)
    try:
        held = vintages.newest(workspace, task.spec.name, task.part)
        if held and not held.synthetic and held.manifest["updated"] == task.updated:
            return done(CURRENT, f"{held.id} is the newest there is", int(held.manifest["rows"]))
        stored = _fetched(workspace, task, connection, now)
    except ForecastError as error:
        return done(FAILED, str(error))
    except OSError as error:
        return done(FAILED, f"{workspace.vintages}: {error.strerror}; nothing was stored")
    retired = "" if task.active else " (the table is inactive by now)"
    return done(PULLED, stored.id + retired, int(stored.manifest["rows"]))


def _fetched(workspace: Workspace, task: Task, connection: Any, now: str) -> vintages.Vintage:
    with vintages.scratch(workspace) as folder:
        came = parts.find("sources", task.spec.source).fetch(connection, task, folder)
        manifest = intake.described(task.spec) | {
            "origin": came.origin,
            "query": came.query,
            "part": task.part,
            "updated": task.updated,
            "published": task.updated[:10],
            "retrieved": now,
            "rows": _examined(came.parquet, task.spec, task.table),
            "checks": list(came.remarks),
        }
        with vintages.locked(workspace):
            return vintages.store(workspace, task.spec.name, came.parquet, manifest)


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
