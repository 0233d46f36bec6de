"""Data: an area's rows of the bundle as CSV and Parquet with their metadata, in one archive."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from forecast.files import csv_text
from forecast.reporting.document import Report, plain

if TYPE_CHECKING:
    import pandas as pd

SUFFIX = ".zip"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def render(report: Report) -> bytes:
    """Return the archive: `<table>.csv`, `<table>.parquet` and `report.json`.

    Cells that a report must not show are not in it. `row` is the row in the bundle's table.
    """
    contents = {"report.json": _meta(report)}
    for name, frame in report.data.items():
        contents[f"{name}.csv"] = _told(frame).to_csv(index=False, lineterminator="\n").encode()
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False, compression="zstd")
        contents[f"{name}.parquet"] = buffer.getvalue()
    return _archive(contents)


def _told(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts no spreadsheet takes for a formula; Parquet has them as they are.

    Text that begins like a formula gets an apostrophe before it; what no format holds is left out.
    """
    texts = [c for c in frame.columns if frame[c].dtype.kind not in "fiub"]
    return frame.assign(**{c: frame[c].map(_harmless) for c in texts})


def _harmless(value: object) -> object:
    if not isinstance(value, str):
        return value
    return csv_text(plain(value))


def _meta(report: Report) -> bytes:
    value: dict[str, Any] = {
        "title": report.title,
        "area": report.area,
        "marks": list(report.marks),
        "footer": report.footer,
        "facts": report.facts,
        "tables": {name: list(map(str, frame.columns)) for name, frame in report.data.items()},
    }
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _archive(contents: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()
