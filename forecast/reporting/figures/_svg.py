"""SVG by template: a canvas, scales with round ticks, and labels that do not touch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from forecast.reporting import danish
from forecast.reporting.document import plain

INK = "#1c2b33"
MUTED = "#55636b"
RULE = "#d5dde1"
ACCENT = "#0b5a78"
BAND = ("#dbe8ee", "#b3d0dc", "#7fb0c4")  # 95, 80 and 50 per cent
EDGE = "#4a86a0"
CONTRAST = "#9a4a00"
FAINT = "#7d8990"  # still 3:1 on white
FONT = "'Report Sans', 'Source Sans 3', 'Segoe UI', Arial, sans-serif"
CHARACTER = 0.52  # mean width of a character, in sizes


@dataclass(frozen=True)
class Language:
    """How numbers are written in a drawing."""

    code: str = "da"
    decimals: int = 0

    def __call__(self, value: float) -> str:
        """Return a number as text."""
        return danish.number(value, self.decimals, self.code)


@dataclass
class Canvas:
    """A drawing under construction; coordinates are in pixels from the upper left corner.

    Attributes:
        axis: height and text of each value of the vertical axis, for a screen too narrow for all.
        unit: what that axis counts.
    """

    width: float
    height: float
    parts: list[str] = field(default_factory=list)
    axis: list[tuple[float, str]] = field(default_factory=list)
    unit: str = ""

    def line(self, x1: float, y1: float, x2: float, y2: float, **style: object) -> None:
        """Draw a straight line."""
        place = f'x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"'
        self.parts.append(f"<line {place}{_style({'stroke': RULE, **style})}/>")

    def path(self, points: Sequence[tuple[float, float]], **style: object) -> None:
        """Draw a line through points."""
        if points:
            joined = "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
            self.parts.append(f'<path d="M{joined}"{_style({"fill": "none", **style})}/>')

    def rect(self, x: float, y: float, width: float, height: float, **style: object) -> None:
        """Draw a box; `title` is shown when a pointer rests on it."""
        title = style.pop("title", "")
        place = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(max(height, 0))}"'
        self.parts.append(f"<rect {place}{_style(style)}{_ending('rect', title)}")

    def dot(self, x: float, y: float, r: float = 3, **style: object) -> None:
        """Draw a filled circle; `title` is shown when a pointer rests on it."""
        title = style.pop("title", "")
        place = f'cx="{_n(x)}" cy="{_n(y)}" r="{_n(r)}"'
        self.parts.append(f"<circle {place}{_style(style)}{_ending('circle', title)}")

    def text(self, x: float, y: float, text: str, **style: object) -> None:
        """Write text; `anchor` is start, middle or end."""
        look: dict[str, object] = {"fill": INK, "font_size": 13, **style}
        if "anchor" in look:
            look["text_anchor"] = look.pop("anchor")
        body = escape(_clean(text))
        self.parts.append(f'<text x="{_n(x)}" y="{_n(y)}"{_style(look)}>{body}</text>')

    def render(self, alt: str) -> str:
        """Return the SVG element with its alternative text."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(self.width)} '
            f'{_n(self.height)}" width="{_n(self.width)}" height="{_n(self.height)}" role="img" '
            f'aria-label={quoteattr(_clean(alt))} font-family="{FONT}">'
        )
        return head + "".join(self.parts) + "</svg>"

    def render_axis(self) -> str:
        """Return the vertical axis as an SVG element of its own; readers by ear have it already."""
        alone = Canvas(_LEFT - 4, self.height)
        top, bottom = self.axis[-1][0] - 12, self.axis[0][0]  # below the unit's name
        alone.rect(0, top, alone.width, self.height - top, fill="#ffffff")
        alone.line(alone.width - 0.5, top, alone.width - 0.5, bottom, stroke=MUTED)
        for at, text in self.axis:
            alone.text(_LEFT - 8, at + 4, text, anchor="end", fill=MUTED, **_TABULAR)
        box = f'viewBox="0 0 {_n(alone.width)} {_n(alone.height)}"'
        head = f'<svg class="axis" {box} aria-hidden="true" font-family="{FONT}">'
        return head + "".join(alone.parts) + "</svg>"


@dataclass(frozen=True)
class Scale:
    """A straight map from values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the pixel of a value."""
        width = self.high - self.low or 1.0
        return self.start + (value - self.low) / width * (self.end - self.start)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round numbers that cover a range, some `about` of them."""
    if not high > low:
        high = low + (abs(low) or 1.0)
    raw = (high - low) / max(about, 1)
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * m for m in (1, 2, 2.5, 5, 10) if size * m >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def decimals_for(steps: Sequence[float]) -> int:
    """Return how many decimals tell neighbouring ticks apart."""
    gap = min((b - a for a, b in pairwise(steps)), default=1.0)
    places = max(0, -math.floor(math.log10(gap) + 1e-9)) if gap > 0 else 0
    return places + 1 if round(gap * 10**places, 6) % 1 else places


def spread(
    wanted: Sequence[float], gap: float | Sequence[float], top: float, bottom: float
) -> list[float]:
    """Return label heights near the wanted ones, at least a gap apart, inside the frame.

    Args:
        wanted: where each label would stand.
        gap: pixels from a label to the next one below, of all or of each.
        top: the least height.
        bottom: the largest one.
    """
    gaps = [gap] * len(wanted) if isinstance(gap, int | float) else gap
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    if not order:
        return []
    placed = [0.0] * len(wanted)
    limit = top
    for i in order:
        placed[i] = max(wanted[i], limit)
        limit = placed[i] + gaps[i]
    placed[order[-1]] = min(placed[order[-1]], bottom)
    for above, i in reversed(list(pairwise(order))):
        placed[above] = min(placed[above], placed[i] - gaps[above])
    return placed


def fitted(text: str, width: float, size: float = 13) -> str:
    """Return a text shortened with an ellipsis until it fits a width in pixels."""
    room = int(width / (size * CHARACTER))
    text = _clean(text)
    return text if len(text) <= room else text[: max(room - 1, 1)].rstrip() + "…"


def wrapped(text: str, width: float, size: float = 13, most: int = 2) -> tuple[str, ...]:
    """Return a text in at most so many lines that fit a width; a longer one ends in an ellipsis."""
    room = int(width / (size * CHARACTER))
    text = _clean(text)
    if len(text) <= room or " " not in text[:room] or most == 1:
        return (fitted(text, width, size),)
    cut = text[: room + 1].rindex(" ")
    return text[:cut], *wrapped(text[cut + 1 :], width, size, most - 1)


def name_axis(canvas: Canvas, unit: str) -> None:
    """Write above the vertical axis what it counts."""
    canvas.text(_LEFT - 44, 16, unit, fill=MUTED)
    canvas.unit = unit


def grid(canvas: Canvas, y: Scale, steps: Sequence[float], write: Callable[[float], str]) -> None:
    """Draw horizontal rules with their values to the left of the frame."""
    left = _LEFT
    for value in steps:
        at = y(value)
        colour = MUTED if value == 0 else RULE
        canvas.line(left, at, canvas.width - _RIGHT, at, stroke=colour)
        canvas.text(left - 8, at + 4, write(value), anchor="end", fill=MUTED, **_TABULAR)
    canvas.axis = [(y(value), write(value)) for value in steps]


_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 150, 30, 34
_TABULAR = {"font_size": 12}
FRAME = (_LEFT, _RIGHT, _TOP, _BOTTOM)


def _ending(element: str, title: object) -> str:
    if not title:
        return "/>"
    return f"><title>{escape(_clean(str(title)))}</title></{element}>"


def _clean(text: str) -> str:
    return plain(text).replace("\n", " ")


def _style(style: dict[str, object]) -> str:
    pairs = ((k.replace("_", "-"), v) for k, v in style.items())
    return "".join(f" {k}={quoteattr(_n(v) if isinstance(v, float) else str(v))}" for k, v in pairs)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
