"""Lines over time: scenarios beside each other, or services over the years."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.reporting.figures._svg import (
    ACCENT,
    CONTRAST,
    FRAME,
    INK,
    MUTED,
    Canvas,
    Language,
    Scale,
    decimals_for,
    grid,
    name_axis,
    spread,
    ticks,
    wrapped,
)

_NAME = 11
_ROOM = 150  # pixels for the name of a line: its letters are a little narrower than the mean
_LOOKS = (
    (ACCENT, ""), (INK, "7 4"), (CONTRAST, "2 3"), ("#5b3a8c", "10 3 2 3"), ("#3b6b1e", "4 2"),
    ("#7a1f4b", "1 2"),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One named line of points (time in years, value)."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Lines:
    """Data of a line chart of at most six lines.

    Attributes:
        across: what the horizontal axis counts, where that is not years.
        cut: what is said where the axis does not begin at zero.
        since: the last time that was observed; what follows is called `ahead`.
    """

    lines: tuple[Line, ...]
    unit: str
    language: str
    from_zero: bool = False
    across: str = ""
    cut: str = ""
    since: float | None = None
    ahead: str = ""
    target: float | None = None


def draw(data: Lines) -> Canvas:
    """Return the drawing."""
    canvas = Canvas(720, 250)
    points = [p for line in data.lines for p in line.points] or [(0.0, 0.0)]
    values = [v for _, v in points] + ([0.0] if data.from_zero else [])
    values += [data.target] if data.target is not None else []
    steps = ticks(min(values), max(values))
    x = Scale(min(t for t, _ in points), max(t for t, _ in points), FRAME[0] + 8, 562)
    y = Scale(steps[0], steps[-1], canvas.height - FRAME[3], FRAME[2])
    write = Language(data.language, decimals_for(steps))
    cut = f" ({data.cut})" if data.cut and steps[0] > 0 else ""
    name_axis(canvas, data.unit + cut)
    canvas.text(576, canvas.height - FRAME[3] + 20, data.across, fill=MUTED, font_size=12)
    grid(canvas, y, steps, write)
    _times(canvas, x, points)
    if data.since is not None:
        at = x(data.since)
        canvas.line(
            at, FRAME[2], at, canvas.height - FRAME[3], stroke=MUTED, stroke_dasharray="1 3"
        )
        canvas.text(at + 5, FRAME[2] - 4, f"{data.ahead} →", fill=MUTED, font_size=12)
    if data.target is not None:
        canvas.line(FRAME[0], y(data.target), 570, y(data.target), stroke=INK, stroke_width=1.5)
    _draw_lines(canvas, data, (x, y), write)
    return canvas


def _times(canvas: Canvas, x: Scale, points: list[tuple[float, float]]) -> None:
    times = sorted({t for t, _ in points})
    whole = [t for t in times if t == round(t)]
    times = whole if len(whole) > 1 else times  # quarters are marked by their years
    step = max(1, -(-len(times) // 11))
    for time in times[::-1][::step]:
        base = canvas.height - FRAME[3]
        canvas.line(x(time), base, x(time), base + 5, stroke=MUTED)
        canvas.text(x(time), base + 20, f"{time:g}", anchor="middle", fill=MUTED, font_size=12)


def _draw_lines(canvas: Canvas, data: Lines, scales: tuple[Scale, Scale], write: Language) -> None:
    x, y = scales
    shown = [line for line in data.lines if line.points][: len(_LOOKS)]
    wanted = [y(line.points[-1][1]) for line in shown]
    names = [wrapped(line.name, _ROOM, _NAME, 3) for line in shown]
    rooms = [6 + _NAME * len(name) for name in names]
    below = max(zip(wanted, rooms, strict=True), default=(0.0, 0.0))[1]
    lowest = canvas.height - FRAME[3] + 13 - below  # its last line ends above the axis
    heights = spread(wanted, rooms, FRAME[2], lowest)
    finer = Language(write.code, write.decimals + 1)
    placed = zip(shown, names, wanted, heights, strict=True)
    for (line, name, end, height), (colour, dash) in zip(placed, _LOOKS, strict=False):
        style = {"stroke_dasharray": dash} if dash else {}
        if abs(height - end) > 1:  # names that had to move are led back to their lines
            canvas.line(565, end, 574, height, stroke=colour, stroke_width=1)
        canvas.path(
            [(x(t), y(v)) for t, v in line.points], stroke=colour, stroke_width=2.2, **style
        )
        for time, value in line.points:
            title = f"{line.name}, {time:g}: {finer(value)}"
            canvas.dot(x(time), y(value), 2.6, fill=colour, title=title)
        for i, part in enumerate(name):
            canvas.text(
                576, height + 4 + _NAME * i, part, fill=colour, font_weight=600, font_size=_NAME
            )
