"""The data behind a report in long form: codes in words, their codes beside them at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from forecast.reporting import ownrows
from forecast.reporting.document import Report
from forecast.reporting.references import rows, table_of
from forecast.reporting.wording import Wording

if TYPE_CHECKING:
    import pandas as pd

_LONG = ("cost", "demand", "history", "bridge")
_NAMED = ("area", "service", "model", "measure")  # columns whose codes stand at the end too
_WORDS = {  # columns of a few codes each, and the part of the wording that has their words
    **{c: f"data_value.{c}" for c in ("price", "component", "series", "term", "status")},
    **{"item": "data_value.item", "kind": "data_value.kind", "source": "data_value.series"},
    **{c: c for c in ("method", "level", "group", "measure", "dataset")},
    **{"metric": "accuracy", "size_class": "size"},
}


def frames(report: Report, words: Wording, named: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Return the tables behind a report, by name; `row` is what a reference names.

    Args:
        report: the report.
        words: its language.
        named: the references of its numbers, each of whose rows is there.
    """
    found = _behind(report, named)
    told = {name: _told(frame, report, words) for name, frame in found.items()}
    return told | _own(report)


def _behind(report: Report, references: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Return the rows that a planner pivots, and those that references name beside them."""
    named: dict[str, set[int]] = defaultdict(set)
    for table, row in (pair for reference in references for pair in rows(reference)):
        named[table_of(table)].add(row)
    found: dict[str, pd.DataFrame] = {}
    for name in [*(n for n in _LONG if n in report.data), *sorted({*report.data} - {*_LONG})]:
        frame = report.data[name]
        if "row" not in frame:  # the report's own tables
            continue
        own = set(_short(frame)["row"]) if name in _LONG else set()
        frame = frame[frame["row"].isin(own | named[name])]
        found |= {name: frame} if len(frame) else {}
    return found


def _told(frame: pd.DataFrame, report: Report, words: Wording) -> pd.DataFrame:
    """Return rows with codes in words; what has none names itself."""
    codes = {f"{c}_code": frame[c] for c in _NAMED if c in frame}
    texts = {}
    for column in frame.columns:
        names, key = report.names.get(column, {}), _WORDS.get(column, "")
        if names or key:
            text = frame[column].astype(object)
            known = {v: names.get(str(v)) or words.named(f"{key}.{v}", v) for v in text.unique()}
            texts[column] = text.map(known)
    return frame.assign(**texts, **codes)


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


def _own(report: Report) -> dict[str, pd.DataFrame]:
    """Return the report's own rows, a line a number: its table, its line and column in words."""
    import pandas as pd

    heads = ["row", "column", "title", "line", "head", "text", "value"]
    found = {}
    for table in report.tables:
        name = ownrows.name_of(table)
        if name not in report.data:
            continue
        lines = [
            (i, code, table.caption, str(values[0]), table.columns[j].title, *_split(values[j]))
            for i, values in enumerate(report.data[name].itertuples(index=False, name=None))
            for j, code in enumerate(report.data[name].columns)
            if j and values[j] == values[j]  # not given: NaN
        ]
        found[name] = pd.DataFrame(lines, columns=heads)
    if ownrows.SAID in report.data:
        titles = {section.name: section.title for section in report.sections}
        said = report.data[ownrows.SAID]
        found[ownrows.SAID] = pd.DataFrame(
            {
                "row": range(len(said)),
                "title": [titles.get(str(name), str(name)) for name in said["section"]],
                **{c: list(said[c]) for c in ("text", "value")},
            }
        )
    return found


def _split(value: object) -> tuple[str, float]:
    """Return a cell as text and as number, one of which it is."""
    return ("", float(value)) if isinstance(value, int | float) else (str(value), float("nan"))
