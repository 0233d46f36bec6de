"""A fan chart: what was observed, what is expected, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from forecast.reporting import danish
from forecast.reporting.figures._svg import (
    ACCENT,
    BAND,
    CHARACTER,
    EDGE,
    FAINT,
    FRAME,
    INK,
    MUTED,
    Canvas,
    Language,
    Scale,
    decimals_for,
    fitted,
    grid,
    name_axis,
    spread,
    ticks,
)

Points = tuple[tuple[float, float], ...]  # (time in years, value)
LEVELS = (0.025, 0.1, 0.25, 0.75, 0.9, 0.975)


@dataclass(frozen=True)
class Labels:
    """What the lines are called; `cut` is said where the axis does not begin at zero."""

    history: str
    forecast: str
    demographic: str
    earlier: str
    bands: str
    cut: str = ""


@dataclass(frozen=True)
class Fan:
    """Data of a fan chart.

    Attributes:
        history: observed points; a gap of more than a year in time is not bridged.
        middle: the median of the forecast.
        quantiles: points by level (`LEVELS`).
        demographic: the demography-only line; empty where there is none.
        earlier: past forecasts, drawn faint.
        breaks: time and name of breaks in the series.
        unit: what the axis counts.
        height: of the drawing, in pixels.
        decimals: of the values that a pointer shows, as in the report's tables.
    """

    history: Points
    middle: Points
    quantiles: dict[float, Points]
    labels: Labels
    language: str
    unit: str
    demographic: Points = ()
    earlier: tuple[Points, ...] = ()
    breaks: tuple[tuple[float, str], ...] = field(default=())
    height: int = 220
    decimals: int = 0


def draw(data: Fan) -> Canvas:
    """Return the drawing."""
    canvas = Canvas(720, data.height)
    x, y, steps = _scales(data, canvas)
    write = Language(data.language, decimals_for(steps))
    cut = f" ({data.labels.cut})" if data.labels.cut and steps[0] > 0 else ""
    name_axis(canvas, data.unit + cut)
    _key(canvas, data)
    grid(canvas, y, steps, write)
    _years(canvas, x)
    _breaks(canvas, data, x)
    _bands(canvas, data, x, y)
    _lines(canvas, data, x, y)
    _labels(canvas, data, y)
    _hover(canvas, data, (x, y))
    return canvas


def _scales(data: Fan, canvas: Canvas) -> tuple[Scale, Scale, list[float]]:
    left, right, top, bottom = FRAME
    lines = [data.history, data.middle, data.demographic, *data.quantiles.values(), *data.earlier]
    points = [p for line in lines for p in line] or [(0.0, 0.0)]
    times, values = [p[0] for p in points], [p[1] for p in points]
    low, high = min(values), max(values)
    near_zero = low >= 0 and low < 0.6 * high
    steps = ticks(0.0 if near_zero else low, high)
    x = Scale(min(times), max(times), left + 8, canvas.width - right - 8)
    return x, Scale(steps[0], steps[-1], canvas.height - bottom, top), steps


def _years(canvas: Canvas, x: Scale) -> None:
    first, last = int(x.low + 0.999), int(x.high)
    step = max(1, -(-(last - first + 1) // 11))
    base = canvas.height - FRAME[3]
    for year in range(last - (last - first) // step * step, last + 1, step):
        canvas.line(x(year), base, x(year), base + 5, stroke=MUTED)
        canvas.text(x(year), base + 20, str(year), anchor="middle", fill=MUTED, font_size=12)


def _breaks(canvas: Canvas, data: Fan, x: Scale) -> None:
    for time, name in data.breaks:
        if x.low <= time <= x.high:
            canvas.line(
                x(time), FRAME[2], x(time), canvas.height - FRAME[3],
                stroke=MUTED, stroke_dasharray="1 3",
            )  # fmt: skip
            canvas.text(x(time) + 4, FRAME[2] + 10, fitted(name, 130, 11), fill=MUTED, font_size=11)


def _key(canvas: Canvas, data: Fan) -> None:
    """Name, at the top right, the lines that do not end at the chart's right edge."""
    at = canvas.width - 8
    if data.earlier:
        at = _named(canvas, data.labels.earlier, at)
        canvas.line(at - 28, 12, at - 6, 12, stroke=FAINT, stroke_width=1.5, stroke_dasharray="2 2")
        at -= 46
    if data.history:
        at = _named(canvas, data.labels.history, at)
        canvas.line(at - 28, 12, at - 6, 12, stroke=INK, stroke_width=2)
        canvas.dot(at - 17, 12, 3, fill=INK)


def _named(canvas: Canvas, name: str, right: float) -> float:
    """Write a name that ends at a place; return where it begins."""
    canvas.text(right, 16, name, anchor="end", fill=MUTED, font_size=12)
    return right - len(name) * 12 * CHARACTER


def _bands(canvas: Canvas, data: Fan, x: Scale, y: Scale) -> None:
    for fill, (low, high) in zip(BAND, ((0.025, 0.975), (0.1, 0.9), (0.25, 0.75)), strict=True):
        lower, upper = data.quantiles.get(low, ()), data.quantiles.get(high, ())
        if lower and upper:
            ring = [*_placed(upper, x, y), *reversed(_placed(lower, x, y))]
            canvas.path(ring, fill=fill, stroke="none")
            for edge in (lower, upper):
                canvas.path(_placed(edge, x, y), stroke=EDGE, stroke_width=0.8)


def _lines(canvas: Canvas, data: Fan, x: Scale, y: Scale) -> None:
    for line in data.earlier:
        canvas.path(_placed(line, x, y), stroke=FAINT, stroke_width=1.2, stroke_dasharray="2 2")
    canvas.path(
        _placed(data.demographic, x, y), stroke=INK, stroke_width=1.8, stroke_dasharray="7 4"
    )
    if data.history and data.middle:
        joint = (data.history[-1], data.middle[0])
        canvas.path(_placed(joint, x, y), stroke=ACCENT, stroke_width=1.2)
    canvas.path(_placed(data.middle, x, y), stroke=ACCENT, stroke_width=2.6)
    for run in _unbroken(data.history):
        canvas.path(_placed(run, x, y), stroke=INK, stroke_width=2)


def _unbroken(points: Points) -> list[Points]:
    """Cut a line where a year was not counted, so that no gap looks observed."""
    runs: list[list[tuple[float, float]]] = []
    for point in points:
        if not runs or point[0] - runs[-1][-1][0] > 1.01:
            runs.append([])
        runs[-1].append(point)
    return [tuple(run) for run in runs]


def _labels(canvas: Canvas, data: Fan, y: Scale) -> None:
    at = canvas.width - FRAME[1] + 2
    ends = [(data.middle, data.labels.forecast, ACCENT, 600)]
    ends += [(data.demographic, data.labels.demographic, INK, 400)]
    ends += [(data.quantiles.get(0.975, ()), data.labels.bands, MUTED, 400)]
    if not data.middle:
        ends += [(data.history, data.labels.history, INK, 600)]
    shown = [e for e in ends if e[0]]
    heights = spread([y(e[0][-1][1]) for e in shown], 15, FRAME[2], canvas.height - FRAME[3])
    for (_, name, colour, weight), height in zip(shown, heights, strict=True):
        text = fitted(name, FRAME[1] - 6)
        canvas.text(at, height + 4, text, fill=colour, font_weight=weight)


def _hover(canvas: Canvas, data: Fan, scales: tuple[Scale, Scale]) -> None:
    x, y = scales
    low, high = dict(data.quantiles.get(0.1, ())), dict(data.quantiles.get(0.9, ()))
    write = Language(data.language, data.decimals)
    many = len(data.history) > 24
    quarterly = any(time % 1 for time, _ in (*data.history, *data.middle))
    for time, value in data.history:
        title = f"{_when(time, data.language, quarterly)}: {write(value)} ({data.labels.history})"
        canvas.dot(x(time), y(value), 2 if many else 3, fill=INK, title=title)
    for time, value in data.middle:
        title = f"{_when(time, data.language, quarterly)}: {write(value)} ({data.labels.forecast}"
        if time in low and time in high:
            title += f"; 80 %: {write(low[time])}–{write(high[time])}"
        canvas.dot(x(time), y(value), 3.2, fill=ACCENT, title=f"{title})")


def _when(time: float, language: str, quarterly: bool) -> str:
    """Return a year, or a quarter of it."""
    quarter = int(time % 1 * 4 + 0.5) + 1
    return danish.period(f"{int(time)}Q{quarter}", language) if quarterly else str(int(time))


def _placed(points: Sequence[tuple[float, float]], x: Scale, y: Scale) -> list[tuple[float, float]]:
    return [(x(time), y(value)) for time, value in points]
