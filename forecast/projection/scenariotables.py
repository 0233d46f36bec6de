"""Scenario tables: a comparison of scenarios as plain values, as text, and as CSV and a chart."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast import areas, files

if TYPE_CHECKING:
    import pandas as pd


def plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as plain values; a missing number is null."""
    rows: list[dict[str, Any]] = []
    for row in table.to_dict("records"):
        clean = {
            str(k): None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()
        }
        rows.append(clean)
    return rows


def text(table: pd.DataFrame, budget_year: int) -> str:
    """Return P10, P50 and P90 of value and difference by scenario and year, m DKK."""
    lines = [
        f"{f'm DKK, {budget_year} prices':<34}{'year':>6}{'P10':>12}{'P50':>12}{'P90':>12}"
        f"{'± base':>24}"
    ]
    kept = table[table["year"].astype(int) >= budget_year]
    for (scenario, year), rows in kept.groupby(["scenario", "year"], sort=False):
        byq = rows.dropna(subset="quantile").set_index("quantile")
        low, mid, high = (byq.loc[q] for q in (0.1, 0.5, 0.9))
        values = "".join(f"{row['value'] / 1000:>12,.1f}" for row in (low, mid, high))
        gaps = [row["difference"] / 1000 for row in (low, mid, high)]
        apart = f"{gaps[1]:+,.1f} ({gaps[0]:+,.1f}; {gaps[2]:+,.1f})"
        lines.append(f"{scenario!s:<34.34}{year!s:>6}{values}{apart:>24}")
    return "\n".join(lines)


def write(table: pd.DataFrame, area: str, out: Path) -> list[Path]:
    """Write the whole table as CSV and one chart as SVG; return their paths."""
    csv, svg = out / "scenarios.csv", out / f"scenarios-{area}.svg"
    named = table.assign(scenario=table["scenario"].map(files.csv_text))
    files.write_text(csv, named.to_csv(index=False, lineterminator="\n"))
    files.write_text(svg, chart(table, area))
    return [csv, svg]


def chart(table: pd.DataFrame, area: str) -> str:
    """Return one chart as SVG: the median of each scenario over the years, with P10-P90 bars."""
    import io

    import matplotlib as mpl
    from matplotlib.figure import Figure

    mine = table[table["area"] == area]
    names = list(dict.fromkeys(mine["scenario"]))
    with mpl.rc_context({"svg.hashsalt": "scenarios", "svg.fonttype": "none", "font.size": 10}):
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        axes = figure.add_subplot()
        for i, name in enumerate(names):
            _bars(axes, mine[mine["scenario"] == name], 0.12 * (i - len(names) / 2))
        axes.set_title(f"{areas.name(area)}: net cost by scenario, P10, P50 and P90")
        axes.set_ylabel("bn DKK, fixed prices")
        axes.legend(frameon=False)
        target = io.StringIO()
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    return target.getvalue()


def _bars(axes: Any, rows: pd.DataFrame, aside: float) -> None:
    """Draw one scenario, a little aside so that bars of one year do not hide each other."""
    wide = rows.pivot_table(index="year", columns="quantile", values="value")
    x = [int(str(year)) + aside for year in wide.index]
    low, mid, high = (wide[q].to_numpy() / 1e6 for q in (0.1, 0.5, 0.9))
    name = str(rows["scenario"].iloc[0])
    axes.errorbar(x, mid, yerr=[mid - low, high - mid], marker="o", capsize=3, label=name)
