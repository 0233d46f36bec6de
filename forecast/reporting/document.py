"""Document: what a report says, before any format; every number knows its bundle row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from forecast.reporting.numbers import FORMS, HIDDEN, MISSING, PROTECTED, Form, Number

__all__ = [
    "FORMS",
    "HIDDEN",
    "MISSING",
    "PROTECTED",
    "Block",
    "Calculator",
    "Cell",
    "Column",
    "Figure",
    "Form",
    "Line",
    "Number",
    "Paragraph",
    "Report",
    "Row",
    "Run",
    "Section",
    "Shown",
    "Table",
    "for_format",
    "form_of",
    "number_of",
    "numbers",
    "plain",
]


@dataclass(frozen=True)
class Run:
    """A piece of text; where it shows a number, the number and its form."""

    text: str
    number: Number | None = None
    form: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Text in one style: `body`, `lead` (the conclusion), `note`, `warning` or `reference`.

    A `reference` explains references and is shown with them only.

    Attributes:
        only: the format that it is about, which no other one tells; none: all tell it.
    """

    runs: tuple[Run, ...]
    style: str = "body"
    only: str = ""

    @property
    def text(self) -> str:
        """The words without references."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Column:
    """A table's column: its heading and the form of its numbers (none: text)."""

    title: str
    form: str = ""


@dataclass(frozen=True)
class Shown:
    """A number in a form of its own, in a column of another form."""

    number: Number
    form: str


Cell = str | Number | Shown


@dataclass(frozen=True)
class Row:
    """A table's row; `kind` is `body`, `total` or `group` (a heading inside the table)."""

    cells: tuple[Cell, ...]
    kind: str = "body"


@dataclass(frozen=True)
class Table:
    """A table with a caption and notes.

    Attributes:
        name: unique in the report; the XLSX sheet and the HTML id.
        variant: `fixed` or `current`, where a reader may switch between two price levels.
        scenario: name of the scenario that it is about, where a reader may pick one.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    variant: str = ""
    scenario: str = ""

    @property
    def guarded(self) -> bool:
        """Whether a cell is protected, so that the sign for it needs explaining."""
        return any(number_of(c).hidden for row in self.rows for c in row.cells)


@dataclass(frozen=True)
class Figure:
    """A drawing of a kind (module of figures/), with what a reader who sees none is told.

    Attributes:
        kind: module that draws it.
        data: the module's own dataclass.
        table: name of the table that holds the same numbers, if one does.
    """

    name: str
    kind: str
    data: Any
    caption: str
    alt: str
    table: str = ""


@dataclass(frozen=True)
class Line:
    """A calculator's line: costs by year, and what a planner may change about them.

    Attributes:
        costs: DKK 1,000 in fixed prices, one a year.
        recipients: as forecast for the first year; not given or protected: nothing to change.
        unit_cost: likewise.
    """

    name: str
    costs: tuple[Number, ...]
    recipients: Number = MISSING
    unit_cost: Number = MISSING


@dataclass(frozen=True)
class Calculator:
    """Live formulas, for a format that has them: unit costs and prices in, totals out.

    Attributes:
        index: current over fixed prices, one a year.
        totals: what the lines come to as forecast, in fixed prices.
        form: how amounts of the area are shown.
    """

    name: str
    title: str
    years: tuple[str, ...]
    lines: tuple[Line, ...]
    index: tuple[Number, ...]
    totals: tuple[Number, ...]
    notes: tuple[str, ...] = ()
    form: str = "mio"


Block = Paragraph | Table | Figure | Calculator


@dataclass(frozen=True)
class Section:
    """One part of a report: a title and what stands below it, in order."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """A whole report in one language about one area.

    Attributes:
        marks: what every page must say (such as *synthetic*, with the inputs it holds for).
        footer: bundle, model versions and data date, for the running footer.
        facts: the same as names and values, for metadata.
        data: the area's rows of the bundle's tables, small cells left out (pandas frames).
        names: what readers call the codes in a column of these tables, by column and code.
    """

    name: str
    area: str
    language: str
    title: str
    subtitle: str
    sections: tuple[Section, ...]
    marks: tuple[str, ...] = ()
    footer: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def example(self) -> tuple[str, str]:
        """Table and row of a reference that the report has, to explain references by."""
        plain_one = re.compile(r"([a-z]+):(\d+)")
        found = (plain_one.fullmatch(n.ref) for n in numbers(self.sections) if n.given)
        return next(((m[1], m[2]) for m in found if m), ("cost", "12"))

    @property
    def told(self) -> tuple[Section, ...]:
        """The sections that have something to read, not only something to calculate with."""
        return tuple(
            s for s in self.sections if any(not isinstance(b, Calculator) for b in s.blocks)
        )

    @property
    def tables(self) -> list[Table]:
        """All tables in order."""
        return [b for s in self.sections for b in s.blocks if isinstance(b, Table)]

    @property
    def figures(self) -> list[Figure]:
        """All figures in order."""
        return [b for s in self.sections for b in s.blocks if isinstance(b, Figure)]


def numbers(sections: Iterable[Section]) -> Iterator[Number]:
    """Return every number of a report: in sentences, in tables and in the calculator."""
    for block in (b for section in sections for b in section.blocks):
        if isinstance(block, Paragraph):
            yield from (run.number for run in block.runs if run.number is not None)
        elif isinstance(block, Table):
            yield from (number_of(cell) for row in block.rows for cell in row.cells)
        elif isinstance(block, Calculator):
            yield from (*block.index, *block.totals)
            for line in block.lines:
                yield from (*line.costs, line.recipients, line.unit_cost)


def for_format(report: Report, name: str) -> Report:
    """Return what a report says in one format, without what is about another one."""

    def told(block: Block) -> bool:
        return not isinstance(block, Paragraph) or block.only in ("", name)

    sections = (replace(s, blocks=tuple(filter(told, s.blocks))) for s in report.sections)
    return replace(report, sections=tuple(sections))


def number_of(cell: Cell) -> Number:
    """Return a cell's number; text has none."""
    if isinstance(cell, Shown):
        return cell.number
    return cell if isinstance(cell, Number) else MISSING


def form_of(cell: Cell, column: Column) -> str:
    """Return the form in which a cell's number is shown."""
    return cell.form if isinstance(cell, Shown) else column.form


_LOST = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Return text as every format can hold it.

    Control characters go; marks that would turn the direction of the text around them are shown
    as a sign instead.
    """
    if text.isascii() and text.isprintable():
        return text
    return _TURNS.sub("\N{REPLACEMENT CHARACTER}", _LOST.sub("", text))
