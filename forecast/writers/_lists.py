"""The lists at a workbook's end: where each number comes from, and the data in long form."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from forecast.reporting.document import FORMS, Number, Report
from forecast.reporting.references import rows
from forecast.reporting.wording import Wording
from forecast.writers import _tables
from forecast.writers._xlsx import Sheet

if TYPE_CHECKING:
    import pandas as pd

_LONG = ("cost", "demand", "history", "bridge")
_CODED = {  # columns of a few words each, and where these stand in words
    **{name: f"data_value.{name}" for name in ("price", "component", "series", "term", "status")},
    **{"item": "data_value.item", "kind": "data_value.kind", "metric": "accuracy"},
    **{"source": "data_value.series", "method": "method", "level": "level", "group": "group"},
}


def references(sheet: Sheet, lines: _tables.References, words: Wording) -> None:
    """Write of each cell its reference, the factor from the row's number to it, and how it looks.

    A sentence shows a number as its form does; a cell holds a share that a per cent format shows.
    """
    sheet.widths([32, 10, 60, 18, 30])
    sheet.text(words.text("report.references_help"), "muted")
    heads = ("sheet", "cell", "reference", "factor", "shown")
    sheet.cells([(words.text(f"xlsx.{h}"), _look(h)) for h in heads])
    sheet.freeze()
    for name, cell, reference, form in lines:
        for column, text in enumerate((name, cell, reference)):
            sheet.put(column, text, "text")
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
    frames = _behind(report, lines)
    names = ["table", "row"]
    for frame in frames.values():
        names += [c for c in frame.columns if c not in names]
    sheet.widths([10, 8, *(14 for _ in names[2:])])
    sheet.cells([(_word(words, f"data_column.{name}", name), "head") for name in names])
    sheet.freeze()
    for name, frame in frames.items():
        places = [names.index(c) for c in frame.columns]
        for values in _told(frame, words).itertuples(index=False, name=None):
            sheet.plain(0, name)
            for place, value in zip(places, values, strict=True):
                sheet.plain(place, value)
            sheet.skip()


def _behind(report: Report, lines: _tables.References) -> dict[str, pd.DataFrame]:
    """Return the rows that a planner pivots, and those that references name beside them."""
    named: dict[str, set[int]] = defaultdict(set)
    for *_, reference, _ in lines:
        for table, row in rows(reference):
            named[table.partition(".")[0]].add(row)
    found: dict[str, pd.DataFrame] = {}
    for name in [*(n for n in _LONG if n in report.data), *sorted({*report.data} - {*_LONG})]:
        frame = report.data[name]
        if "row" in frame:
            own = set(_short(frame)["row"]) if name in _LONG else set()
            frame = frame[frame["row"].isin(own | named[name])]
        else:  # the report's own tables
            frame = frame.rename_axis("row").reset_index()
        found |= {name: frame} if len(frame) else {}
    return found


def _told(frame: pd.DataFrame, words: Wording) -> pd.DataFrame:
    """Return rows with the values of coded columns in words; what has none names itself."""
    coded = [c for c in _CODED if c in frame]
    texts = {c: frame[c].astype(object) for c in coded}
    known = {
        c: {v: _word(words, f"{_CODED[c]}.{v}", str(v)) for v in text.unique()}
        for c, text in texts.items()
    }
    return frame.assign(**{c: texts[c].map(known[c]) for c in coded})


def _word(words: Wording, key: str, code: str) -> str:
    return words.text(key) if words.has(key) else code


def _short(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that a planner pivots: years, the mean and P10, P50, P90.

    All other quantiles and quarters are in the data format.
    """
    if "quantile" in frame:
        frame = frame[frame["quantile"].isna() | frame["quantile"].isin([0.1, 0.5, 0.9])]
    if "component" in frame:
        frame = frame[(frame["component"] == "net") | frame["quantile"].isna()]
    if "term" in frame:
        frame = frame[frame["function"] == ""]
    if "period" in frame:
        frame = frame[~frame["period"].str.contains("Q")]
    return frame
