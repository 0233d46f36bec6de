"""Two plain figures of a training for MLflow's pages: errors by method, coverage by horizon."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_STYLE: Any = {"svg.hashsalt": "social-forecast", "svg.fonttype": "none", "font.size": 9}
_SHARES = {"coverage50": 0.5, "coverage80": 0.8, "coverage95": 0.95}


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
    axes = _axes()
    ordered = rows.sort_values("value", ascending=False)
    axes.barh(ordered["method"].astype(str), ordered["value"].astype(float), color="#35618f")
    axes.set_xlabel(f"MASE, {rows['level'].iloc[0]}, all horizons")
    return _svg(axes)


def _coverage(rows: pd.DataFrame) -> str:
    axes = _axes()
    for name, part in rows.groupby("metric", sort=True):
        line = axes.plot(part["horizon"], part["value"], marker="o", label=str(name))[0]
        axes.axhline(_SHARES[str(name)], color=line.get_color(), linestyle=":")
    axes.set_xlabel("periods ahead (dotted: as it should be)")
    axes.set_ylim(0, 1)
    axes.legend(loc="lower left")
    return _svg(axes)


def _axes() -> Any:
    from matplotlib.figure import Figure  # no pyplot: it keeps figures and picks a screen

    return Figure(figsize=(6, 3.5), layout="constrained").subplots()


def _svg(axes: Any) -> str:
    import matplotlib as mpl

    text = io.StringIO()
    with mpl.rc_context(_STYLE):
        axes.figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()
