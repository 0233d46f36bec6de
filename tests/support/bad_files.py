"""Bad files: what publishers, spreadsheets and people do to a file, one small example a kind."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

Write = Callable[[Path], None]
SHARE = ["area;period;value"]
PLACED = ["area;period;age;value"]
MONEY = ["area;period;function;dranst;kind;value"]


@dataclass(frozen=True)
class Bad:
    """A kind of bad file: `write` makes it at the path whose name is `name`."""

    kind: str
    name: str
    write: Write
    dataset: str = "bu43"
    said: str = ""
    columns: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


def text(*lines: str, encoding: str = "utf-8", end: str = "\n") -> Write:
    """Return a writer of text lines."""
    return raw(("\n".join(lines) + end).encode(encoding))


def raw(content: bytes) -> Write:
    """Return a writer of bytes."""

    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


def share(*rows: str) -> Write:
    """Return a file of shares with some good rows before the given ones."""
    return text(*SHARE, "101;2023;3.1", "147;2023;2.9", *rows)


def placed(*rows: str) -> Write:
    """Return a file of counts with some good rows before the given ones."""
    return text(*PLACED, "101;2023;0-17;310", "147;2023;0-17;29", *rows)


def money(*rows: str) -> Write:
    """Return a file of amounts with some good rows before the given ones."""
    return text(*MONEY, "101;2023;5.38.52;1;net;31000", "147;2023;5.38.52;1;net;2900", *rows)


def book(*rows: list[Any], sheets: int = 1, percent: str = "") -> Write:
    """Return a workbook with the rows on each of its sheets."""

    def write(path: Path) -> None:
        made = openpyxl.Workbook()
        for number in range(sheets):
            sheet = made.active if number == 0 else made.create_sheet(f"Ark{number + 1}")
            assert sheet is not None
            for row in rows:
                sheet.append(row)
            if percent:
                sheet[percent].number_format = "0.0%"
        made.save(path)

    return write


def patched(write: Write, *texts: str) -> Write:
    """Return a writer of a workbook whose first sheet has other text: old, new, old, new …"""

    def write_patched(path: Path) -> None:
        write(path)
        with zipfile.ZipFile(path) as read:
            members = {name: read.read(name) for name in read.namelist()}
        sheet = members["xl/worksheets/sheet1.xml"].decode()
        for old, new in zip(texts[::2], texts[1::2], strict=True):
            assert sheet.count(old) == 1
            sheet = sheet.replace(old, new)
        members["xl/worksheets/sheet1.xml"] = sheet.encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            for name, content in members.items():
                made.writestr(name, content)

    return write_patched


def cut(write: Write, share: float) -> Write:
    """Return a writer of only the first part of what another writes."""

    def half(path: Path) -> None:
        write(path)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])

    return half


def archive(*members: tuple[str, int]) -> Write:
    """Return a zip archive whose members are so many zero bytes."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            for name, size in members:
                with made.open(name, "w") as member:
                    for _ in range(size // (1 << 20)):
                        member.write(bytes(1 << 20))

    return write


def sparse(size: int) -> Write:
    """Return a file that is large without taking room."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return write


def parquet(**columns: list[Any]) -> Write:
    """Return a Parquet file."""
    return lambda path: pd.DataFrame(columns).to_parquet(path)


def nothing(_: Path) -> None:
    """Write nothing at all."""


LAUGHS = '<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
)  # fmt: skip
XLS = ["area", "period", "value"]
FILES = [
    Bad("no such file", "missing.csv", nothing, said="does not exist"),
    Bad("a folder in place of a file", "folder.csv", lambda p: p.mkdir(), said="is a folder"),
    Bad("nothing in it", "empty.csv", raw(b""), said="0 bytes"),
    Bad("blank lines only", "blank.csv", text("", "", ""), said="is empty"),
    Bad("a heading and no rows", "heading.csv", text(*SHARE), said="no rows"),
    Bad("a kind that is not read", "report.pdf", raw(b"%PDF-1.7"), said="kind .pdf"),
    Bad("the old Excel format", "old.xls", raw(b"\xd0\xcf\x11\xe0"), said="save the .xls as .xlsx"),
    Bad("a workbook called .csv", "book.csv", book(XLS, [101, 2023, 3.1]), said="is not text"),
    Bad("text called .xlsx", "text.xlsx", share(), said="is not an XLSX file"),
    Bad("a web page", "page.csv", text("<!DOCTYPE html>", "<p>Log in"), said="web page"),
    Bad("JSON", "answer.csv", text('{"errorTypeCode": "X"}'), said="is JSON"),
    Bad("a file larger than 400 MB", "large.csv", sparse(500 << 20), said="expected at most"),
    Bad("zero bytes inside", "zeros.csv", text(*SHARE, "101;2023;3\x00.1"), said="zero bytes"),
    Bad("letters saved in a wrong encoding", "letters.csv",
        text("area;period;value", "KÃ¸benhavn;2023;3.1"), said="wrong encoding"),
    Bad("letters that were lost", "lost.csv",
        text(*SHARE, "K\ufffdbenhavn;2023;3.1"), said="wrong encoding"),
    Bad("no known encoding", "bytes.csv", raw(b"area;period;value\n\x81\x8d;2023;3\n"),
        said="no known encoding"),
    Bad("no column of figures", "novalue.csv", text("area;period", "101;2023"),
        said="no column for value"),
    Bad("no column of areas", "noarea.csv", text("period;value", "2023;3.1"),
        said="no column for area"),
    Bad("no column of periods", "noperiod.csv", text("area;value", "101;3.1"),
        said="no column for period"),
    Bad("a dimension is missing", "noage.csv", text("area;period;value", "101;2023;310"),
        "anbaar9", said="no column for age"),
    Bad("a column was renamed", "renamed.csv",
        text("kommune_kode;aar;andel_pct", "101;2023;3.1"), said="no column for value"),
    Bad("the mapping names a heading that is not there", "mapped.csv", share(),
        said="has no column 'andel'", columns=("value=andel",)),
    Bad("the mapping names a column that is not ours", "ours.csv", share(),
        said="has no column 'figure'", columns=("figure=value",)),
    Bad("a mapping without an equals sign", "equals.csv", share(),
        said="expected OURS=HEADING", columns=("value",)),
    Bad("a heading stands twice", "twice.csv", text("area;period;value;value", "101;2023;3;4"),
        said="stands over columns 3 and 4"),
    Bad("a heading row that is not there", "row.csv", share(), said="no row 99",
        options={"heading": 99}),
    Bad("a municipality that does not exist", "typo.csv", share("Arhus;2023;3.1"),
        said="did you mean Aarhus"),
    Bad("a municipality from before 2007", "merged.csv", share("Farum;2023;3.1"),
        said="reform of 2007"),
    Bad("a code that does not exist", "code.csv", share("999;2023;3.1"), said="no area '999'"),
    Bad("a code with too many digits", "digits.csv", share("7510;2023;3.1"), said="'7510'"),
    Bad("the area is blank", "noname.csv", share(";2023;3.1"), said="the area is blank"),
    Bad("code and name disagree", "disagree.csv",
        text("kode;kommune;period;value", "751;Odense;2023;3.1"), said="the code 751 is Aarhus"),
    Bad("a cell stands twice", "cell.csv", share("101;2023;3.2"), said="two figures, 3.1 and 3.2"),
    Bad("a municipality by code and by name", "both.csv", share("København;2023;3.1"),
        said="rows 2, 4"),
    Bad("two price units in one file", "prices.csv", money("101;2023;5.38.52;1;net;48"),
        "regk31", said="two units"),
    Bad("text in a number", "word.csv", share("751;2023;ca. 3"), said="'ca. 3' is no number"),
    Bad("a negative count", "negative.csv", placed("751;2023;0-17;-4"), "anbaar9",
        said="a negative figure, -4"),
    Bad("both decimal signs", "signs.csv", share("751;2023;3,3"), said="different decimal signs"),
    Bad("a thousand or three decimals", "thousand.csv",
        text(*SHARE, "101;2023;3.145", "147;2023;2.901"), said="may be a thousand"),
    Bad("two units written in the cells", "units.csv",
        text(*MONEY, "101;2023;5.38.52;1;net;31 mio. kr.", "147;2023;5.38.52;1;net;29 kr."),
        "regk31", said="different units"),
    Bad("percentages where counts were", "percent.csv",
        text(*PLACED, "101;2023;0-17;31 %", "147;2023;0-17;29 %"), "anbaar9", said="written in %"),
    Bad("amounts in millions", "millions.csv",
        text(*MONEY, "101;2023;5.38.52;1;net;31 mio. kr."), "regk31", said="written in mio. kr."),
    Bad("rates where counts were", "rates.csv",
        placed(*(f"{c};2023;0-17;3.25" for c in (151, 153, 155, 157, 159, 161))), "anbaar9",
        said="are these percentages or rates"),
    Bad("fractions where per cent were", "fractions.csv",
        text(*SHARE, *(f"{c};2023;0.03" for c in (101, 147, 151, 153, 155, 157, 159, 161))),
        said="expected 3.5, not 0.035"),
    Bad("two units in one column of shares", "mixture.csv",
        share(*(f"{c};2023;3.3" for c in (151, 153, 155, 157, 159)), "161;2023;0.033"),
        said="two units in one column"),
    Bad("two units in one column of amounts", "scale.csv",
        money(*(f"751;{y};5.38.52;1;net;{v}" for y, v in
                ((2018, 41000), (2019, 42000), (2020, 43000), (2021, 44), (2022, 45), (2023, 46)))),
        "regk31", said="two units in one column"),
    Bad("a share that is too large", "high.csv", share("751;2023;310"), said="at most 30"),
    Bad("a quarter in a table of years", "quarter.csv", share("751;2023K1;3.1"),
        said="expected a year"),
    Bad("a school year", "school.csv", share("751;2023/24;3.1"), said="is not a year"),
    Bad("a date as a spreadsheet's day number", "serial.csv", share("751;45292;3.1"),
        said="the date 2024-01-01"),
    Bad("a date in a table of years", "date.xlsx",
        book(XLS, [101, pd.Timestamp("2023-01-01").to_pydatetime(), 3.1]),
        said="period is the date 2023-01-01"),
    Bad("a figure of a year to come", "future.csv", share("751;2031;3.1"),
        said="2031, which has not begun on 2026-11-22"),
    Bad("a row shorter than the heading", "short.csv", text("area;period;value", "101;2023"),
        said="row 2: 2 fields where 3 were expected"),
    Bad("a year that cannot be", "year.csv", share("751;3024;3.1"), said="period '3024'"),
    Bad("a day that does not exist", "day.csv",
        text("area;period;age;value", "101;30-02-2024;18-24;310"), "homelessness",
        said="there is no such date"),
    Bad("the period is blank", "when.csv", share("751;;3.1"), said="period ''"),
    Bad("a formula without a result", "formula.xlsx", book(XLS, [101, 2023, "=1+2"]),
        said="has no stored result"),
    Bad("a spreadsheet's error", "error.xlsx", book(XLS, [101, 2023, "#REF!"]), said="error #REF!"),
    Bad("a number that became a date", "became.xlsx",
        book(XLS, [101, 2023, pd.Timestamp("2024-03-01").to_pydatetime()]),
        said="turned a number into a date"),
    Bad("true or false in place of a figure", "bool.xlsx", book(XLS, [101, 2023, True]),
        said="True is no number"),
    Bad("several sheets", "sheets.xlsx", book(XLS, [101, 2023, 3.1], sheets=2),
        said="say which with --sheet"),
    Bad("a sheet that is not there", "sheet.xlsx", book(XLS, [101, 2023, 3.1]),
        said="has no sheet 'Tal'", options={"sheet": "Tal"}),
    Bad("a workbook that is half downloaded", "half.xlsx", cut(book(XLS, [101, 2023, 3.1]), 0.6),
        said="cut off in the download"),
    Bad("a workbook without cells", "cells.xlsx", book(), said="is empty"),
    Bad("a zip archive without a workbook", "zip.xlsx", archive(("a.txt", 0)),
        said="without a workbook"),
    Bad("a zip bomb", "bomb.xlsx", archive(("xl/worksheets/sheet1.xml", 450 << 20)),
        said="no ordinary spreadsheet"),
    Bad("a cell far from all others", "far.xlsx",
        patched(book(XLS, [101, 2023, 3.1]), "</sheetData>",
                '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
        said="a cell far from all others"),
    Bad("whole columns that are merged", "whole.xlsx",
        patched(book(XLS, [101, 2023, 3.1]), "</sheetData>",
                '</sheetData><mergeCells><mergeCell ref="F1:XFD1048576"/></mergeCells>'),
        said="undo the merging"),
    Bad("entities that grow without end", "entities.xlsx",
        patched(book(XLS, [101, 2023, 3.1]), "<worksheet", f"<!DOCTYPE x [{LAUGHS}]><worksheet",
                "</sheetData>", '<row r="3"><c r="A3"><v>&a9;</v></c></row></sheetData>'),
        said="cannot be read as XLSX"),
    Bad("percentages by cell format in a table of counts", "format.xlsx",
        book(["area", "period", "age", "value"], [101, 2023, "0-17", 0.31], percent="D2"),
        "anbaar9", said="written in %"),
    Bad("a separator inside a number", "separator.csv",
        text("area,period,value", "101,2023,3.1", "147,2023,2,9"), said="4 fields where 3"),
    Bad("a file that ends in the middle of a row", "cut.csv",
        text("area;period;age;value", "101;2023;0-17;310", "147;2023", end=""), "anbaar9",
        said="ends in the middle of a row"),
    Bad("quotation marks that do not close", "quote.csv",
        text(*SHARE, '"101;2023;3.1', "147;2023;2.9"), said="quotation marks"),
    Bad("a damaged Parquet file", "damaged.parquet", raw(b"PAR1 and no more"),
        said="cannot be read as Parquet"),
    Bad("an infinite figure", "infinite.parquet",
        parquet(area=["101"], period=["2023"], value=[float("inf")]), said="infinite"),
    Bad("a service that does not exist", "service.csv",
        text("area;period;service;value", "101;2023K1;s170;3.1"), "hand01",
        said="unknown service 's170'; did you mean"),
    Bad("a value that is not allowed", "dranst.csv", money("751;2023;5.38.52;7;net;1"), "regk31",
        said="dranst is '7'"),
    Bad("a dimension is blank", "age.csv", placed("751;2023;;31"), "anbaar9", said="age is blank"),
    Bad("a population that is not told by age", "people.csv",
        text("area;period;age;sex;value", "751;2023Q1;Alder i alt;men;9"), "folk1a",
        said="age is 'Alder i alt'"),
    Bad("a total that is not the sum of its rows", "total.csv", placed("I alt;2023;0-17;900"),
        "anbaar9", said="is not the sum of its rows"),
    Bad("a status that does not exist", "status.csv",
        text("area;period;value;status", "101;2023;3.1;ok"), said="status 'ok'"),
    Bad("observed, but without a figure", "observed.csv",
        text("area;period;value;status", "101;2023;;observed"), said="no figure, yet"),
    Bad("suppressed, but with a figure", "suppressed.csv",
        text("area;period;value;status", "101;2023;3.1;suppressed"), said="holds no figure"),
    Bad("a period heads two columns", "sideways.csv", text("area;2022;2023;2023", "101;1;2;3"),
        said="heads two columns"),
    Bad("a civil registration number", "cpr.csv",
        text("area;period;value;note", "101;2023;3.1;010190-1234"), said="civil registration"),
    Bad("a column for personal data", "person.csv", text("area;period;value;cpr", "101;2023;3;x"),
        said="personal data"),
    Bad("a publication date that is none", "published.csv",
        text("area;period;value;published", "101;2023;3.1;May 2024"),
        said="published is 'May 2024'"),
    Bad("--published is no date", "nodate.csv", share(), said="is no date",
        options={"published": "2024-13-01"}),
    Bad("--published lies ahead", "ahead.csv", share(), said="lies after today",
        options={"published": "2031-01-01"}),
    Bad("no calendar and no date", "calendar.csv",
        text("area;period;service;value", "101;2023M01;s107;3"), "own_counts",
        said="give --published DATE", options={"published": ""}),
    Bad("a dataset that does not exist", "dataset.csv", share(), "bu34",
        said="did you mean bu43"),
]  # fmt: skip
