"""HTML: one self-contained file; readable without script, checked by a content policy."""

from __future__ import annotations

import base64
import re
from functools import cache
from hashlib import sha256
from html import escape
from typing import Any, NamedTuple

from forecast import files
from forecast.reporting import figures, wording
from forecast.reporting.document import (
    FORMS,
    Block,
    Cell,
    Column,
    Figure,
    Number,
    Paragraph,
    Report,
    Row,
    Section,
    Table,
    for_format,
    form_of,
    number_of,
    plain,
)
from forecast.reporting.wording import Wording
from forecast.writers._hyphens import pieces
from forecast.writers._together import introduces

SUFFIX = ".html"
OVER_TIME = ("fan", "lines")  # charts that a narrow screen opens at their newest years
LONG = 24  # letters from which a text in a table needs room on a phone


def render(report: Report) -> bytes:
    """Return the report as the bytes of one HTML file."""
    report = for_format(report, "html")
    from markupsafe import Markup

    words = wording.load(report.language)
    style, script = _style(report, words), _asset("report.js")
    numbers = {b.name: i + 1 for i, b in enumerate(report.tables)}
    numbers |= {f"figure {f.name}": i + 1 for i, f in enumerate(report.figures)}

    def blocks(section: Section) -> list[Markup]:
        made = (_block(section.blocks, i, words, numbers) for i in range(len(section.blocks)))
        return [Markup(text) for text in made]  # escaped below, piece by piece

    text = _template("report.html.j2").render(
        report=report,
        words=words,
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        switch=any(t.variant for t in report.tables),
        scenarios=list(dict.fromkeys(t.scenario for t in report.tables if t.scenario)),
        blocks=blocks,
    )
    return str(text).encode()


class Cover(NamedTuple):
    """What stands on top of a page that links reports."""

    title: str
    subtitle: str
    marks: tuple[str, ...]


def index(lines: list[tuple[str, list[tuple[str, str]]]], cover: Cover, words: Wording) -> str:
    """Return a page of names with links to their files."""
    from markupsafe import Markup

    style = f"{_fonts()}\n{_asset('report.css')}"
    text = _template("index.html.j2").render(
        lines=lines, cover=cover, words=words, style=Markup(style), policy=_policy(style, "")
    )
    return str(text)


@cache
def _template(name: str):  # type: ignore[no-untyped-def]  # jinja2 is imported when it is used
    import jinja2

    folder = files.assets() / "reports" / "templates"
    loader = jinja2.FileSystemLoader(folder)
    settings = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, finalize=_plain
    )
    return settings.get_template(name)


@cache
def _asset(name: str) -> str:
    return (files.assets() / "reports" / "templates" / name).read_text(encoding="utf-8")


@cache
def _fonts() -> str:
    faces = []
    for name, weight in (("Regular", 400), ("Semibold", 600)):
        data = (files.assets() / "reports" / "fonts" / f"ReportSans-{name}.woff2").read_bytes()
        source = f"data:font/woff2;base64,{base64.b64encode(data).decode()}"
        faces.append(
            f'@font-face{{font-family:"Report Sans";font-weight:{weight};'
            f'src:url("{source}") format("woff2")}}'
        )
    return "\n".join(faces)


def _style(report: Report, words: Wording) -> str:
    page = f'"{_css(words.text("report.page"))} " counter(page) " {_css(words.text("report.of"))} "'
    margins = [
        f'@bottom-left{{content:"{_css(report.footer)}";font:7pt "Report Sans";width:78%}}',
        f'@bottom-right{{content:{page} counter(pages);font:7pt "Report Sans"}}',
    ]
    if report.marks:
        mark = _css(" · ".join(report.marks))
        margins.append(
            f'@top-left{{content:"{mark}";font:600 7pt "Report Sans";color:#5a3200;width:100%}}'
        )
    more = f':root{{--more:"{_css(words.text("report.more"))}"}}'
    return f"{_fonts()}\n{_asset('report.css')}\n{more}\n@page{{{''.join(margins)}}}"


def _css(text: str) -> str:
    """Return text for a CSS string: everything but letters, digits and blanks is escaped."""
    return re.sub(r"[^\w .,:;()–·-]", lambda m: f"\\{ord(m[0]):x} ", text)


def _policy(style: str, script: str) -> str:
    hashes = [f"'sha256-{base64.b64encode(sha256(s.encode()).digest()).decode()}'" for s in
              (style, script)]  # fmt: skip
    return (
        f"default-src 'none'; style-src {hashes[0]}; script-src {hashes[1]}; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _block(blocks: tuple[Block, ...], i: int, words: Wording, numbers: dict[str, int]) -> str:
    block = blocks[i]
    if isinstance(block, Paragraph):
        return _paragraph(block, introduces(blocks, i))
    if isinstance(block, Figure):
        return _figure(block, words, numbers[f"figure {block.name}"])
    return _table(block, words, numbers[block.name]) if isinstance(block, Table) else ""


def _paragraph(block: Paragraph, kept: bool) -> str:
    """Return a paragraph; a printed one stays with the table or figure that it leads to."""
    body = "".join(
        _number(r.number, r.form, r.text) if r.number is not None else _flowing(r.text)
        for r in block.runs
    )
    place = " screen" if block.only else " kept" if kept else ""  # of the page, not of paper
    return f'<p class="{block.style}{place}">{body}</p>'


def _figure(block: Figure, words: Wording, number: int) -> str:
    """Return a figure; where a narrow screen scrolls it, axis and unit stay in sight."""
    label = words.text("report.figure", n=str(number))
    caption = f"{label}. {_flowing(block.caption)}"
    where = f'id="figure-{_id(block.name)}" tabindex="0"'  # it scrolls on a narrow screen
    drawn = figures.canvas(block)
    svg = drawn.render(block.alt)
    if block.kind in OVER_TIME:
        where += ' class="years"'
        caption += f'<span class="unit" aria-hidden="true">{_flowing(drawn.unit)}</span>'
        svg = f'<div class="chart">{svg}{drawn.render_axis()}</div>'
    return f"<figure {where}><figcaption>{caption}</figcaption>{svg}</figure>"


def _text(text: str) -> str:
    """Return text as HTML shows it."""
    return escape(plain(text))


def _flowing(text: str) -> str:
    """Return text as HTML shows it, whose hyphens within a number or a paragraph end no line."""
    return "".join(
        f'<span class="k">{_text(piece)}</span>' if kept else _text(piece)
        for piece, kept in pieces(text)
    )


def _plain(value: Any) -> Any:
    """Return what a template puts in, without control characters; escaping follows."""
    return plain(value) if type(value) is str else value


def _id(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", name)


def _table(table: Table, words: Wording, number: int) -> str:
    caption = f"{words.text('report.table', n=str(number))}. {table.caption}"
    head = "".join(_heading(c) for c in table.columns)
    bodies = "".join(_body(rows, table, words) for rows in _bodies(table.rows))
    notes = "".join(f'<p class="tablenote">{_flowing(note)}</p>' for note in table.notes)
    variant = f' data-variant="{table.variant}"' if table.variant else ""
    variant += f' data-scenario="{_text(table.scenario)}"' if table.scenario else ""
    sort = words.text("report.sort", column="{column}")
    said = words.text("report.sorted", column="{column}")
    return (
        f'<div class="table" id="table-{_id(table.name)}" tabindex="0" role="region" '
        f'aria-label="{_text(caption)}"{variant}><table data-sortable '
        f'data-sort="{_text(sort)}" data-sorted="{_text(said)}">'
        f"<caption>{_flowing(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead>{bodies}</table>{notes}</div>"
    )


def _bodies(rows: tuple[Row, ...]) -> list[list[Row]]:
    """Cut rows into bodies: a group's heading begins one, a total stands alone."""
    bodies: list[list[Row]] = []
    for row in rows:
        fresh = not bodies or row.kind == "group"
        if row.kind == "total" and any(r.kind == "group" for body in bodies for r in body):
            fresh = True
        bodies += [[]] if fresh else []
        bodies[-1].append(row)
    return bodies


def _heading(column: Column) -> str:
    kind = ' class="number"' if column.form else ""
    return f'<th scope="col"{kind}>{_flowing(column.title)}</th>'


def _body(rows: list[Row], table: Table, words: Wording) -> str:
    return f"<tbody>{''.join(_row(row, table, words) for row in rows)}</tbody>"


def _row(row: Row, table: Table, words: Wording) -> str:
    kind = "" if row.kind == "body" else f' class="{row.kind}"'
    if row.kind == "group":
        first = _text(str(row.cells[0]))
        span = len(table.columns)
        return f'<tr{kind}><th scope="rowgroup" colspan="{span}">{first}</th></tr>'
    cells = zip(row.cells, table.columns, strict=True)
    body = "".join(_cell(c, col, i == 0, words) for i, (c, col) in enumerate(cells))
    return f"<tr{kind}>{body}</tr>"


def _cell(cell: Cell, column: Column, first: bool, words: Wording) -> str:
    if isinstance(cell, str):
        long = ' class="long"' if len(cell) > LONG else ""
        text = _flowing(cell)
        return f'<th scope="row">{text}</th>' if first else f"<td{long}>{text}</td>"
    form = form_of(cell, column)
    number = number_of(cell)
    text = words.show(number, form, unit=FORMS[form].unit == "%")
    return f'<td class="number">{_number(number, form, text)}</td>'


def _number(number: Number, form: str, text: str) -> str:
    if not number.given or not number.ref:
        return f'<span class="n">{_text(text)}</span>'
    attributes = f'value="{number.value!r}" data-ref="{_text(number.ref)}" data-form="{form}"'
    return f'<data class="n" {attributes}>{_text(text)}</data>'
