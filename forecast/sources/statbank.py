"""StatBank: Statistics Denmark's tables over HTTP: list, metadata, and figures as BULK."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forecast import files
from forecast.datasets import DatasetSpec
from forecast.errors import SourceError
from forecast.sources import Fetched, Task, _bulk, _codes
from forecast.sources._http import Connection, RefusedError

VARIABLE = "FORECAST_STATBANK_URL"
ADDRESS = "https://api.statbank.dk/v1"


def connect() -> Connection:
    """Return a connection to the StatBank that the environment names, else the public one."""
    return Connection((os.environ.get(VARIABLE) or ADDRESS).rstrip("/"))


def label(spec: DatasetSpec) -> str:
    """Return what lists of datasets call the source of one."""
    return f"StatBank {spec.statbank.table or _of_years(spec)}"


def tables(statbank: Connection) -> dict[str, dict[str, Any]]:
    """Return the table list by id, inactive tables included.

    Raises:
        SourceError: StatBank was not reached, or sent another list than documented.
    """
    query = {"format": "json", "lang": "en", "includeInactive": "true"}
    found = statbank.json("tables", query)
    try:
        return {str(t["id"]): dict(t) for t in found}
    except (TypeError, KeyError):
        raise SourceError("StatBank's table list has another form than documented") from None


def of(spec: DatasetSpec, listed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the ids of a dataset's tables, each with its part (the id, where there are many).

    Raises:
        SourceError: the table is not in the list.
    """
    if spec.statbank.pattern:
        found = sorted(t for t in listed if re.fullmatch(spec.statbank.pattern, t))
        if not found:
            raise SourceError(
                f"no table in StatBank's list is called {_of_years(spec)}; the last good "
                "vintage stays in use"
            )
        return [(table, table) for table in found]
    if spec.statbank.table not in listed:
        raise SourceError(
            f"table {spec.statbank.table} is not in StatBank's list any more; the last good "
            "vintage stays in use (look for its successor on www.statbank.dk)"
        )
    return [(spec.statbank.table, "")]


def _of_years(spec: DatasetSpec) -> str:
    """Return what tables of many years are called, with YY for the year."""
    return spec.statbank.pattern.replace(r"(\d\d)", "YY")


def info(statbank: Connection, table: str) -> dict[str, Any]:
    """Return a table's metadata, with its labels in Danish.

    Raises:
        SourceError: StatBank refused (the table was withdrawn) or sent something else.
    """
    try:
        found = statbank.json("tableinfo", {"id": table, "format": "json", "lang": "da"})
    except RefusedError as error:
        raise SourceError(f"table {table}: {error}; the last good vintage stays in use") from None
    if not isinstance(found, dict) or "variables" not in found:
        raise SourceError(f"StatBank's metadata of {table} has another form than documented")
    return found


def vintage_year(spec: DatasetSpec, table: str) -> str:
    """Return the year that a projection table's id carries; empty for other tables."""
    found = re.fullmatch(spec.statbank.pattern, table) if spec.statbank.pattern else None
    return f"20{found[1]}" if found else ""


def request(table: str, readings: list[_codes.Reading]) -> dict[str, Any]:
    """Return the body of a BULK request with codes; every variable is selected."""
    return {
        "table": table,
        "format": "BULK",
        "lang": "en",
        "valuePresentation": "Code",
        "variables": [
            {"code": r.id, "values": ["*"] if r.every else sorted(r.values)} for r in readings
        ],
    }


def fetch(statbank: Connection, task: Task, folder: Path) -> Fetched:
    """Stream a table to disc and turn it into Parquet.

    Raises:
        SourceError: the download failed, or its content is not what the metadata promised.
    """
    readings = _codes.readings(info(statbank, task.table), task.spec)
    job, body = _job(task, readings), request(task.table, readings)
    raw, done = folder / "bulk.csv", folder / "data.parquet"
    try:
        statbank.download("data", body, raw)
    except RefusedError as error:
        raise SourceError(f"table {job.table}: {error}; the last good vintage stays") from None
    cells = _bulk.convert(raw, done, job)
    raw.unlink()
    origin = f"{statbank.base}/data, table {task.table}"
    return Fetched(done, origin, files.canonical(body), _remarks(task, readings, cells))


def _job(task: Task, readings: list[_codes.Reading]) -> _bulk.Job:
    """Return how the file is read; the figures of a projection come out with its vintage."""
    year = vintage_year(task.spec, task.table)
    constants = {"vintage": year} if year else {}
    return _bulk.Job(
        task.table, readings, task.spec, lambda period: task.published(year or period), constants
    )


def _remarks(task: Task, readings: list[_codes.Reading], cells: int) -> tuple[str, ...]:
    expected = math.prod(len(reading.values) for reading in readings)
    remarks = []
    if cells < expected:
        remarks.append(f"{cells} of {expected} cells were sent; the others do not exist")
    if not task.active:
        remarks.append(f"{task.table} is inactive: look for its successor")
    if not task.spec.statbank.verified:
        remarks.append("codes were compared with the table's metadata and agree")
    return tuple(remarks)
