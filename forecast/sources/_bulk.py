"""BULK: StatBank's large CSV, streamed from disc to a Parquet file of long rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forecast.datasets import DatasetSpec
from forecast.errors import SourceError
from forecast.frames import NOT_APPLICABLE, NOT_REPORTED, OBSERVED, PROVISIONAL, SUPPRESSED
from forecast.sources._codes import Reading

BLOCK = 4 << 20
VALUE = "INDHOLD"
SEVERITY = (OBSERVED, PROVISIONAL, NOT_APPLICABLE, NOT_REPORTED, SUPPRESSED)
MARKS = {"..": NOT_REPORTED, ".": NOT_APPLICABLE, "…": NOT_REPORTED, "": NOT_REPORTED}


@dataclass(frozen=True)
class Job:
    """One table's file on its way to the long frame.

    Attributes:
        table: the table's id, for sentences.
        readings: how each variable is read.
        spec: the dataset.
        constants: columns with one value, such as `vintage`.
        published: the publication date of a period.
    """

    table: str
    readings: Sequence[Reading]
    spec: DatasetSpec
    published: Callable[[str], str]
    constants: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """Columns of the frame that come from the table."""
        return [r.column for r in self.readings if r.column]

    @property
    def folds(self) -> bool:
        """Whether cells are added up, or years made of months."""
        return any(r.folds for r in self.readings) or bool(self.spec.statbank.months)


def convert(source: Path, to: Path, job: Job) -> int:
    """Turn a BULK file into a Parquet file of long rows; return how many cells were read.

    Memory does not grow with the file, unless cells have to be added up.

    Raises:
        SourceError: a column, a code or a figure is not what the metadata promised.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    cells = 0
    parts: list[Any] = []
    writer = None
    for batch in _batches(source, job):
        cells += batch.num_rows
        rows = _mapped(batch, job)
        if job.folds:
            parts.append(_added(rows, job))
            continue
        whole = _finished(rows, job)
        writer = writer or pq.ParquetWriter(to, whole.schema, compression="zstd")
        writer.write_table(whole)
    if parts:
        rows = _means(_added(pa.concat_tables(parts), job), job)
        whole = _finished(rows, job)
        writer = pq.ParquetWriter(to, whole.schema, compression="zstd")
        writer.write_table(whole)
    if writer is None:
        raise SourceError(f"StatBank sent no figures for {job.table}; nothing was stored")
    writer.close()
    return cells


def _batches(source: Path, job: Job) -> Iterator[Any]:
    import pyarrow as pa
    from pyarrow import csv

    names = [n.strip('"') for n in _heading(source, job).split(";")]
    wanted = [*(r.id.upper() for r in job.readings), VALUE]
    if sorted(n.upper() for n in names) != sorted(wanted):
        raise SourceError(
            f"StatBank sent the columns {', '.join(names)} for {job.table}; expected "
            f"{', '.join(wanted)}; nothing was stored"
        )
    upper = [n.upper() for n in names]
    try:
        reader = csv.open_csv(
            source,
            read_options=csv.ReadOptions(block_size=BLOCK, column_names=upper, skip_rows=1),
            parse_options=csv.ParseOptions(delimiter=";"),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(upper, pa.string()), strings_can_be_null=False
            ),
        )
        yield from reader
    except pa.ArrowInvalid as error:
        raise SourceError(
            f"the file of {job.table} is damaged ({str(error)[:120]}); pull it again"
        ) from None


def _heading(source: Path, job: Job) -> str:
    with source.open("rb") as file:
        line = file.readline()
    try:
        return line.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise SourceError(
            f"StatBank sent {job.table} in an encoding that is not UTF-8; nothing was stored"
        ) from None


def _mapped(batch: Any, job: Job) -> Any:
    """Put our values in the place of codes; rows of codes that are not asked for fall out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns, keep = {}, None
    for reading in job.readings:
        codes = batch.column(reading.id.upper()).dictionary_encode()
        texts = [str(t) for t in codes.dictionary.to_pylist()]
        ours = [reading.values.get(t) for t in texts]
        unknown = [t for t, o in zip(texts, ours, strict=True) if o is None]
        if unknown and reading.every:
            raise SourceError(
                f"{job.table} holds the code {unknown[0]!r} in {reading.id}, which its metadata "
                "does not list; nothing was stored"
            )
        mapped = pa.array(ours, pa.string()).take(codes.indices)
        valid = pc.is_valid(mapped)
        keep = valid if keep is None else pc.and_(keep, valid)
        if reading.column:
            columns[reading.column] = mapped
        if job.spec.statbank.months and reading.column == "period":
            columns["month"] = codes.cast(pa.string())
    value, status = _figures(batch.column(VALUE), job)
    table = pa.table({**columns, "value": value, "severity": status})
    return table.filter(keep)


def _figures(texts: Any, job: Job) -> tuple[Any, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    marks = {**MARKS, **job.spec.statbank.marks, "-": OBSERVED}
    clean = pc.utf8_trim_whitespace(texts)
    provisional = pc.and_(pc.ends_with(clean, "*"), pc.greater(pc.utf8_length(clean), 1))
    clean = pc.replace_substring(pc.utf8_rtrim(clean, "*"), ",", ".")
    clean = pc.if_else(pc.equal(clean, "-"), "0", clean)  # StatBank's mark for nil
    severity = pc.if_else(provisional, pa.scalar(1, pa.int8()), pa.scalar(0, pa.int8()))
    figures = clean
    for mark, status in marks.items():
        if status != OBSERVED:
            here = pc.equal(clean, mark)
            severity = pc.if_else(here, pa.scalar(SEVERITY.index(status), pa.int8()), severity)
            figures = pc.if_else(here, pa.scalar(None, pa.string()), figures)
    try:
        value = pc.multiply(figures.cast(pa.float64()), job.spec.statbank.factor)
    except pa.ArrowInvalid as error:
        raise SourceError(
            f"{job.table} holds a figure that is no number ({str(error)[:100]}); nothing was stored"
        ) from None
    return value, severity


def _added(rows: Any, job: Job) -> Any:
    """Add up cells that share a key; one part without a figure leaves the sum without one."""
    import pyarrow.compute as pc

    keys = [c for c in rows.column_names if c in (*job.keys, "month")]
    strict = pc.ScalarAggregateOptions(skip_nulls=False, min_count=0)
    total = rows.group_by(keys, use_threads=False).aggregate(
        [("value", "sum", strict), ("severity", "max")]
    )
    return total.rename_columns([*keys, "value", "severity"])


def _means(rows: Any, job: Job) -> Any:
    """Take months to years; a year with fewer than twelve is left out."""
    import pyarrow.compute as pc

    if not job.spec.statbank.months:
        return rows
    keys = job.keys
    years = rows.group_by(keys, use_threads=False).aggregate(
        [("value", "mean"), ("severity", "max"), ("value", "count")]
    )
    full = years.filter(pc.equal(years["value_count"], 12)).drop_columns(["value_count"])
    return full.rename_columns([*keys, "value", "severity"])


def _finished(rows: Any, job: Job) -> Any:
    """Return the rows with all columns of the dataset, in order."""
    import pyarrow as pa

    spec = job.spec
    fixed = {"measure": spec.measure, **spec.constants, **job.constants}
    columns = {name: _constant(value, rows.num_rows) for name, value in fixed.items()}
    columns |= {name: rows[name] for name in job.keys}
    columns["value"] = rows["value"]
    columns["status"] = pa.array(SEVERITY, pa.string()).take(rows["severity"].combine_chunks())
    columns["published"] = _dates(columns["period"], job)
    missing = [c for c in spec.columns if c not in columns and c not in spec.extras]
    if missing:
        raise SourceError(f"data/{spec.name}.toml: no variable gives {', '.join(missing)}")
    names = [c for c in spec.columns if c in columns]
    return pa.table({name: columns[name] for name in names})


def _dates(column: Any, job: Job) -> Any:
    import pyarrow as pa

    codes = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = codes.dictionary_encode()
    dates = [job.published(p) for p in encoded.dictionary.to_pylist()]
    return pa.array(dates, pa.string()).take(encoded.indices)


def _constant(value: str, rows: int) -> Any:
    import pyarrow as pa

    return pa.repeat(pa.scalar(value, pa.string()), rows)
