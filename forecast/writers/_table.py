"""A DOCX table as XML in one piece: python-docx takes seconds to write one cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from forecast.writers._hyphens import HYPHEN
from forecast.writers._widths import SMALL, Layout

_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WIDTH = 10_090  # twentieths of a point between the margins
_MARGINS = "".join(
    f'<w:{side} w:w="{twips}" w:type="dxa"/>'
    for side, twips in (("top", 20), ("left", 40), ("bottom", 20), ("right", 40))
)


TOGETHER = 12  # lines of text in a table that stays on one page; with more, pages end empty
APART = '<w:ind w:left="160"/>'  # words that stand right of numbers


class Cell(NamedTuple):
    """A cell's text as displayed, and what is behind it on demand."""

    text: str
    behind: str = ""
    right: bool = False
    bold: bool = False


class Line(NamedTuple):
    """A row of cells; `joined`: one cell over all columns, `head`: repeated on every page."""

    cells: tuple[Cell, ...]
    joined: bool = False
    head: bool = False


def element(lines: Sequence[Line], layout: Layout, description: str, noted: bool = False) -> object:
    """Return the table as an XML element.

    Args:
        lines: rows from the top.
        layout: widths of the columns, and the size of letters.
        description: alternative text.
        noted: whether a note follows, on the page of the last row.
    """
    from docx.oxml import parse_xml

    widths = [round(_WIDTH * width / sum(layout.widths)) for width in layout.widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    whole = sum(_high(line, layout) for line in lines) <= TOGETHER
    style = "SmallCell" if layout.size == SMALL else "Cell"
    rows = "".join(
        _row(line, widths, style, (whole and i + 1 < len(lines)) or _kept(lines, i, noted))
        for i, line in enumerate(lines)
    )
    return parse_xml(
        f'<w:tbl xmlns:w="{_NAMESPACE}"><w:tblPr><w:tblStyle w:val="ReportTable"/>'
        f'<w:tblW w:w="{_WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar>{_MARGINS}</w:tblCellMar><w:tblLook w:firstRow="1" w:firstColumn="1"/>'
        f"<w:tblDescription w:val={quoteattr(description)}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _kept(lines: Sequence[Line], i: int, noted: bool) -> bool:
    """Whether a line stays on the page of what follows, so that no line stands alone on one.

    Headings do, the line below a heading, the one above the last, and the one above a total.
    """
    if i + 1 == len(lines):
        return noted
    heading = any(line.joined or line.head for line in lines[max(i - 1, 0) : i + 1])
    return (
        heading or i + 2 == len(lines) or (lines[i + 1].cells[0].bold and not lines[i + 1].joined)
    )


def _high(line: Line, layout: Layout) -> int:
    """Return how many lines of text a row takes."""
    if line.joined:
        return 1
    return layout.lines([cell.text for cell in line.cells], any(c.bold for c in line.cells))


def _row(line: Line, widths: Sequence[int], style: str, kept: bool) -> str:
    """Return a row; `kept`: on the page of the next one."""
    head = "<w:tblHeader/>" if line.head else ""
    properties = f"<w:trPr><w:cantSplit/>{head}</w:trPr>"
    if line.joined:
        span = f'<w:gridSpan w:val="{len(widths)}"/>'
        cell = _cell(line.cells[0], sum(widths), span, (style, kept))
        return f"<w:tr>{properties}{cell}</w:tr>"
    rights = [cell.right for cell in line.cells]
    looks = [APART if before and not now else "" for before, now in pairwise([False, *rights])]
    triples = zip(line.cells, widths, looks, strict=True)
    cells = "".join(_cell(c, width, look, (style, kept)) for c, width, look in triples)
    return f"<w:tr>{properties}{cells}</w:tr>"


def _cell(cell: Cell, width: int, look: str, how: tuple[str, bool]) -> str:
    """Return a cell; `look` is how many columns it spans, or its indent."""
    style, kept = how
    span = look if look.startswith("<w:gridSpan") else ""
    side = "<w:keepNext/>" if kept else ""
    side += APART if APART in look else ""
    side += '<w:jc w:val="right"/>' if cell.right else ""
    bold = "<w:rPr><w:b/></w:rPr>" if cell.bold else ""
    runs = f"<w:r>{bold}{_kept_words(cell.text)}</w:r>"
    if cell.behind:
        runs += f"<w:r><w:rPr><w:vanish/></w:rPr>{_text(cell.behind)}</w:r>"
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}</w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{side}</w:pPr>{runs}</w:p></w:tc>'
    )


def _kept_words(text: str) -> str:
    """Return text whose hyphens within a number or a paragraph end no line."""
    return "<w:noBreakHyphen/>".join(map(_text, HYPHEN.split(text)))


def _text(text: str) -> str:
    return f'<w:t xml:space="preserve">{escape(text)}</w:t>'
