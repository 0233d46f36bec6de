"""Layout: which row is the heading, which column is which, and whether periods stand sideways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from forecast.datasets import DatasetSpec
from forecast.errors import DataError, suggestion
from forecast.sources import _cells
from forecast.sources._grids import Grid

SEARCHED = 25
NAMES = {
    "area": ("area", "kommune_kode", "kommunekode", "kommunenr", "komkode", "kode", "område",
             "kommune", "kommunenavn", "municipality", "bopælskommune", "region"),
    "period": ("period", "år", "aar", "tid", "periode", "kvartal", "dato", "year", "time", "date"),
    "value": ("value", "indhold", "værdi", "antal", "beløb", "tal", "andel"),
    "status": ("status",),
    "published": ("published", "offentliggjort"),
}  # fmt: skip
AREA_NAMES = ("kommune", "kommunenavn", "municipality", "navn", "name")


@dataclass(frozen=True)
class Mapping:
    """How a user's file names things, where it differs from the dataset's own names.

    Attributes:
        columns: the file's heading by our column.
        constants: our columns that the file does not have, each with its one value.
        values: by column, our value by the file's text.
        marks: what text in place of a figure means.
        decimal: `,` or `.` where the column alone does not tell.
        sheet: of a workbook with several.
        heading: the heading's row, counted from 1; 0 finds it.
        factor: what figures are multiplied by to be in the dataset's unit.
    """

    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    decimal: str = ""
    sheet: str = ""
    heading: int = 0
    factor: float = 1.0


@dataclass(frozen=True)
class Layout:
    """Where things stand in a grid.

    Attributes:
        heading: index of the heading's (last) row.
        places: column index by our name.
        sideways: column index by period, where periods are headings.
        unused: headings that nothing is read from.
    """

    heading: int
    places: dict[str, int]
    sideways: dict[str, int]
    unused: tuple[str, ...]


def find(grid: Grid, spec: DatasetSpec, mapping: Mapping) -> Layout:
    """Find the heading and the columns.

    Raises:
        DataError: a column is missing or stands twice; the sentence lists what the file has.
    """
    _no_unknown(grid, spec, mapping)
    if mapping.heading:
        rows: Sequence[int] = [mapping.heading - 1]
    else:
        rows = range(min(SEARCHED, len(grid.rows)))
    if not 0 <= mapping.heading <= len(grid.rows):
        raise DataError(
            f"{grid.where} has {len(grid.rows)} rows, so there is no row {mapping.heading} to be "
            "the heading; count from 1"
        )
    tried: list[tuple[Layout, tuple[str, ...]]] = []
    ambiguous: list[DataError] = []
    for row in rows:
        try:
            layout, missing = _try(grid, row, spec, mapping)
        except DataError as error:  # a group heading above the real one may repeat itself
            ambiguous.append(error)
            continue
        if not missing:
            return layout
        tried.append((layout, missing))
    if ambiguous:
        raise ambiguous[0]
    layout, missing = min(tried, key=lambda t: (len(t[1]), -len(t[0].places), t[0].heading))
    raise _missing(grid, layout, missing, (spec, mapping))


def _no_unknown(grid: Grid, spec: DatasetSpec, mapping: Mapping) -> None:
    ours = {*spec.columns}
    for name in (*mapping.columns, *mapping.constants, *mapping.values):
        if name not in ours:
            raise DataError(
                f"{spec.name} has no column {name!r}{suggestion(name, sorted(ours))}; it has "
                f"{', '.join(spec.columns)} (write OURS=HEADING, such as area=kommune_kode)"
            )
    headings = {_folded(c) for row in grid.rows[:SEARCHED] for c in row}
    for name, theirs in mapping.columns.items():
        if _folded(theirs) not in headings:
            near = suggestion(_folded(theirs), sorted(headings))
            raise DataError(
                f"{grid.where} has no column {theirs!r} for {name}{near}; nothing was stored"
            )


def _try(
    grid: Grid, row: int, spec: DatasetSpec, mapping: Mapping
) -> tuple[Layout, tuple[str, ...]]:
    heads = _headings(grid, row)
    places = _places(heads, spec, mapping)
    wanted = [c for c in _required(spec) if c not in mapping.constants]
    sideways = {} if "period" in places else _sideways(grid, row, spec)
    held = {*places, *(("period", "value") if sideways and spec.file.wide else ())}
    used = {*places.values(), *sideways.values()}
    unused = tuple(h for i, h in enumerate(heads) if h and i not in used)
    missing = tuple(c for c in wanted if c not in held)
    return Layout(row, places, sideways, unused), missing


def _required(spec: DatasetSpec) -> tuple[str, ...]:
    optional = [n for n, c in spec.file.columns.items() if not c.required]
    fixed = {*spec.constants, *optional}
    return tuple(
        c for c in ("area", "period", *spec.dimensions, *spec.extras, "value") if c not in fixed
    )


def _headings(grid: Grid, row: int) -> list[str]:
    """Return a row's headings; a blank one takes the group heading of the row above."""
    above = [_cells.text(c) for c in grid.rows[row - 1]] if row else []
    heads = [_cells.text(c) for c in grid.rows[row]]
    if len([h for h in above if h]) < 2:
        return heads
    return [h or (above[i] if i < len(above) else "") for i, h in enumerate(heads)]


def _places(heads: list[str], spec: DatasetSpec, mapping: Mapping) -> dict[str, int]:
    folded = [_folded(h) for h in heads]
    places: dict[str, int] = {}
    for column in (*spec.columns,):
        if column in mapping.constants:
            continue
        given = mapping.columns.get(column)
        extra = spec.file.columns[column].names if column in spec.file.columns else ()
        names = (given,) if given else (column, *extra, *NAMES.get(column, ()))
        found = next((folded.index(_folded(n)) for n in names if _folded(n) in folded), None)
        if found is not None and found not in places.values():
            _not_twice(heads, found, column)
            places[column] = found
    return places


def _not_twice(heads: list[str], place: int, column: str) -> None:
    same = [i + 1 for i, h in enumerate(heads) if _folded(h) == _folded(heads[place])]
    if len(same) > 1:
        raise DataError(
            f"the heading {heads[place]!r} ({column}) stands over columns "
            f"{' and '.join(map(str, same))}; expected it once"
        )


def _sideways(grid: Grid, row: int, spec: DatasetSpec) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(grid.rows[row]):
        try:
            code = _cells.period(cell, spec.frequency)
        except DataError:
            continue
        if code in found:
            raise DataError(
                f"{grid.where}, row {grid.first + row}: the period {code} heads two columns; "
                "expected one (two units or services side by side?)"
            )
        found[code] = place
    return found if len(found) > 1 else {}


def _missing(
    grid: Grid, layout: Layout, missing: tuple[str, ...], wanted: tuple[DatasetSpec, Mapping]
) -> DataError:
    spec = wanted[0]
    heads = [h for h in _headings(grid, layout.heading) if h]
    about = [
        f"{m} ({spec.file.columns[m].about})" if m in spec.file.columns else m for m in missing
    ]
    return DataError(
        f"{grid.where}, row {grid.first + layout.heading}: no column for {' and '.join(about)}; "
        f"the file has {', '.join(heads[:12]) or 'no headings'}: name the column with "
        f"--column {missing[0]}=HEADING, or see `forecast data template {spec.name}`; nothing "
        "was stored"
    )


def _folded(cell: Any) -> str:
    return _cells.text(cell).casefold().replace("_", " ").strip()
