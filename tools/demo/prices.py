"""Prices: true levels, what was expected of them in each spring and summer, and dated rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tools.demo import frames
from tools.demo.series import Floats

if TYPE_CHECKING:
    from tools.demo.world import World

BASE = 2013
FIRST_ESTIMATE, LAST_ESTIMATE = 2013, 2026
AHEAD = 4
KINDS = {"total": "overall", "wages": "wages", "goods": "prices"}  # as the table names them


def position(world: World, year: int) -> int:
    """Return where a year stands in the price series."""
    return year - int(world.parameters["prices"]["first"])


def growth(world: World) -> dict[str, Floats]:
    """Return true yearly changes in per cent by kind, from the first year on."""
    p = world.parameters["prices"]
    wages, goods = np.array(p["wages"]), np.array(p["goods"])
    overall = p["wage_weight"] * wages + (1 - p["wage_weight"]) * goods
    return {"wages": wages, "prices": goods, "overall": overall}


def levels(world: World) -> dict[str, Floats]:
    """Return true price levels by kind, 100 in the base year."""
    return {kind: level(world, change) for kind, change in growth(world).items()}


def level(world: World, change: Floats) -> Floats:
    """Return the level that yearly changes in per cent add up to, 100 in the base year."""
    path = np.cumprod(1 + change / 100)
    return np.asarray(100 * path / path[position(world, BASE)])


def price_estimate(world: World) -> dict[str, pd.DataFrame]:
    """Expected changes of prices, per cent a year: made each June, the newest in March."""
    years = range(FIRST_ESTIMATE, LAST_ESTIMATE)
    parts = [estimate(world, year, "06-10") for year in years]
    parts.append(estimate(world, LAST_ESTIMATE, "03-10"))
    return {"price_estimate": frames.ordered(pd.concat(parts, ignore_index=True))}


def estimate(world: World, year: int, day: str) -> pd.DataFrame:
    """Return one estimate: what had happened, and four years that nobody knew yet."""
    p, rng = world.parameters["prices"], world.rng("prices", str(year))
    known, end = position(world, year), position(world, year + AHEAD) + 1
    truth = growth(world)
    error = np.zeros(end)
    error[known - 1 : known + 1] = rng.normal(0, p["revision_sd"], 2)
    ahead = np.arange(1, AHEAD + 1)
    error[known + 1 :] = rng.normal(0, 1, AHEAD) * p["estimate_sd"] * np.sqrt(ahead)
    parts = {k: truth[k][:end] + error * w for k, w in (("wages", 1.0), ("prices", 1.4))}
    weight = p["wage_weight"]
    parts["overall"] = weight * parts["wages"] + (1 - weight) * parts["prices"]
    start = position(world, FIRST_ESTIMATE)
    codes = [str(y) for y in range(FIRST_ESTIMATE, year + AHEAD + 1)]
    values = np.stack([parts[k][start:] for k in KINDS.values()])
    frame = frames.cells(values.round(2), {"kind": list(KINDS), "period": codes})
    frame = frame.assign(measure="price_index", area="000", status="observed")
    return frame.assign(published=f"{year}-{day}", vintage=f"{year}-{day}")


def indices(world: World) -> dict[str, pd.DataFrame]:
    """Consumer prices by year and municipal wages by quarter, as indices."""
    true = levels(world)
    first = int(world.parameters["prices"]["first"])
    last = LAST_ESTIMATE - 1
    years = list(range(first, last + 1))
    goods = frames.cells(
        true["prices"][: len(years)].round(1), {"area": ["000"], "period": [str(y) for y in years]}
    )
    codes = [f"{y}Q{q}" for y in range(2016, last + 1) for q in (1, 2, 3, 4)]
    middle = np.array([int(c[:4]) + (int(c[-1]) - 2.5) / 4 for c in codes])
    path = np.interp(middle, np.arange(first, first + len(true["wages"])), true["wages"])
    wages = frames.cells((100 * path / path[0]).round(1), {"area": ["000"], "period": codes})
    return {
        "pris111": frames.long(goods.assign(kind="consumer_prices"), "price_index", "indices"),
        "sblon1": frames.long(wages.assign(kind="municipal_wages"), "price_index", "indices"),
    }


def refund_thresholds(world: World) -> dict[str, pd.DataFrame]:
    """Thresholds of the central refund: as published where known, else uprated and marked so."""
    p = world.parameters["thresholds"]
    rows = []
    for group in ("adults", "children"):
        known = {int(y): s for y, s in p[group].items()}
        for year in range(min(known), p["synthetic_until"] + 1):
            synthetic = year not in known
            slices = uprated(world, known, year) if synthetic else known[year]
            source = f"synthetic: {max(known)} uprated" if synthetic else p["source"]
            common = {"group": group, "period": str(year), "source": source, "synthetic": synthetic}
            rows += [common | one_slice(i, s) for i, s in enumerate(slices, 1)]
    frame = pd.DataFrame(rows).assign(measure="refund_threshold", area="000", status="observed")
    frame["published"] = [f"{int(p) - 1}-12-01" for p in frame["period"]]
    today = str(world.parameters["today"])
    frame["published"] = frame["published"].where(frame["published"] <= today, today)
    return {"refund_thresholds": frames.ordered(frame)}


def uprated(world: World, known: dict[int, Any], year: int) -> list[list[float]]:
    """Return the last known slices with thresholds moved by the price level, whole tens."""
    last, true = max(known), levels(world)["overall"]
    factor = true[position(world, year)] / true[position(world, last)]
    return [[round(limit * factor, -1), share] for limit, share in known[last]]


def one_slice(number: int, limit_and_share: list[float]) -> dict[str, Any]:
    """Return a slice: its number, its lower threshold in DKK 1,000 and the share refunded."""
    limit, share = limit_and_share
    return {"slice": str(number), "value": float(limit), "share": f"{share:.2f}"}


def service_frame(world: World) -> dict[str, pd.DataFrame]:
    """Lift of the service frame agreed for a year, DKK 1,000; a year without one has no row."""
    p = world.parameters["frame"]
    rows = [
        {"kind": kind, "period": year, "value": lift * 1e6, "source": p["source"]}
        for kind in ("gross", "net")
        for year, lift in p[kind].items()
    ]
    frame = pd.DataFrame(rows).assign(measure="service_frame", area="000", status="observed")
    frame["published"] = [f"{int(year) - 1}-06-15" for year in frame["period"]]
    return {"service_frame": frames.ordered(frame)}
