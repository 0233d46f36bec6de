"""A DOCX table as XML in one piece: python-docx takes seconds to write one cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from forecast.writers import _flat
from forecast.writers._hyphens import HYPHEN

_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WIDTH = 10_090  # twentieths of a point between the margins
_MARGINS = "".join(
    f'<w:{side} w:w="{twips}" w:type="dxa"/>'
    for side, twips in (("top", 20), ("left", 40), ("bottom", 20), ("right", 40))
)


TOGETHER = 16  # lines of a table that stays on one page
APART = '<w:ind w:left="160"/>'  # words that stand right of numbers
SMALL = '<w:sz w:val="11"/>'  # half points


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


def element(
    lines: Sequence[Line], shares: Sequence[float], description: str, noted: bool = False
) -> object:
    """Return the table as an XML element.

    Args:
        lines: rows from the top.
        shares: how the columns share the width.
        description: alternative text.
        noted: whether a note follows, on the page of the last row.
    """
    from docx.oxml import parse_xml

    widths = [round(_WIDTH * share / sum(shares)) for share in shares]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(_row(line, widths, _kept(lines, i, noted)) for i, line in enumerate(lines))
    return parse_xml(
        f'<w:tbl xmlns:w="{_NAMESPACE}"><w:tblPr><w:tblStyle w:val="ReportTable"/>'
        f'<w:tblW w:w="{_WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar>{_MARGINS}</w:tblCellMar><w:tblLook w:firstRow="1" w:firstColumn="1"/>'
        f"<w:tblDescription w:val={quoteattr(description)}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _kept(lines: Sequence[Line], i: int, noted: bool) -> bool:
    """Whether a line stays on the page of what follows, so that no line stands alone on one.

    Headings do, the line below a heading, and the one above the last, which may sum the others.
    """
    if i + 1 == len(lines):
        return noted
    heading = any(line.joined or line.head for line in lines[max(i - 1, 0) : i + 1])
    return len(lines) <= TOGETHER or heading or i + 2 == len(lines)


def _row(line: Line, widths: Sequence[int], kept: bool) -> str:
    """Return a row; `kept`: on the page of the next one."""
    head = "<w:tblHeader/>" if line.head else ""
    properties = f"<w:trPr><w:cantSplit/>{head}</w:trPr>"
    if line.joined:
        span = f'<w:gridSpan w:val="{len(widths)}"/>'
        return f"<w:tr>{properties}{_cell(line.cells[0], sum(widths), span, kept)}</w:tr>"
    size = SMALL if line.head and len(widths) > _flat.WIDE else ""
    rights = [cell.right for cell in line.cells]
    looks = [APART if before and not now else "" for before, now in pairwise([False, *rights])]
    cells = zip(line.cells, widths, looks, strict=True)
    return f"<w:tr>{properties}{''.join(_cell(c, w, size + a, kept) for c, w, a in cells)}</w:tr>"


def _cell(cell: Cell, width: int, look: str, kept: bool) -> str:
    """Return a cell; `look` is how many columns it spans, or size of letters and indent."""
    span = look if look.startswith("<w:gridSpan") else ""
    size = SMALL if SMALL in look else ""
    side = "<w:keepNext/>" if kept else ""
    side += APART if APART in look else ""
    side += '<w:jc w:val="right"/>' if cell.right else ""
    bold = f"<w:rPr><w:b/>{size}</w:rPr>" if cell.bold else ""
    runs = f"<w:r>{bold}{_kept_words(cell.text)}</w:r>"
    if cell.behind:
        runs += f"<w:r><w:rPr><w:vanish/></w:rPr>{_text(cell.behind)}</w:r>"
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}</w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="Cell"/>{side}</w:pPr>{runs}</w:p></w:tc>'
    )


def _kept_words(text: str) -> str:
    """Return text whose hyphens within a number or a paragraph end no line."""
    return "<w:noBreakHyphen/>".join(map(_text, HYPHEN.split(text)))


def _text(text: str) -> str:
    return f'<w:t xml:space="preserve">{escape(text)}</w:t>'
