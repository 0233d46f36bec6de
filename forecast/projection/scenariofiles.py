"""Scenario files: templates, written-out results, tables and charts of a comparison."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast import areas, files
from forecast.costs.adjustments import LEVERS, Adjustment, AdjustmentFile, common
from forecast.errors import SpecError, suggestion
from forecast.projection.scenarios import KEYS, Found, Goal

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES: dict[str, Any] = {
    "service": "s107",
    "to": "s85_home",
    "function": "5.38.52",
    "change": -0.05,
    "stay": 0.85,
    "move": 0.05,
    "exchange": 1.0,
    "effect": -0.2,
    "delay": 1.0,
    "amount": 1500.0,
    "price_level": 2027,
    "estimate": "2026-03-10",
}


def template(lever: str, author: str) -> str:
    """Return a scenario file with one lever, whose numbers are to be changed.

    Raises:
        SpecError: there is no such lever.
    """
    if lever not in LEVERS:
        near = suggestion(lever, list(LEVERS))
        raise SpecError(f"there is no lever {lever!r}{near} (levers: {', '.join(LEVERS)})")
    needed, _ = LEVERS[lever]
    values = {key: EXAMPLES[key] for key in needed}
    if lever in ("closure", "saving"):
        values["amount"] = -values["amount"]
    if lever == "unit_cost":
        values["function"] = EXAMPLES["function"]
    adjustment = Adjustment(
        name=f"{lever} 1", lever=lever, reason="why", start="2027-01", area=areas.NATION, **values
    )
    return dumped(AdjustmentFile(f"Scenario: {lever}", author or "name", (adjustment,)))


def dumped(file: AdjustmentFile) -> str:
    """Return a scenario as TOML text that reads back to the same."""
    lines = [f"{key} = {_toml(getattr(file, key))}" for key in ("title", "author", "date", "note")]
    lines = [line for line in lines if not line.endswith('""')]
    made = {f.name: getattr(file.made_for, f.name) for f in fields(file.made_for)}
    held = {key: value for key, value in made.items() if value}
    if held:
        lines += ["", "[made_for]", *(f"{key} = {_toml(value)}" for key, value in held.items())]
    for adjustment in file.adjustment:
        lines += ["", "[[adjustment]]", *_entries(adjustment)]
    return "\n".join(lines) + "\n"


def _entries(adjustment: Adjustment) -> list[str]:
    needed, optional = LEVERS[adjustment.lever]
    defaults = {f.name: f.default for f in fields(Adjustment)}
    found = []
    for key in (*common(adjustment.lever), *needed, *optional):
        value = getattr(adjustment, key)
        if key in needed or value != defaults[key]:
            found.append(f"{'from' if key == 'start' else key} = {_toml(value)}")
    return found


def _toml(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return repr(value).lower()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text) + '"'


def goal(scenario: AdjustmentFile, options: Mapping[str, Any], budget_year: int) -> Goal:
    """Return the goal that a search is given on the command line.

    Raises:
        SpecError: the statistic is neither `mean` nor a share, the target is no number, or there
            is no lever, or one without a size.
    """
    statistic = str(options["statistic"])
    if statistic != "mean":
        try:
            inside = 0 < float(statistic) < 1
        except ValueError:
            inside = False
        if not inside:
            raise SpecError(f"statistic {statistic!r}: expected mean or a quantile such as 0.9")
    if not scenario.adjustment:
        raise SpecError(f"{scenario.title}: no [[adjustment]] whose size could be searched for")
    if not math.isfinite(options["target"]):
        raise SpecError(f"target {options['target']}: expected a net cost, DKK 1,000")
    lever = scenario.adjustment[-1].lever
    if lever == "price_vintage":
        raise SpecError("a price estimate has no size to search for; choose another lever")
    key = KEYS.get(lever, "change")
    year = int(options["goal_year"] or budget_year)
    return Goal(areas.find(options["area"]).code, year, options["target"], statistic, key)


def solved(scenario: AdjustmentFile, found: Found) -> AdjustmentFile:
    """Return the scenario with the size that was found."""
    return replace(scenario, adjustment=(*scenario.adjustment[:-1], found.adjustment))


def answer(found: Found, goal_: Goal) -> dict[str, Any]:
    """Return the outcome of a search as plain values."""
    return {
        "lever": found.adjustment.lever,
        "name": found.adjustment.name,
        "key": goal_.key,
        "value": found.value,
        "target": goal_.target,
        "reached": found.reached,
        "without": found.start,
        "area": goal_.area,
        "year": goal_.year,
        "statistic": goal_.statistic,
    }


def sentence(found: Found, goal_: Goal) -> str:
    """Return the outcome of a search in words."""
    return (
        f"{found.adjustment.name}: {goal_.key} = {found.value:.6g} brings the net cost of "
        f"{areas.name(goal_.area)} in {goal_.year} ({goal_.statistic}) from {found.start:,.0f} to "
        f"{found.reached:,.0f}; the target was {goal_.target:,.0f} (DKK 1,000)"
    )


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
