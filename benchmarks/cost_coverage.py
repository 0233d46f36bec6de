"""How often what came lay within the interval on cost: demonstration accounts and real money.

Demonstration accounts: at past dates every model is trained on what had been published by then,
cost is projected, and the accounts that came later are compared with P10-P90. The data are
made up, so this says whether the method recovers what was put in, never that it is skilled. Few
origins share their shocks: the figure comes with its spread between origins.

Real money: the spending categories of the English panel of children's placements, by local
authority, region and nation: the held-out years, and the same from three earlier years. Needs
FORECAST_SHARED or the folder ../shared beside the checkout.

Shocks: the demonstration's nation and regions move smoothly, so sums are easier there than in life.
This adds yearly shocks that all municipalities of the nation and of a region share on each
function, and shows how coverage of sums answers.

Carried: spending without known recipients (benchmarks/cost_carried.py).

Run: python -m benchmarks.cost_coverage [demo] [shocks] [carried] [england]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import cost_carried
from forecast import areas, projection, quantiles, vintages
from forecast.costs import accounts, tables
from forecast.dataroom import intake
from forecast.engine.options import EngineOptions
from forecast.engine.training import train
from forecast.panel import Panel
from forecast.projection.demand import Loaded
from forecast.seeds import generator
from forecast.versions import plans, training
from forecast.workspace import Workspace

SEED, SIZE = 20260501, 500
MODELS = (  # § 110 is counted from 2021: too short to be tried at past dates
    *("recipients_adults", "recipients_children", "supported_children"),
    *("drug_treatment", "crisis_shelters", "unit_costs"),
)
ORIGINS = ("2022-07-01", "2023-07-01", "2024-07-01")
LOW, HIGH = 0.75, 0.85
ENGLISH, AHEAD = (2015, 2016, 2017, 2018), 3  # the last: what follows is held out
SHOCKS = {"nation": 0.02, "region": 0.01}  # standard deviations of a year's added shock
DRAWS = (1, 2)


def loaded(workspace: Workspace, known_at: str) -> dict[str, Loaded]:
    """Train the models of cost on what was known on a date."""
    found = {}
    for name in MODELS:
        plan = plans.plan(workspace, name, known_at)
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
        spent = came.array("gross", state.base.codes, codes, year)
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


def demo(draws: Sequence[int] = (0,)) -> pd.DataFrame:
    """Return coverage on the demonstration accounts by level and horizon.

    Args:
        draws: numbers of draws of added shocks that are pooled; 0 adds none.
    """
    rows: list[dict[str, object]] = []
    for draw in draws:
        with tempfile.TemporaryDirectory() as scratch:
            workspace = Workspace.at(Path(scratch) / "workspace")
            intake.demo(workspace)
            if draw:
                shake(workspace, draw)
            rows += [row for date in ORIGINS for row in past(workspace, date)]
    frame = pd.DataFrame(rows)
    by_origin = frame.groupby(["level", "horizon", "origin"])["inside"].mean().reset_index()
    spread = by_origin.groupby(["level", "horizon"])["inside"].agg(["min", "max", "count"])
    grouped = frame.groupby(["level", "horizon"])
    table = grouped["inside"].agg(coverage80="mean", n="size").join(spread)
    table["wape"] = grouped["miss"].sum() / grouped["size"].sum()
    names = {"min": "lowest origin", "max": "highest", "count": "origins"}
    return pd.DataFrame(table.rename(columns=names))


def shake(workspace: Workspace, draw: int) -> None:
    """Store the accounts again, with shocks that last and that nation and regions share."""
    known = vintages.known(workspace, "regk31")
    rows = known.frame.drop(columns="vintage", errors="ignore")
    years = sorted(rows["period"].unique())
    regions = {code: areas.region_of(code) for code in areas.municipalities()}
    shared = {"nation": rows["function"], "region": rows["function"] + rows["area"].map(regions)}
    line = np.zeros(len(rows))
    for level, names in shared.items():
        rng = generator(SEED, "shocks", level, draw)
        codes, found = pd.factorize(names, sort=True)
        steps = rng.normal(0, SHOCKS[level], (len(found) + 1, len(years))).cumsum(axis=1)
        steps[-1] = 0.0  # regions' and the nation's own rows belong to no region
        line += steps[codes, np.searchsorted(years, rows["period"])]
    manifest = dict(known.vintages[-1].manifest)
    vintages.save(workspace, "regk31", rows.assign(value=rows["value"] * np.exp(line)), manifest)


def england() -> pd.DataFrame:
    """Return coverage of English spending by level, horizon and last year known."""
    money = cost_carried.english()
    ids = ["unique_id", "area_code", "region", "category"]
    wide = money.pivot_table(index=ids, columns="ds", values="y")
    people = money.pivot_table(index=ids, columns="ds", values="exposure").ffill(axis=1)
    return pd.DataFrame([row for last in ENGLISH for row in english_rows(wide, people, last)])


def english_rows(
    wide: pd.DataFrame, people: pd.DataFrame, last: int
) -> Iterator[dict[str, object]]:
    """Yield whether what came after a year lay within P10-P90, and by area what is summed."""
    line = [int(year) for year in wide.columns]
    seen = [year for year in line if year <= last]
    held = [year for year in line if last < year <= last + AHEAD]
    keys = wide.index.to_frame(index=False)[["area_code", "region", "category"]]
    keys = keys.rename(columns={"area_code": "area"}).astype("str")
    exposure = people[seen].bfill(axis=1).to_numpy(dtype=np.float64)
    panel = Panel(wide[seen].to_numpy(dtype=np.float64), keys, tuple(str(y) for y in seen),
                  exposure=exposure, measure="expenditure")  # fmt: skip
    options = EngineOptions(groups=("category",), horizon=AHEAD, additive=("area",))
    made = train(panel, options, SEED).simulate(AHEAD, SIZE, SEED).values.astype(np.float64)
    actual = wide[held].to_numpy(dtype=np.float64)
    sums = {"local authority": "area", "region": "region", "nation": "category"}
    for level, column in sums.items():
        for where in keys.groupby([column, "category"], sort=True).indices.values():
            drawn, came = made[where].sum(axis=0), actual[where].sum(axis=0)
            low, high = np.quantile(drawn, [0.1, 0.9], axis=1)
            for h in np.flatnonzero(np.isfinite(came)):
                inside = float(low[h] <= came[h] <= high[h])
                yield {"level": level, "horizon": h + 1, "last": last, "inside": inside}


def share(inside: np.ndarray) -> tuple[float, float, float, int]:
    """Return a share with its 95 % bootstrap interval over series."""
    rng = generator(SEED, "coverage", len(inside))
    again = rng.choice(inside.astype(float), (1000, len(inside))).mean(axis=1)
    low, high = np.quantile(again, [0.025, 0.975])
    return float(inside.mean()), float(low), float(high), len(inside)


def main() -> None:
    """Print the tables; fail where the real money's coverage is outside 75-85 %."""
    asked = sys.argv[1:] or ["demo", "shocks", "carried", "england"]
    if "demo" in asked:
        print("Demonstration accounts (made up): share within P10-P90, by level and horizon")
        print(demo().round(3).to_string())
    if "shocks" in asked:
        print(f"The same with shared shocks of {SHOCKS} a year added to each function")
        print(demo(DRAWS).round(3).to_string())
    if "carried" in asked:
        print("Carried per inhabitant: share within P10-P90 and P2.5-P97.5; flat: within 2 %")
        print(cost_carried.coverage().round(3).to_string())
    if "england" in asked:
        rows = england()
        print("English spending (real): share within P10-P90, by horizon and last year known")
        table = rows.pivot_table(index="level", columns=["horizon", "last"], values="inside")
        print(table.round(3).to_string())
        print(
            rows.groupby(["level", "horizon"])["inside"].agg(["mean", "size"]).round(3).to_string()
        )
        held = rows[(rows["level"] == "local authority") & (rows["last"] == ENGLISH[-1])]
        overall, low, high, count = share(held["inside"].to_numpy())
        print(f"local authorities, held-out years: {overall:.3f} ({low:.3f}-{high:.3f}), n {count}")
        if not LOW <= overall <= HIGH:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
