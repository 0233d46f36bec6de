"""StatBank: Statistics Denmark's tables over HTTP: list, metadata, and figures as BULK."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forecast.datasets import DatasetSpec
from forecast.errors import SourceError
from forecast.sources import _bulk, _codes
from forecast.sources._http import Connection, RefusedError

VARIABLE = "FORECAST_STATBANK_URL"
ADDRESS = "https://api.statbank.dk/v1"


def connect(**options: Any) -> Connection:
    """Return a connection to the StatBank that the environment names, else the public one."""
    address = os.environ.get(VARIABLE) or ADDRESS
    return Connection(address.rstrip("/"), **options)


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
                f"no table in StatBank's list is called {spec.statbank.pattern}; the last good "
                "vintage stays in use"
            )
        return [(table, table) for table in found]
    if spec.statbank.table not in listed:
        raise SourceError(
            f"table {spec.statbank.table} is not in StatBank's list any more; the last good "
            "vintage stays in use (look for its successor on www.statbank.dk)"
        )
    return [(spec.statbank.table, "")]


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


def fetch(statbank: Connection, job: _bulk.Job, folder: Path) -> tuple[Path, int]:
    """Stream a table to disc and turn it into Parquet; return the file and the cells read.

    Raises:
        SourceError: the download failed, or its content is not what the metadata promised.
    """
    body = request(job.table, list(job.readings))
    raw, done = folder / "bulk.csv", folder / "data.parquet"
    try:
        statbank.download("data", body, raw)
    except RefusedError as error:
        raise SourceError(f"table {job.table}: {error}; the last good vintage stays") from None
    cells = _bulk.convert(raw, done, job)
    raw.unlink()
    return done, cells
