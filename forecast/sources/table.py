"""Table: a CSV, XLSX or Parquet file that a user brings, read into a long frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast import areas, frames, services, tomlfile
from forecast.datasets import DatasetSpec
from forecast.errors import DataError, SpecError, suggestion
from forecast.sources import _cells, _grids, _layout, _numbers, _rows
from forecast.sources._layout import Mapping as Mapping

if TYPE_CHECKING:
    import pandas as pd

WHOLE = ("count", "population")
UNITS = {"share": ("%", "pct"), "price": ("%", "pct"), "money": ("tkr",)}


@dataclass(frozen=True)
class Read:
    """A file's long frame, with `row` the row of the file, and what is worth saying of it."""

    frame: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Where:
    """Whose rows are read, and as what."""

    file: str
    spec: DatasetSpec
    mapping: Mapping


def mapping(path: Path | None, columns: Sequence[str] = (), decimal: str = "") -> Mapping:
    """Return the mapping of a TOML file, with `OURS=HEADING` pairs put over it.

    Raises:
        SpecError: the TOML has an unknown key, or a factor that leaves no figures.
        DataError: a pair has no `=`.
    """
    table = tomlfile.read(path) if path else {}
    where = path.name if path else "file"
    pairs = dict(tomlfile.record(Mapping, table, where).columns)
    for pair in columns:
        ours, sign, theirs = pair.partition("=")
        if not sign or not ours.strip() or not theirs.strip():
            raise DataError(f"--column {pair!r}: expected OURS=HEADING, such as area=kommune_kode")
        pairs[ours.strip()] = theirs.strip()
    said = {"decimal": decimal} if decimal else {}
    found = tomlfile.record(Mapping, {**table, "columns": pairs, **said}, where)
    if not math.isfinite(found.factor) or found.factor == 0:
        raise SpecError(f"{where}: factor is {found.factor}; expected a number such as 1000")
    return found


def read(path: Path, spec: DatasetSpec, given: Mapping) -> Read:
    """Read a file of a dataset.

    Raises:
        DataError: the first thing that is wrong, with file, row and what was expected.
    """
    grid = _grids.read(path, given.sheet)
    layout = _layout.find(grid, spec, given)
    _rows.impersonal(grid, layout.heading)
    raw, notes = _rows.cells(grid, layout)
    _same_names(raw, grid.where)
    body, totals = _rows.parted(raw, [d for d in spec.dimensions if d in raw])
    where = Where(grid.where, spec, given)
    frame = _typed(body, where)
    if len(totals):
        notes += _compared(frame, totals, where)
    unused = [h for h in layout.unused if h.casefold() not in _layout.AREA_NAMES]
    if unused:
        notes.append(f"columns that were not used: {', '.join(unused[:8])}")
    return Read(frames.validated_rows(frame, spec, grid.where), tuple(notes))


def _typed(raw: pd.DataFrame, where: Where) -> pd.DataFrame:
    import pandas as pd

    spec, rows = where.spec, raw["row"].tolist()
    out: dict[str, Any] = {"row": rows}
    columns = {c: [value] * len(raw) for c, value in where.mapping.constants.items()}
    columns |= {str(c): raw[c].tolist() for c in raw.columns}
    for column, cells in columns.items():
        if column not in ("row", "value", "name", "status"):
            reader = _number if column in spec.numbers else _reader(column, where)
            out[column] = _each(cells, rows, where.file, reader)
    if "area" not in out and "area" not in spec.constants:
        raise DataError(f"{where.file}: no column for area; nothing was stored")
    figures = _figures(raw, where)
    out["value"] = [v * where.mapping.factor for v in figures.values]
    out["status"] = _statuses(raw, figures)
    return pd.DataFrame(out)


def _figures(raw: pd.DataFrame, where: Where) -> _numbers.Figures:
    spec, given = where.spec, where.mapping
    whole = spec.schema in WHOLE and spec.measure != "full_year_services"
    marks = {**spec.file.marks, **given.marks}
    try:
        figures = _numbers.parse(raw["value"].tolist(), whole, given.decimal, marks)
    except _numbers.CellError as error:
        row = raw["row"].tolist()[error.place]
        raise DataError(f"{where.file}, row {row}: {error}; nothing was stored") from None
    allowed = UNITS.get(spec.schema, ())
    plain = figures.unit.casefold().replace(".", "").replace(" ", "")
    if plain and plain not in allowed and given.factor == 1.0:
        raise DataError(
            f"{where.file}: the figures are written in {figures.unit}, but {spec.name} is in "
            f"{spec.unit}; recalculate them, or give the factor in a --mapping file"
        )
    return figures


def _statuses(raw: pd.DataFrame, figures: _numbers.Figures) -> list[str]:
    """Return each cell's status: the file's own column where it says something."""
    if "status" not in raw:
        return figures.statuses
    given = [_cells.text(s) for s in raw["status"]]
    return [g or s for g, s in zip(given, figures.statuses, strict=True)]


def _reader(column: str, where: Where) -> Callable[[Any], str]:
    spec = where.spec
    readers: dict[str, Callable[[Any], str]] = {
        "area": _cells.area,
        "period": lambda cell: _cells.period(cell, spec.frequency),
        "age": _cells.age,
        "published": _cells.day,
        "service": lambda cell: _service(cell, spec),
    }
    values = {**(spec.file.columns[column].values if column in spec.file.columns else {})}
    values |= where.mapping.values.get(column, {})
    named = {k.casefold(): v for k, v in values.items()}
    reader = readers.get(column, _cells.text)
    return lambda cell: reader(named.get(_cells.text(cell).casefold(), cell))


def _number(cell: Any) -> str:
    """Return a number as text that a float reads, whatever its decimal sign."""
    try:
        return str(_numbers.parse([cell], whole=False).values[0])
    except _numbers.CellError as error:
        raise DataError(str(error)) from None


def _service(cell: Any, spec: DatasetSpec) -> str:
    written = _cells.text(cell)
    variable = spec.statbank.variables.get("service")
    column = spec.file.columns.get("service")
    if (variable and variable.role == "label") or (column and column.allowed):
        return written  # the table's own words; a column with a list of its own is checked there
    known = {*services.table(), *(variable.values.values() if variable else ())}
    if written not in known:
        raise DataError(
            f"unknown service {written!r}{suggestion(written, sorted(known))}; expected a code "
            "of data/registers/services.toml, such as s107"
        )
    return written


def _each(cells: list[Any], rows: list[int], file: str, reader: Callable[[Any], str]) -> list[str]:
    """Read each different cell once; an error names the first row that has it."""
    seen: dict[tuple[type, Any], str] = {}
    out = []
    for cell, row in zip(cells, rows, strict=True):
        key = (type(cell), cell)
        if key not in seen:
            try:
                seen[key] = reader(cell)
            except DataError as error:
                raise frames.refuse(file, {"row": row}, str(error)) from None
        out.append(seen[key])
    return out


def _same_names(raw: pd.DataFrame, file: str) -> None:
    """Refuse a row whose code and name are two different municipalities."""
    if "name" not in raw:
        return
    pairs = raw[["area", "name", "row"]].drop_duplicates(["area", "name"])
    for code, name, row in pairs.itertuples(index=False):
        try:
            first, second = _cells.area(code), areas.find(_cells.text(name)).code
        except DataError:
            continue  # the area column itself is judged where it is read
        if first != second:
            raise DataError(
                f"{file}, row {row}: the code {code} is {areas.name(first)}, but the row is "
                f"called {name}; expected the same municipality; nothing was stored"
            )


def _compared(frame: pd.DataFrame, totals: pd.DataFrame, where: Where) -> list[str]:
    """Compare totals of areas with the sums of their rows; they are left out either way."""
    spec = where.spec
    by_area = totals[[_cells.is_total(a) for a in totals["area"]]] if "area" in totals else totals
    if spec.schema not in WHOLE or by_area.empty:
        return [f"{len(totals)} rows of totals were left out"]
    typed = _typed(by_area.assign(area=areas.NATION), where)
    keys = [c for c in ("period", *spec.dimensions) if c in typed]
    base = frame[frame["area"].isin(areas.municipalities())]
    sums = base.groupby(keys)["value"].sum() if keys else base["value"]
    for key, row, value in zip(
        typed[keys].itertuples(index=False, name=None), typed["row"], typed["value"], strict=True
    ):
        expected = sums.get(key if len(keys) > 1 else key[0])
        if expected is not None and abs(value - expected) > 0.005 * max(abs(value), 200):
            raise DataError(
                f"{where.file}, row {row}: the total {value:g} is not the sum of its rows "
                f"({expected:g}); a row is missing or counted twice; nothing was stored"
            )
    return [f"{len(totals)} rows of totals were compared with their rows and left out"]
