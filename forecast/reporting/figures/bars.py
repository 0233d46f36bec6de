"""Bars: ranked values with intervals, or shares."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.reporting import danish
from forecast.reporting.figures._svg import (
    ACCENT,
    CHARACTER,
    INK,
    MUTED,
    Canvas,
    Scale,
    ticks,
    wrapped,
)

_LEAST, _MOST, _RIGHT, _TOP, _ROW = 130, 280, 80, 28, 28  # least and most room for names
_NAME = 12


@dataclass(frozen=True)
class Bar:
    """One bar; `low` and `high` are its interval, if it has one."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    marked: bool = False


@dataclass(frozen=True)
class Bars:
    """Data of a bar chart."""

    bars: tuple[Bar, ...]
    unit: str
    language: str
    decimals: int = 0


def draw(data: Bars) -> Canvas:
    """Return the drawing."""
    canvas = Canvas(720, _TOP + _ROW * len(data.bars) + 24)
    ends = [v for b in data.bars for v in (b.value, b.low, b.high, 0.0) if v is not None]
    marks = ticks(min(ends), max(ends), 4)
    x = Scale(marks[0], marks[-1], _left(data) + 8, canvas.width - _RIGHT)
    canvas.text(4, 16, data.unit, fill=MUTED)
    decimals = 0 if all(m == int(m) for m in marks) else data.decimals or 1
    for mark in marks:
        canvas.line(x(mark), _TOP - 4, x(mark), canvas.height - 20)
        text = danish.number(mark, decimals, data.language)
        canvas.text(x(mark), canvas.height - 5, text, anchor="middle", fill=MUTED, font_size=12)
    for i, bar in enumerate(data.bars):
        _bar(canvas, data, x, (bar, _TOP + i * _ROW))
    return canvas


def _left(data: Bars) -> float:
    """Return the room for names: short ones leave theirs to the bars, also on a narrow screen."""
    longest = max((len(bar.name) for bar in data.bars), default=0)
    return min(max(longest * _NAME * CHARACTER + 16, _LEAST), _MOST)


def _bar(canvas: Canvas, data: Bars, x: Scale, row: tuple[Bar, float]) -> None:
    bar, y = row
    names = _left(data)
    left, right = sorted((x(0.0), x(bar.value)))
    weight = 600 if bar.marked else 400
    text = danish.number(bar.value, data.decimals, data.language)
    lines = wrapped(bar.name, names - 6, _NAME)
    for i, line in enumerate(lines):
        at = y + (17 if len(lines) == 1 else 11 + 12 * i)
        canvas.text(names, at, line, anchor="end", font_weight=weight, font_size=_NAME)
    fill = ACCENT if bar.marked else "#6f9fb4"
    canvas.rect(left, y + 4, max(right - left, 1), 18, fill=fill, title=f"{bar.name}: {text}")
    if bar.low is not None and bar.high is not None:
        canvas.line(x(bar.low), y + 13, x(bar.high), y + 13, stroke=INK, stroke_width=1.5)
    end = max(right, x(bar.high) if bar.high is not None else right)
    canvas.text(end + 6, y + 17, text, font_weight=weight)
