"""Coverage: how often the intervals held what came, against how often they promised to."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.reporting import danish
from forecast.reporting.figures._svg import ACCENT, INK, MUTED, RULE, Canvas, Scale, wrapped

_LEFT, _RIGHT, _TOP, _ROW = 300, 60, 56, 30


@dataclass(frozen=True)
class Mark:
    """One share of times that an interval held, with the interval of that share."""

    name: str
    promised: float
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Coverage:
    """Data of a coverage plot; shares between 0 and 1."""

    marks: tuple[Mark, ...]
    language: str
    axis: str


def draw(data: Coverage) -> Canvas:
    """Return the drawing: a row a group, a tick where the promise lies."""
    canvas = Canvas(720, _TOP + _ROW * len(data.marks) + 12)
    low = min([0.5, *(m.low for m in data.marks), *(m.promised for m in data.marks)])
    x = Scale(int(low * 10) / 10, 1.0, _LEFT, canvas.width - _RIGHT)
    canvas.text(4, 16, data.axis, fill=MUTED)
    for tenth in range(round(x.low * 10), 11):
        at = x(tenth / 10)
        canvas.line(at, _TOP - 8, at, canvas.height - 8, stroke=RULE)
        text = _percent(tenth / 10, data.language)
        canvas.text(at, _TOP - 12, text, anchor="middle", fill=MUTED, font_size=12)
    for i, mark in enumerate(data.marks):
        _mark(canvas, data, x, (mark, _TOP + i * _ROW + 10))
    return canvas


def _percent(share: float, language: str) -> str:
    """Return a share as percent; English sets no space before the sign."""
    space = danish.NBSP if language == "da" else ""
    return f"{danish.number(100 * share, 0, language)}{space}%"


def _mark(canvas: Canvas, data: Coverage, x: Scale, row: tuple[Mark, float]) -> None:
    mark, y = row
    text = _percent(mark.share, data.language)
    lines = wrapped(mark.name, _LEFT - 20, 12)
    for i, line in enumerate(lines):
        at = y + 4 + (12 * i - 6 if len(lines) > 1 else 0)
        canvas.text(_LEFT - 12, at, line, anchor="end", font_size=12)
    canvas.line(x(mark.low), y, x(mark.high), y, stroke=ACCENT, stroke_width=4)
    canvas.line(x(mark.promised), y - 9, x(mark.promised), y + 9, stroke=INK, stroke_width=2.5)
    canvas.dot(x(mark.share), y, 5, fill=ACCENT, stroke="#ffffff", title=f"{mark.name}: {text}")
    canvas.text(canvas.width - _RIGHT + 12, y + 4, text)
