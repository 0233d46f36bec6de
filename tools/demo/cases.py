"""Single cases of a few municipalities: made-up persons with a cost a year, for the refund."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tools.demo import frames
from tools.demo.children import YEARS
from tools.demo.money import Money, counts
from tools.demo.series import Rng

if TYPE_CHECKING:
    from tools.demo.world import World

CHILD = {"foster", "institution", "opholdssted"}


def own_cases(world: World) -> dict[str, pd.DataFrame]:
    """Cases by made-up person, service and year, DKK 1,000, with age, months and other income."""
    p = world.parameters["cases"]
    parts = [one(world, area, service) for area in p["areas"] for service in p["services"]]
    frame = pd.concat(parts, ignore_index=True).assign(measure="case_cost", status="observed")
    frame["published"] = [f"{int(y) + 1}-02-01" for y in frame["period"]]
    return {"own_cases": frames.ordered(frame)}


def one(world: World, area: str, service: str) -> pd.DataFrame:
    """Return the cases of one service, which cost together what the service costs."""
    p, rng = world.parameters["cases"], world.rng("cases", area, service)
    row, cases, parts = world.row(area), pd.DataFrame({"age": []}), []
    for year in p["years"]:
        t = YEARS.index(year)
        number = round(float(counts(world, service)[row, t]) * p["seen_per_full_year"])
        cases = renewed(cases, number, service in CHILD, p | {"rng": rng})
        total = Money.of(world).services[service][row, t] * Money.of(world).index[t]
        parts.append(year_of(cases, total, rng).assign(period=str(year)))
    return pd.concat(parts, ignore_index=True).assign(area=area, service=service)


def renewed(cases: pd.DataFrame, number: int, child: bool, p: dict[str, Any]) -> pd.DataFrame:
    """Return a year's cases: most of last year's go on, a year older; newcomers fill up."""
    rng: Rng = p["rng"]
    older = cases.assign(age=cases["age"] + 1)
    go_on = (rng.random(len(older)) < p["stay"]) & ((older["age"] < 23) | (not child))
    older = older.loc[go_on].head(number)
    new = number - len(older)
    dear = rng.lognormal(0, p["sigma"], new)
    dear *= np.where(rng.random(new) < p["dear_share"], p["tail"], 1.0)
    names = [f"c{value}" for value in rng.integers(10**8, 10**9, new)]
    ages = rng.integers(2, 20, new) if child else rng.integers(18, 78, new)
    added = pd.DataFrame({"case": names, "dear": dear, "age": ages})
    both: pd.DataFrame = pd.concat([older, added], ignore_index=True)
    return both


def year_of(cases: pd.DataFrame, total: float, rng: Rng) -> pd.DataFrame:
    """Return what each case cost in a year; most lasted all twelve months."""
    number = len(cases)
    months = np.where(rng.random(number) < 0.8, 12, rng.integers(1, 12, number))
    income = np.where(rng.random(number) < 0.1, rng.integers(20, 120, number), 0)
    weight = cases["dear"].to_numpy(float) * months * np.exp(rng.normal(0, 0.05, number))
    frame = cases[["case"]].assign(age=cases["age"].astype(int).astype(str))
    frame = frame.assign(months=months.astype(str), other_income=income.astype(str))
    return frame.assign(value=np.round(total * weight / weight.sum(), 1))
