"""Two plain figures of a training for MLflow's pages: errors by method, coverage by horizon.

Written as SVG directly: a plotting library takes longer to draw them than many models to train.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_SHARES = {"coverage50": 0.5, "coverage80": 0.8, "coverage95": 0.95}
_COLOURS = {"coverage50": "#35618f", "coverage80": "#b35900", "coverage95": "#3f7d3f"}
_WIDTH, _LEFT, _RIGHT, _TOP, _HIGH = 576, 150, 60, 16, 240  # points of the drawing
_ROW = 18  # points of height a bar


def of(scores: pd.DataFrame) -> dict[str, str]:
    """Return SVG text by name from a table of scores; none where the model was not backtested."""
    everyone = scores[scores["size_class"] == "all"]
    lowest = everyone[everyone["level"] == everyone["level"].iloc[0]] if len(everyone) else everyone
    errors = lowest[(lowest["metric"] == "mase") & (lowest["horizon"] == 0)]
    shares = lowest[lowest["metric"].isin(_SHARES) & (lowest["horizon"] > 0)]
    found = {}
    if len(errors):
        found["errors"] = _errors(errors)
    if len(shares):
        found["coverage"] = _coverage(shares)
    return found


def _errors(rows: pd.DataFrame) -> str:
    """Draw a bar a method, the smallest error on top; one without a number has none."""
    ordered = rows.assign(value=rows["value"].astype(float)).sort_values("value")
    unit = (_WIDTH - _LEFT - _RIGHT) / max(float(ordered["value"].max()), 1e-9)
    parts = []
    for k, (name, value) in enumerate(zip(ordered["method"], ordered["value"], strict=True)):
        y = _TOP + k * _ROW
        parts.append(_text(_LEFT - 6, y + 12, str(name), "end"))
        if value == value:
            parts.append(_bar(y + 2, unit * float(value)))
            parts.append(_text(_LEFT + unit * float(value) + 4, y + 12, f"{value:.3f}"))
    foot = _TOP + len(ordered) * _ROW + 18
    parts.append(_text(_LEFT, foot, f"MASE, {rows['level'].iloc[0]}, all horizons"))
    return _svg(parts, foot + 12)


def _coverage(rows: pd.DataFrame) -> str:
    """Draw a line an interval over the horizon, dotted where it should be."""
    horizons = sorted({int(h) for h in rows["horizon"]})
    step = (_WIDTH - _LEFT - _RIGHT) / max(horizons[-1] - horizons[0], 1)
    x = {h: _LEFT + step * (h - horizons[0]) for h in horizons}
    parts = [_text(_LEFT - 10, _down(s) + 4, f"{s:g}", "end") for s in (0, 0.25, 0.5, 0.75, 1)]
    parts += [_text(x[h], _TOP + _HIGH + 16, str(h), "middle") for h in horizons]
    for name, part in rows.groupby("metric", sort=True):
        colour, should = _COLOURS[str(name)], _SHARES[str(name)]
        told = part[part["value"].notna()].sort_values("horizon")
        spots = [
            (x[int(h)], _down(float(v)))
            for h, v in zip(told["horizon"], told["value"], strict=True)
        ]
        parts.append(
            _line([(_LEFT, _down(should)), (x[horizons[-1]], _down(should))], colour, True)
        )
        parts.append(_line(spots, colour))
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2.5" fill="{colour}"/>' for a, b in spots]
        parts.append(_text(_WIDTH - _RIGHT + 8, _down(should) + 4, f"{should:.0%}", colour=colour))
    foot = _TOP + _HIGH + 36
    parts.append(_text(_LEFT, foot, "coverage by periods ahead (dotted: as it should be)"))
    return _svg(parts, foot + 12)


def _down(share: float) -> float:
    return _TOP + _HIGH * (1 - share)


def _bar(y: float, length: float) -> str:
    return f'<rect x="{_LEFT}" y="{y:.1f}" width="{length:.1f}" height="13" fill="#35618f"/>'


def _line(spots: list[tuple[float, float]], colour: str, dotted: bool = False) -> str:
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in spots)
    dash = ' stroke-dasharray="2 3"' if dotted else ""
    return f'<polyline points="{points}" fill="none" stroke="{colour}"{dash}/>'


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = "#222222") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
        f"{escape(text)}</text>"
    )


def _svg(parts: list[str], height: int) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="11">'
    )
    ground = f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>'
    return "\n".join([head, ground, *parts, "</svg>", ""])
