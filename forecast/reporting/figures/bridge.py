"""A bridge: how the last accounts become the budget year, term by term."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.reporting import danish
from forecast.reporting.figures._svg import (
    ACCENT,
    CONTRAST,
    INK,
    MUTED,
    Canvas,
    Scale,
    fitted,
    ticks,
)

_LABELS, _VALUES, _TOP, _ROW = 190, 90, 26, 30


@dataclass(frozen=True)
class Step:
    """One bar: a level (`start`, `end`) or a change."""

    name: str
    value: float
    level: bool = False


@dataclass(frozen=True)
class Bridge:
    """Data of a bridge; the changes lead from the first level to the last.

    Attributes:
        cut: what is said where the axis does not begin at zero.
    """

    steps: tuple[Step, ...]
    unit: str
    language: str
    decimals: int = 1
    cut: str = ""


def draw(data: Bridge) -> Canvas:
    """Return the drawing: horizontal bars, so that long names have room."""
    canvas = Canvas(720, _TOP + _ROW * len(data.steps) + 26)
    spans = _spans(data.steps)
    low, high = min(min(s) for s in spans), max(max(s) for s in spans)
    room = (high - low) or abs(high) or 1.0
    start = max(0.0, low - 0.25 * room) if low > 0 else low  # changes stay visible on large levels
    marks = ticks(start, high, 4)
    x = Scale(marks[0], marks[-1], _LABELS + 8, canvas.width - _VALUES)
    _axis(canvas, data, x, marks)
    for i, (step, span) in enumerate(zip(data.steps, spans, strict=True)):
        _bar(canvas, data, x, (i, step, span))
    return canvas


def _spans(steps: tuple[Step, ...]) -> list[tuple[float, float]]:
    spans: list[tuple[float, float]] = []
    at = 0.0
    for step in steps:
        if step.level:
            at = step.value
            spans.append((at, at))
        else:
            spans.append((at, at + step.value))
            at += step.value
    return spans


def _axis(canvas: Canvas, data: Bridge, x: Scale, marks: list[float]) -> None:
    cut = f" ({data.cut})" if data.cut and marks[0] > 0 else ""
    canvas.text(4, 16, data.unit + cut, fill=MUTED)
    decimals = 0 if all(m == int(m) for m in marks) else 1
    for mark in marks:
        canvas.line(x(mark), _TOP, x(mark), canvas.height - 22)
        text = danish.number(mark, decimals, data.language)
        canvas.text(x(mark), canvas.height - 6, text, anchor="middle", fill=MUTED, font_size=12)


def _bar(
    canvas: Canvas, data: Bridge, x: Scale, bar: tuple[int, Step, tuple[float, float]]
) -> None:
    i, step, (low, high) = bar
    top = _TOP + i * _ROW + 5
    left, right = (x(x.low), x(high)) if step.level else sorted((x(low), x(high)))
    rises = step.value >= 0
    fill = INK if step.level else (ACCENT if rises else "#ffffff")
    weight = 600 if step.level else 400
    write = danish.number if step.level else danish.signed
    value = write(step.value, data.decimals, data.language)
    canvas.text(_LABELS, top + 14, fitted(step.name, _LABELS - 8), anchor="end", font_weight=weight)
    outline = INK if step.level else (ACCENT if rises else CONTRAST)
    canvas.rect(
        left, top, max(right - left, 1.5), 20,
        fill=fill, stroke=outline, stroke_width=1.5, title=f"{step.name}: {value}",
    )  # fmt: skip
    canvas.text(right + 6, top + 15, value, font_weight=weight)
    if i < len(data.steps) - 1:
        canvas.line(x(high), top + 20, x(high), top + _ROW, stroke=MUTED)
