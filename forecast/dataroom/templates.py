"""Templates: an empty file of a dataset to fill in, with an example row and a data dictionary."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from forecast import files
from forecast.datasets import DatasetSpec
from forecast.errors import DataError

EXAMPLE = "EXAMPLE"
DICTIONARY = "Data dictionary"
_AREAS = {"municipality": "751", "region": "081", "nation": "000", "": "751"}
_PERIODS = {"A": "2024", "Q": "2024Q1", "D": "2024-02-05"}
_ABOUT = {
    "A": "Year, such as 2024",
    "Q": "Quarter, such as 2024Q1 or 2024K1",
    "D": "Date, such as 2024-02-05 or 05-02-2024; a month as 2024M02",
}


def columns(spec: DatasetSpec) -> list[tuple[str, str, str]]:
    """Return the columns to fill in: name, what goes there, and an example."""
    area = "Municipality's code or name (751 or Aarhus); regions 081-085; the country 000"
    found = [] if "area" in spec.constants else [("area", area, _AREAS[spec.level])]
    found.append(("period", _ABOUT[spec.frequency], _PERIODS[spec.frequency]))
    for name in (*spec.dimensions, *spec.extras):
        given = spec.file.columns.get(name)
        if given is not None:
            found.append((name, given.about, given.example))
    if "measure" in spec.file.columns:
        given = spec.file.columns["measure"]
        found.append(("measure", given.about, given.example))
    marks = "blank: not reported; x: suppressed; 0: none"
    found.append(("value", f"The figure, in {spec.unit} ({marks})", "12"))
    return found


def write(spec: DatasetSpec, path: Path) -> list[Path]:
    """Write the template as .xlsx or .csv; a CSV's dictionary is a second file beside it.

    Raises:
        DataError: the ending is another, or the file is there already.
    """
    if path.exists():
        raise DataError(f"{path} is there already; name another file with --out")
    if path.suffix.casefold() == ".xlsx":
        _workbook(spec, path)
        return [path]
    if path.suffix.casefold() != ".csv":
        raise DataError(f"{path.name}: templates are .xlsx or .csv")
    beside = path.with_name(f"{path.stem}-dictionary.csv")
    files.write_text(path, "\ufeff" + _csv([_heads(spec), _example(spec)]))
    rows = [["column", "what goes there", "example"], *([*c] for c in columns(spec))]
    files.write_text(beside, "\ufeff" + _csv(rows))
    return [path, beside]


def _heads(spec: DatasetSpec) -> list[str]:
    return [name for name, _, _ in columns(spec)]


def _example(spec: DatasetSpec) -> list[str]:
    """Return the example row; its first cell says so, and imports leave such a row out."""
    first, *others = [example for _, _, example in columns(spec)]
    return [f"{EXAMPLE} {first}", *others]


def _csv(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(rows)
    return text.getvalue()


def _workbook(spec: DatasetSpec, path: Path) -> None:
    import xlsxwriter

    with files.replaced_file(path) as temporary:
        book = xlsxwriter.Workbook(str(temporary), {"in_memory": True})
        bold, grey = book.add_format({"bold": True}), book.add_format({"font_color": "#666666"})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("Data")
        for place, (head, example) in enumerate(zip(_heads(spec), _example(spec), strict=True)):
            sheet.set_column(place, place, 18, None if head == "value" else text)
            sheet.write_string(0, place, head, bold)
            sheet.write_string(1, place, example, grey)
        sheet.freeze_panes(1, 0)
        about = book.add_worksheet(DICTIONARY)
        about.set_column(0, 0, 16)
        about.set_column(1, 1, 90)
        rows = [("column", "what goes there", "example"), *columns(spec)]
        for row, cells in enumerate(rows):
            about.write_row(row, 0, cells, bold if row == 0 else None)
        command = f"forecast data import {spec.name} FILE"
        facts = (("title", spec.title["da"]), ("licence", spec.licence), ("import", command))
        for row, pair in enumerate(facts, start=len(rows) + 1):
            about.write_row(row, 0, pair)
        book.close()
