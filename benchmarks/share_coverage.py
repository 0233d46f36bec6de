"""How often what came lay within the interval on the share of a region's, or a nation's, people.

A share is forecast by municipality; that of a region is the mean of theirs, weighed by their
people, in every simulated future (forecast/projection/shares.py). At past origins, knowing what was
known then, those means are laid beside what came.

Real: the share of 0-22-year-olds with support (BU43), the years to 2022 only, by the people of
2014; and children in care per inhabitant of English local authorities, category by category, before
the years that are held out. Both need FORECAST_SHARED or the folder ../shared beside the checkout.
Embedded: BU43 as the demonstration has it, by its own people, which is made up.

Run: python -m benchmarks.share_coverage --date 2026-11-23 [--write docs/method.md]
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import datasets, tables
from forecast import areas, inputs, specs
from forecast.dataroom import intake, population
from forecast.engine import scores
from forecast.engine.options import EngineOptions
from forecast.engine.scores import Sheet
from forecast.panel import Panel
from forecast.projection import sharetrials
from forecast.projection.sharetrials import Whole
from forecast.reporting import kept
from forecast.specs import ModelSpec
from forecast.workspace import Workspace

SEED, LAST, AHEAD = 20260501, 2022, 3
MODEL, AGES = "support_share", "0-22"
COUNTED = "folk1a_2014K1_municipality_sex_age.csv"
HEAD = ["shares", "level", "years ahead", "50 % · 80 % · 95 %", "tries", "dates", "80 % interval"]


def cells(name: str, sheet: Sheet) -> Iterator[dict[str, object]]:
    """Yield for each sum, origin and year ahead whether the intervals held what came."""
    for o, w, h in np.argwhere(np.isfinite(sheet.actual)).tolist():
        came, said = sheet.actual[o, w, h], sheet.quantiles[o, w, h]
        held = {k: float(said[a] <= came <= said[b]) for k, (a, b) in scores.INTERVALS.items()}
        yield {"shares": name, "level": sheet.level, "horizon": h + 1, "origin": o, **held}


def judged(
    name: str, panel: Panel, options: EngineOptions, people: np.ndarray
) -> Iterator[dict[str, object]]:
    """Yield how sums of people by region, and of all, were foretold."""
    lived = sharetrials.past(panel, options, SEED)
    region = pd.factorize(panel.keys["region"], sort=True)[0]
    parts = [np.flatnonzero(region == code) for code in range(region.max() + 1)]
    levels = {
        "region": [Whole(rows, people[rows]) for rows in parts],
        "nation": [Whole(np.arange(len(people)), people)],
    }
    for level, wholes in levels.items():
        yield from cells(name, sharetrials.sheet(lived, level, wholes))


def embedded(spec: ModelSpec) -> Iterator[dict[str, object]]:
    """Yield how the demonstration's shares were foretold, by its own people."""
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Workspace.at(Path(scratch) / "workspace")
        intake.demo(workspace)
        panel = inputs.build(spec, workspace).panel
        codes = [str(area) for area in panel.keys["area"]]
        people, _ = population.exposure(workspace, AGES, codes, panel.periods)
    yield from judged("BU43, made up", panel, options(spec), people)


def danish(spec: ModelSpec, shared: Path) -> Iterator[dict[str, object]]:
    """Yield how the real BU43 was foretold, to 2022, by the people of 2014."""
    frame = datasets.bu43(shared).frame
    wide = frame[frame["ds"] <= LAST].pivot_table(index="area", columns="ds", values="y")
    counted = pd.read_csv(shared / "panels" / COUNTED)
    age = counted["ALDER"].astype(str).str.extract(r"(\d+)")[0].astype(int)
    size = counted[age <= int(AGES[2:])].groupby("area")["INDHOLD"].sum()
    people = np.array([float(size[areas.name(str(code))]) for code in wide.index])
    regions = [areas.region_of(str(code)) for code in wide.index]
    panel = shares_of(wide, regions)
    many = np.repeat(people[:, None], len(panel.periods), axis=1)
    yield from judged("BU43", panel, options(spec), many)


def english(spec: ModelSpec, shared: Path) -> Iterator[dict[str, object]]:
    """Yield how children in care per 1,000 were foretold, each category alone, as BU43 is."""
    frame = datasets.placements(shared).frame
    known = frame[(frame["split"] == "train") & frame["category"].str.startswith("cla_")]
    for _, part in known.groupby("category", sort=True):
        wide = part.pivot_table(index="area_code", columns="ds", values=["y", "exposure"])
        whole = wide[np.isfinite(wide["exposure"].to_numpy()).all(axis=1)]
        people = whole["exposure"].to_numpy(dtype=np.float64)
        region = part.drop_duplicates("area_code").set_index("area_code")["region"]
        panel = shares_of(1000 * whole["y"] / whole["exposure"], list(region[whole.index]))
        yield from judged("children in care, England", panel, options(spec), people)


def shares_of(wide: pd.DataFrame, regions: list[str]) -> Panel:
    """Return the panel of a table of shares, areas by years."""
    keys = pd.DataFrame({"area": wide.index.astype(str), "region": regions})
    line = tuple(str(year) for year in wide.columns)
    return Panel(wide.to_numpy(dtype=np.float64), keys, line, measure="supported_share")


def options(spec: ModelSpec) -> EngineOptions:
    """Return what the model's file tells the engine."""
    return EngineOptions(
        scale=spec.scale, methods=spec.methods, horizon=spec.horizon, origins=spec.backtest.origins
    )


def table(rows: pd.DataFrame) -> str:
    """Return coverage by panel, level and years ahead, all together last, as a page has it."""
    found = []
    for (shares, level), part in rows.groupby(["shares", "level"], sort=False):
        for ahead in [*range(1, AHEAD + 1), 0]:
            some = part[part["horizon"] == ahead] if ahead else part
            held = [float(some[name].mean()) for name in scores.INTERVALS]
            verdict = kept.side(held[1], len(some))
            shown = " · ".join(f"{100 * share:.0f}" for share in held)
            far = str(ahead) if ahead else "all"
            dates = str(some["origin"].nunique())
            tail = [shown, str(len(some)), dates, f"too {verdict}" if verdict else ""]
            found.append([str(shares), str(level), far, *tail])
    return tables.markdown(HEAD, found)


def main() -> None:
    """Print the table, and put it into a page where one is named."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--date", required=True, help="of this run, for the heading")
    parser.add_argument("--write", type=Path, help="page whose bench:shares part is replaced")
    asked = parser.parse_args()
    shared = Path(os.environ.get("FORECAST_SHARED") or Path(__file__).parents[2] / "shared")
    spec = specs.model(MODEL)
    parts = (danish(spec, shared), english(spec, shared), embedded(spec))
    text = table(pd.DataFrame([row for part in parts for row in part]))
    print(text)
    if asked.write is not None:
        tables.write_part(asked.write, "shares", [f"Measured on {asked.date}.", text])


if __name__ == "__main__":
    main()
