"""Reports of the made-up bundle, and what can be read back from each format."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from typing import NamedTuple

import pandas as pd
import pytest

from forecast import reporting
from forecast.bundle import Bundle
from forecast.reporting import danish, references, suppression
from forecast.reporting.document import (
    FORMS,
    Number,
    Paragraph,
    Report,
    Section,
    Table,
    number_of,
)
from forecast.reporting.shield import THRESHOLD
from support.bundles import bundle

HOSTILE = '<script>alert(1)</script>=HYPERLINK("http://x") \u202egnirts\u202c &amp; ' + "å" * 10_000
HOSTILE += "\x00\x07\x1b\u2067"
SHORT = "=1+1<b onclick=alert(1)>\u202e\x0b"


class Shown(NamedTuple):
    """A number as a reader sees it, with where it says it comes from."""

    text: str
    ref: str
    form: str


@cache
def saved(cost: bool = True, synthetic: bool = True) -> Bundle:
    """The made-up bundle, with an id."""
    made = bundle(cost=cost, synthetic=synthetic)
    made.meta["id"] = "0123456789abcdef"
    return made


@cache
def _sources(cost: bool, synthetic: bool) -> reporting.Sources:
    return reporting.sources(saved(cost, synthetic))


@cache
def report(
    area: str = "751", language: str = "da", *, cost: bool = True, synthetic: bool = True
) -> Report:
    """One report of the made-up bundle."""
    return reporting.build(reporting.spec("budget"), _sources(cost, synthetic), area, language)


@cache
def hostile(name: str = "budget", language: str = "da") -> Report:
    """A report of any kind in which every name that comes from data is an attack."""
    made = _attacked()
    report = reporting.spec(name)
    area = "751" if "municipality" in report.scope and name != "model" else "000"
    sources = reporting.sources(made, report.threshold, other=_attacked("earlier"))
    beside = reporting.sources(_attacked("beside"))
    return reporting.build(report, replace(sources, scenarios=(beside,)), area, language)


@cache
def _attacked(which: str = "") -> Bundle:
    """The made-up bundle with attacks for names; another one has another adjustment too."""
    made = bundle()
    meta = made.meta
    meta["areas"] = {
        code: HOSTILE if code == "751" else f"{SHORT} {code}" for code in meta["areas"]
    }
    meta["services"]["s107"] = {"da": HOSTILE, "en": HOSTILE}
    meta["functions"]["5.38.50"] |= {"da": HOSTILE, "en": HOSTILE}
    told = {"author": "=1+1", "reason": "+cmd|' /C calc'!A0", "effect": "@SUM(1)"}
    meta["adjustments"] = [{"name": HOSTILE, **told}]
    meta["adjustments"] += [{"name": f"{SHORT} {which}", **told}] if which else []
    meta["vintages"][0]["title"] = HOSTILE
    meta["models"]["recipients_adults"] |= {"title_da": SHORT, "title_en": SHORT}
    meta["breaks"] = [{"measure": SHORT, "date": SHORT, "note": HOSTILE, "source": SHORT}]
    return made


class Entry(NamedTuple):
    """A cell of a workbook that has a reference, as a spreadsheet holds it.

    `factor` leads from the row's number to the cell's, `look` says how that is displayed.
    """

    value: object
    ref: str
    factor: float
    look: str

    def agrees(self, expected: float, language: str) -> bool:
        """Whether a number is what its reference comes to, or a sentence says it as displayed."""
        if isinstance(self.value, str):
            decimals = re.search(r"(\d) decimal", self.look)
            assert decimals is not None, self
            return danish.number(expected * self.factor, int(decimals[1]), language) in self.value
        assert isinstance(self.value, int | float), self
        return bool(self.value == pytest.approx(expected * self.factor, rel=1e-9, abs=1e-9))


def value_of(made: Bundle, ref: str, **others: Bundle | dict[str, pd.DataFrame]) -> float:
    """Return what a reference comes to in the bundle.

    Args:
        made: the bundle.
        ref: the reference.
        others: other bundles by the prefix of their rows (`old`, `s1`), and under `own` the
            report's own tables.
    """

    def lookup(table: str, row: int) -> float:
        first, *rest = table.split(".")
        source: Bundle | dict[str, pd.DataFrame] = made
        if first in others:
            source, first, rest = others[first], rest[0], rest[1:]
        elif first.startswith("own_"):
            source = others["own"]
        frame = source.table(first) if isinstance(source, Bundle) else source[first]
        return float(frame[rest[0] if rest else "value"].iloc[row])

    return references.evaluate(ref, lookup)


def agrees(
    made: Bundle, shown: Shown, language: str, **others: Bundle | dict[str, pd.DataFrame]
) -> bool:
    """Whether a number as displayed is its bundle rows' value, rounded as its form says."""
    form = FORMS[shown.form]
    value = value_of(made, shown.ref, **others) * form.factor
    expected = danish.number(value, form.decimals, language)
    number = re.search(r"[−+]?[\d.,]*\d", shown.text)
    return number is not None and number[0].lstrip("+") == expected


def numbers(made: Report) -> Iterator[tuple[Section, Number]]:
    """All numbers of a report, in tables and in sentences, with their sections."""
    for section in made.sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                yield from ((section, r.number) for r in block.runs if r.number is not None)
            if isinstance(block, Table):
                for row in block.rows:
                    cells = (c for c in row.cells if not isinstance(c, str))
                    yield from ((section, number_of(c)) for c in cells)


class _Numbers(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Shown] = []
        self._open: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "data":
            self._open = (given["data-ref"] or "", given["data-form"] or "")

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found.append(Shown(data, *self._open))
            self._open = None


def in_html(content: bytes) -> list[Shown]:
    """All numbers of an HTML report."""
    parser = _Numbers()
    parser.feed(content.decode())
    return parser.found


def in_docx(content: bytes) -> list[Shown]:
    """All numbers of a DOCX report, from the hidden text behind each."""
    import docx

    document = docx.Document(io.BytesIO(content))
    return list(_runs(document))


def in_xlsx(content: bytes) -> list[Entry]:
    """All cells of a workbook that its list of references names, with the values they have."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    listed = next(s for s in book.worksheets if s.title in ("Henvisninger", "References"))
    rows = [r[:5] for r in listed.iter_rows(values_only=True) if isinstance(r[3], int | float)]
    return [
        Entry(book[str(s)][str(c)].value, str(ref), float(str(factor)), str(look))
        for s, c, ref, factor, look in rows
    ]


def _runs(document: object) -> Iterator[Shown]:
    from docx.oxml.ns import qn

    body = document.element.body  # type: ignore[attr-defined]  # python-docx has no types
    for paragraph in body.iter(qn("w:p")):
        before = ""
        for run in paragraph.iter(qn("w:r")):
            text = "".join(t.text or "" for t in run.iter(qn("w:t")))
            marked = re.fullmatch(r" \[(.+)\|(\w+)\]", text)
            if marked and run.find(qn("w:rPr")) is not None:
                yield Shown(before, marked[1], marked[2])
            before = text


def hidden_rows(made: Bundle, threshold: float = THRESHOLD) -> set[tuple[str, int]]:
    """Return the rows of counts that no report may refer to."""
    hidden = suppression.shield(made, threshold).hidden
    rows = set()
    for name in ("history", "demand", "backtest"):
        frame = made.table(name)
        keys = frame[["area", "model", "service", "age"]].astype("str")
        for i, key in enumerate(keys.itertuples(index=False, name=None)):
            if key in hidden:
                rows.add((name, i))
    return rows
