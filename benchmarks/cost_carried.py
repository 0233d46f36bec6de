"""How far spending strays that is carried per inhabitant, had all of it been carried so.

What has no recipients that are known stays at its last level per inhabitant
(forecast/costs/carried.py). At past dates every function of every municipality is carried so, and
what came is laid beside P10-P90 and P2.5-P97.5; English spending likewise, in the years before
those that are held out. `flat` is the share that lay within 2 % of the amount: about what an
interval with the population's error alone would hold.

Run: python -m benchmarks.cost_coverage carried
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from forecast import areas
from forecast.costs import accounts, carried, mapping, prices
from forecast.costs.unit_costs import Ground
from forecast.costs.wish import Wish
from forecast.dataroom import intake
from forecast.inputs import unit_costs as inputs_
from forecast.workspace import Workspace

SEED, SIZE = 20260501, 500
DATES, FIRST = ("2021-07-01", "2022-07-01", "2023-07-01", "2024-07-01"), 2018
BOUNDS = (5_000, 16_000, 40_000)
SIZES = ("below 5,000", "below 16,000", "below 40,000", "larger")
AS_FLAT = 0.02


def english() -> pd.DataFrame:
    """Read the English spending."""
    shared = Path(os.environ.get("FORECAST_SHARED") or Path(__file__).parents[2] / "shared")
    frame = pd.read_parquet(shared / "benchmark" / "england_placements.parquet")
    return frame[frame["category"].str.startswith("spend")]


def demo(workspace: Workspace) -> Iterator[dict[str, object]]:
    """Yield how the demonstration's accounts lay, had all been carried per inhabitant."""
    codes = areas.municipalities()
    newest, came = prices.read(workspace), accounts.read(workspace, "accounts")
    assert came is not None
    for known_at in DATES:
        books = accounts.read(workspace, "accounts", known_at)
        assert books is not None
        people, _ = inputs_.persons(workspace, known_at)
        ground = Ground(codes, books, prices.read(workspace, known_at), {}, {}, people)
        last = books.last_year
        past_ = carried.past(ground, range(FIRST, last + 1))
        years = list(range(last + 1, came.last_year + 1))
        index = newest.index(years, last)
        inhabitants, straying = people("", [last])[:, 0], carried.learn(past_)
        for code, (_, persons) in past_.items():
            ages = mapping.get(code).population
            spent = [came.array("gross", codes, [code], y)[:, 0] for y in years]
            start = books.array("gross", codes, [code], last)[:, 0]
            expected = start[:, None] * people(ages, years) / persons[:, [-1]]
            factors = carried.factor(straying, code, persons[:, -1], _wish(len(years)))
            yield from lay((expected, factors), np.stack(spent, axis=1) / index, inhabitants)


def england() -> Iterator[dict[str, object]]:
    """Yield how English spending lay, had it been carried per inhabitant."""
    money = english()
    books: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for category, rows in money[money["split"] == "train"].groupby("category"):
        wide = rows.pivot_table(index="area_code", columns="ds", values=["y", "exposure"])
        parts = wide["y"].to_numpy(float), wide["exposure"].to_numpy(float)
        books[str(category)] = parts
    for category, (spent, people) in books.items():
        for origin in range(3, spent.shape[1]):
            held = {c: (m[:, :origin], n[:, :origin]) for c, (m, n) in books.items()}
            expected = spent[:, [origin - 1]] * people[:, origin:] / people[:, [origin - 1]]
            factors = carried.factor(
                carried.learn(held), category, people[:, origin - 1], _wish(expected.shape[1])
            )
            yield from lay((expected, factors), spent[:, origin:], category)


def _wish(years: int) -> Wish:
    return Wish(list(range(1, years + 1)), SIZE, SEED)


def lay(
    said: tuple[np.ndarray, np.ndarray], actual: np.ndarray, who: np.ndarray | str
) -> Iterator[dict[str, object]]:
    """Yield for each cell that was carried whether the outcome lay within its intervals."""
    expected, factors = said
    low, high = np.quantile(expected[:, :, None] * factors, [[0.1, 0.025], [0.9, 0.975]], axis=2)
    inside = (actual >= low) & (actual <= high)
    for i, h in np.argwhere(expected > 0).tolist():
        kind = who if isinstance(who, str) else SIZES[int(np.searchsorted(BOUNDS, who[i]))]
        yield {
            "of": kind,
            "horizon": h + 1,
            "80": float(inside[0, i, h]),
            "95": float(inside[1, i, h]),
            "flat": float(abs(actual[i, h] / expected[i, h] - 1) < AS_FLAT),
        }


def coverage() -> pd.DataFrame:
    """Return coverage of what is carried per inhabitant, by size (or category) and horizon."""
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Workspace.at(Path(scratch) / "workspace")
        intake.demo(workspace)
        rows = list(demo(workspace))
    rows += list(england())
    grouped = pd.DataFrame(rows).groupby(["of", "horizon"])
    return grouped[["80", "95", "flat"]].mean().join(grouped.size().rename("n"))
