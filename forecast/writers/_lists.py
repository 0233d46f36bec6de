"""The lists at a workbook's end: where each number comes from, and the data in long form."""

from __future__ import annotations

from forecast.reporting.document import FORMS, Number, Report
from forecast.reporting.wording import Wording
from forecast.writers import _longdata, _tables
from forecast.writers._xlsx import Sheet

_REFERENCE, _LETTERS = 2, 58  # the column of references, and signs in its lines, which / ends too
_WIDE = (
    *("area", "function", "service", "model", "method", "metric"),
    *("title", "line", "head", "text"),
)


def references(
    sheet: Sheet, lines: _tables.References, words: Wording, example: tuple[str, str]
) -> None:
    """Write of each cell its reference, the factor from the row's number to it, and how it looks.

    A sentence shows a number as its form does; a cell holds a share that a per cent format shows.
    """
    sheet.widths([32, 10, 60, 18, 30])
    table, number = example
    sheet.text(words.text("report.references_help", table=table, row=number), "muted")
    heads = ("sheet", "cell", "reference", "factor", "shown")
    sheet.cells([(words.text(f"xlsx.{h}"), _look(h)) for h in heads])
    sheet.freeze()
    for name, cell, reference, form in lines:
        for column, text in enumerate((name, cell, reference)):
            sheet.put(column, text, "wrapped" if column == _REFERENCE else "text")
        if len(reference) > _LETTERS:
            sheet.tall(sum(-(-len(part) // _LETTERS) for part in reference.split("/")))
        said = name == words.text("xlsx.cover")
        sheet.plain(3, FORMS[form].factor if said else _tables.scaled(Number(1.0), form))
        sheet.put(4, _shown(form, words), "apart")
        sheet.skip()


def _look(head: str) -> str:
    return {"factor": "head_number", "shown": "head_apart"}.get(head, "head")


def _shown(form: str, words: Wording) -> str:
    """Return in words how a form shows a number: its unit, its decimals, and the sign of a rise."""
    shape = FORMS[form]
    unit = words.unit(form) or words.text("xlsx.number")
    parts = [unit, words.text("xlsx.decimals", n=float(shape.decimals))]
    return ", ".join([*parts, words.text("xlsx.signed")] if shape.signed else parts)


def data(sheet: Sheet, report: Report, words: Wording, lines: _tables.References) -> None:
    """Write the rows behind the report in long form, with heads and coded values in words.

    Names of tables and numbers of rows stay those that references name; each of these is there.
    """
    frames = _longdata.frames(report, words, [reference for *_, reference, _ in lines])
    names = ["table", "row"]
    for frame in frames.values():
        names += [c for c in frame.columns if c not in names]
    names.sort(key=lambda name: name.endswith("_code"))  # codes stand at the end
    sheet.widths([14, 8, *(24 if name in _WIDE else 14 for name in names[2:])])
    words_in = {c for f in frames.values() for c in f.columns if f[c].dtype.kind not in "fiub"}
    sheet.apart([i for i, name in enumerate(names) if name in words_in])
    looks = ["head_apart" if name in words_in else "head" for name in names]
    sheet.cells([(_head(words, n), look) for n, look in zip(names, looks, strict=True)])
    sheet.freeze()
    for name, frame in frames.items():
        places = [names.index(c) for c in frame.columns]
        for values in frame.itertuples(index=False, name=None):
            sheet.plain(0, name)
            for place, value in zip(places, values, strict=True):
                sheet.plain(place, value)
            sheet.skip()


def _head(words: Wording, column: str) -> str:
    """Return a column's heading: in words, or for a column of a user's own its name."""
    name = column.removesuffix("_code")
    told = words.named(f"data_column.{name}", name)
    return words.text("data_column.coded", name=told) if name != column else told
