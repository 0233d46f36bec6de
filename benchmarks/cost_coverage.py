"""How often what came lay within the interval on cost: demonstration accounts and real money.

Demonstration accounts: at past dates every model is trained on what had been published by then,
cost is projected, and the accounts that came later are compared with P10-P90. The data are
made up, so this says whether the method recovers what was put in, never that it is skilled. Few
origins share their shocks: the figure comes with its spread between origins.

Real money: the spending categories of the English panel of children's placements, by local
authority, held-out years. Needs FORECAST_SHARED or the folder ../shared beside the checkout.

Run: python benchmarks/cost_coverage.py [demo] [england]
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from forecast import projection, quantiles
from forecast.costs import accounts, tables
from forecast.dataroom import intake
from forecast.engine.options import EngineOptions
from forecast.engine.training import train
from forecast.panel import Panel
from forecast.projection.demand import Loaded
from forecast.seeds import generator
from forecast.versions import training
from forecast.workspace import Workspace

SEED, SIZE = 20260501, 500
MODELS = (  # § 110 is counted from 2021: too short to be tried at past dates
    *("recipients_adults", "recipients_children", "supported_children"),
    *("drug_treatment", "crisis_shelters", "unit_costs"),
)
ORIGINS = ("2022-07-01", "2023-07-01", "2024-07-01")
LOW, HIGH = 0.75, 0.85


def loaded(workspace: Workspace, known_at: str) -> dict[str, Loaded]:
    """Train the models of cost on what was known on a date."""
    found = {}
    for name in MODELS:
        plan = training.plan(workspace, name, known_at)
        version = {"version": 0, "known_at": known_at, "sources": []}
        found[name] = Loaded(name, training.fit(plan, SEED), version)
    return found


def past(workspace: Workspace, known_at: str) -> Iterator[dict[str, object]]:
    """Yield, by level, function and horizon, whether the accounts lay within P10-P90.

    Expenditure before refund is compared, since later years' thresholds were not known then.
    """
    models = loaded(workspace, known_at)
    made = projection.prepare(
        workspace,
        int(known_at[:4]) + 1,
        size=SIZE,
        seed=SEED,
        known_at=known_at,
        load_models=lambda *_: models,
    )
    state = made.state
    came = accounts.read(workspace, "accounts")
    assert came is not None
    sums = tables.totals(state).gross
    whole = np.sum(list(sums.values()), axis=0)
    for year in [y for y in state.years if y <= came.last_year]:
        column, horizon = state.years.index(year), year - state.base.year
        codes = list(sums)
        spent = came.array("gross", state.base.codes, (codes, year))
        cells = [(code, sums[code][:, column], spent[:, i]) for i, code in enumerate(codes)]
        cells.append(("", whole[:, column], spent.sum(axis=1)))
        for function, draws, actual in cells:
            yield from scored((function, horizon, known_at), draws, actual)


def scored(
    what: tuple[str, int, str], draws: np.ndarray, actual: np.ndarray
) -> Iterator[dict[str, object]]:
    """Yield whether municipalities, regions and the nation lay within their interval."""
    function, horizon, origin = what
    both = quantiles.with_sums(np.concatenate([draws, actual[:, None]], axis=1))
    low, high = np.quantile(both[:, :-1], [0.1, 0.9], axis=1)
    inside = (both[:, -1] >= low) & (both[:, -1] <= high)
    middle = np.median(both[:, :-1], axis=1)
    for i, area in enumerate(quantiles.everyone()):
        level = "nation" if area == "000" else "region" if area[0] == "0" else "municipality"
        if both[i, -1] != 0:
            yield {
                "level": level if function else f"{level}, all functions",
                "horizon": horizon,
                "origin": origin,
                "inside": float(inside[i]),
                "miss": abs(both[i, -1] - middle[i]),
                "size": abs(both[i, -1]),
            }


def demo() -> pd.DataFrame:
    """Return coverage on the demonstration accounts by level and horizon."""
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Workspace.at(Path(scratch) / "workspace")
        intake.demo(workspace)
        rows = [row for date in ORIGINS for row in past(workspace, date)]
    frame = pd.DataFrame(rows)
    by_origin = frame.groupby(["level", "horizon", "origin"])["inside"].mean().reset_index()
    spread = by_origin.groupby(["level", "horizon"])["inside"].agg(["min", "max", "count"])
    grouped = frame.groupby(["level", "horizon"])
    table = grouped["inside"].agg(coverage80="mean", n="size").join(spread)
    table["wape"] = grouped["miss"].sum() / grouped["size"].sum()
    names = {"min": "lowest origin", "max": "highest", "count": "origins"}
    return pd.DataFrame(table.rename(columns=names))


def england() -> pd.DataFrame:
    """Return coverage on the English spending categories by horizon."""
    shared = Path(os.environ.get("FORECAST_SHARED") or Path(__file__).parents[2] / "shared")
    frame = pd.read_parquet(shared / "benchmark" / "england_placements.parquet")
    money = frame[frame["category"].str.startswith("spend")]
    ids = ["unique_id", "area_code", "region", "category"]
    wide = money.pivot_table(index=ids, columns="ds", values="y")
    people = money.pivot_table(index=ids, columns="ds", values="exposure").ffill(axis=1)
    held = sorted(money.loc[money["split"] == "test", "ds"].unique())
    seen = [year for year in wide.columns if year not in held]
    keys = wide.index.to_frame(index=False)[["area_code", "region", "category"]]
    keys = keys.rename(columns={"area_code": "area"}).astype("str")
    exposure = people[seen].bfill(axis=1).to_numpy(dtype=np.float64)
    panel = Panel(wide[seen].to_numpy(dtype=np.float64), keys, tuple(str(y) for y in seen),
                  exposure=exposure, measure="expenditure")  # fmt: skip
    options = EngineOptions(groups=("category",), horizon=len(held), additive=("area",))
    made = train(panel, options, SEED).simulate(len(held), SIZE, SEED)
    low, high = np.quantile(made.values.astype(np.float64), [0.1, 0.9], axis=2)
    actual = wide[held].to_numpy(dtype=np.float64)
    known = np.isfinite(actual)
    inside = (actual >= low) & (actual <= high)
    rows = []
    for h in range(len(held)):
        rows.append((str(h + 1), *share(inside[known[:, h], h])))
    rows.append(("all", *share(inside[known])))
    return pd.DataFrame(rows, columns=["horizon", "coverage80", "low", "high", "n"])


def share(inside: np.ndarray) -> tuple[float, float, float, int]:
    """Return a share with its 95 % bootstrap interval over series."""
    rng = generator(SEED, "coverage", len(inside))
    again = rng.choice(inside.astype(float), (1000, len(inside))).mean(axis=1)
    low, high = np.quantile(again, [0.025, 0.975])
    return float(inside.mean()), float(low), float(high), len(inside)


def main() -> None:
    """Print both tables; fail where the real money's coverage is outside 75-85 %."""
    asked = sys.argv[1:] or ["demo", "england"]
    if "demo" in asked:
        print("Demonstration accounts (made up): share within P10-P90, by level and horizon")
        print(demo().round(3).to_string())
    if "england" in asked:
        table = england()
        print("English spending by local authority (real): share within P10-P90")
        print(table.round(3).to_string(index=False))
        overall = float(table["coverage80"].iloc[-1])
        if not LOW <= overall <= HIGH:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
