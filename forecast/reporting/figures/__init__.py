"""Figures: one module a kind of drawing, each a dataclass of data and `draw(data) -> SVG`.

Drawn by template: text stays text, a drawing costs milliseconds, and the same data give the same
bytes. Colours keep 4.5:1 for text and 3:1 for lines; kinds of lines differ in dash and marker as
well as in colour, so that they can be told apart in black and white.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forecast.reporting.document import Figure
    from forecast.reporting.figures._svg import Canvas


def draw(figure: Figure) -> str:
    """Return a figure as one SVG element, with its alternative text as label."""
    return canvas(figure).render(figure.alt)


def canvas(figure: Figure) -> Canvas:
    """Return a figure's drawing before it is written as SVG."""
    from forecast import parts

    drawn: Canvas = parts.find("reporting.figures", figure.kind).draw(figure.data)
    return drawn


def size(svg: str) -> tuple[float, float]:
    """Return a drawing's width and height in pixels."""
    box = svg.split('viewBox="', 1)[1].split('"', 1)[0].split()
    return float(box[2]), float(box[3])
