"""What python-docx leaves to its users: styles, captions with fields, hidden text, fixed bytes."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from forecast.reporting.wording import Wording
from forecast.writers._hyphens import HYPHEN
from forecast.writers._widths import SIZE, SMALL

_EPOCH = (1980, 1, 1, 0, 0, 0)
_SIZES = {
    **{"Lead": 12, "Note": 9, "Warning": 11, "Gap": 4, "Foot": 7.5},
    **{"Cell": SIZE, "Small Cell": SMALL},
}


def new(language: str) -> Any:
    """Return an empty A4 document with the house's styles."""
    import docx
    from docx.shared import Mm

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(16)
    section.top_margin, section.bottom_margin = Mm(24), Mm(24)
    section.header_distance = section.footer_distance = Mm(9)
    _styles(document, "da-DK" if language == "da" else "en-GB")
    return document


def _styles(document: Any, language: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    styles = document.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10)
    normal.font.color.rgb = RGBColor(0x1C, 0x2B, 0x33)
    normal.paragraph_format.space_after = Pt(6)
    _child(normal.element.get_or_add_rPr(), "w:lang", {"w:val": language})
    for name, size in _SIZES.items():
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.font.size = normal, Pt(size)
    for name in ("Cell", "Small Cell"):
        styles[name].paragraph_format.space_after = Pt(0)
    styles["Gap"].paragraph_format.space_after = Pt(2)
    styles["Note"].paragraph_format.space_before = Pt(4)
    for name in ("Note", "Foot"):
        styles[name].font.color.rgb = RGBColor(0x55, 0x63, 0x6B)
    for name, points in (("Title", 22), ("Heading 1", 15), ("Subtitle", 10.5), ("Caption", 9.5)):
        _heading(styles[name], Pt(points), qn)
    styles["Caption"].paragraph_format.keep_with_next = True
    styles["Caption"].paragraph_format.space_before = Pt(8)
    _table_style(styles)


def _heading(style: Any, size: Any, qn: Any) -> None:
    from docx.shared import RGBColor

    style.font.size, style.font.italic = size, False
    style.font.bold = style.name != "Subtitle"
    dark = style.name in ("Title", "Caption")
    style.font.color.rgb = RGBColor(0x1C, 0x2B, 0x33) if dark else RGBColor(0x0B, 0x5A, 0x78)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    style.font.name = "Arial"


def _table_style(styles: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE

    style = styles.add_style("Report Table", WD_STYLE_TYPE.TABLE)
    style.base_style = styles["Normal Table"]
    properties = _child(style.element, "w:tblPr", {})
    borders = _child(properties, "w:tblBorders", {})
    for side in ("top", "bottom", "insideH"):
        _child(borders, f"w:{side}", {"w:val": "single", "w:sz": "4", "w:color": "D5DDE1"})


def paragraph(document: Any, style: str, text: str = "") -> Any:
    """Add a paragraph in a style; python-docx would search all styles for its name each time."""
    added = document.add_paragraph()
    added._p.style = style.replace(" ", "")
    if text:
        write(added, text)
    return added


def write(paragraph: Any, text: str) -> None:
    """Add text to a paragraph; a hyphen within a number or a paragraph's sign ends no line."""
    first, *others = HYPHEN.split(text)
    run = paragraph.add_run(first)
    for part in others:
        _child(run._r, "w:noBreakHyphen", {})
        run.add_text(part)


def _child(parent: Any, tag: str, attributes: dict[str, str]) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    child = OxmlElement(tag)
    for name, value in attributes.items():
        child.set(qn(name), value)
    parent.append(child)
    return child


def header(document: Any, marks: list[str]) -> None:
    """Put the marks on top of every page."""
    from docx.shared import Pt

    paragraph = document.sections[0].header.paragraphs[0]
    run = paragraph.add_run(" · ".join(marks))
    run.bold, run.font.size = True, Pt(8)


def footer(document: Any, text: str, words: Wording) -> None:
    """Put versions and page numbers at the foot of every page."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = document.styles["Foot"]
    paragraph.add_run(f"{text} · {words.text('report.page')} ")
    _field(paragraph, "PAGE", "1")
    paragraph.add_run(f" {words.text('report.of')} ")
    _field(paragraph, "NUMPAGES", "1")


def _field(paragraph: Any, code: str, shown: str) -> None:
    field = _child(paragraph._p, "w:fldSimple", {"w:instr": code})
    run = _child(field, "w:r", {})
    _child(run, "w:t", {}).text = shown


def caption(document: Any, label: str, text: str) -> None:
    """Add a caption whose number is a field, so that Word can renumber and list it."""
    added = paragraph(document, "Caption")
    word, number = label.rsplit(" ", 1)
    added.add_run(f"{word} ")
    _field(added, f"SEQ {word} \\* ARABIC", number)
    write(added, f". {text}")


def hidden(paragraph: Any, text: str) -> None:
    """Add text that Word shows on demand (¶) and does not print."""
    paragraph.add_run(text).font.hidden = True


def hide(paragraph: Any) -> None:
    """Hide a whole paragraph, its end too, so that it leaves no empty line."""
    for run in paragraph.runs:
        run.font.hidden = True
    _child(_child(paragraph._p.get_or_add_pPr(), "w:rPr", {}), "w:vanish", {})


def picture(document: Any, png: bytes, alt: str) -> None:
    """Add a picture as wide as the text, with its alternative text."""
    from docx.shared import Mm

    shape = document.add_picture(io.BytesIO(png), width=Mm(160))
    shape._inline.docPr.set("descr", alt)
    document.paragraphs[-1].paragraph_format.keep_together = True


def fixed(content: bytes) -> bytes:
    """Return the same archive with fixed dates, so that the same report has the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new_:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new_.writestr(entry, old.read(name))
    return buffer.getvalue()
