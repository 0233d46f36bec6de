"""Single cases of a few municipalities: made-up persons with a cost a year, for the refund."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tools.demo import frames
from tools.demo.children import YEARS
from tools.demo.money import counts
from tools.demo.series import Rng

if TYPE_CHECKING:
    from tools.demo.world import World

CHILD = {"foster", "institution", "opholdssted"}
FIRST_NUMBER = {"370": 1000, "657": 3000, "751": 5000}


def own_cases(world: World) -> dict[str, pd.DataFrame]:
    """Cases by person, service and year, DKK 1,000, with months and other income."""
    parts = [
        one(world, area, service)
        for area in world.parameters["cases"]["areas"]
        for service in world.parameters["cases"]["services"]
    ]
    frame = pd.concat(parts, ignore_index=True).assign(measure="case_cost", status="observed")
    frame["published"] = [f"{int(y) + 1}-02-01" for y in frame["period"]]
    return {"own_cases": frames.ordered(frame)}


def one(world: World, area: str, service: str) -> pd.DataFrame:
    """Return the cases of one service: some stay, some leave, some come."""
    p, rng = world.parameters["cases"], world.rng("cases", area, service)
    money, row = world.money, world.row(area)
    persons: list[dict[str, Any]] = []
    parts = []
    for year in p["years"]:
        t = YEARS.index(year)
        number = round(float(counts(world, service)[row, t]) * 1.08)
        persons = renewed(persons, number, rng, service)
        frame = year_of_cases(persons, rng)
        total = money.services[service][row, t] * money.index[t]
        frame["value"] = (frame["value"] * total / frame["value"].sum()).round(0)
        parts.append(frame.assign(area=area, service=service, period=str(year)))
    return pd.concat(parts, ignore_index=True)


def renewed(
    persons: list[dict[str, Any]], number: int, rng: Rng, service: str
) -> list[dict[str, Any]]:
    """Return a year's persons: most stay and grow a year older, newcomers fill up."""
    child = service in CHILD
    stay = [p | {"age": p["age"] + 1} for p in persons if rng.random() < 0.85]
    stay = [p for p in stay if not child or p["age"] < 23][:number]
    new = [newcomer(rng, child) for _ in range(number - len(stay))]
    return stay + new


def newcomer(rng: Rng, child: bool) -> dict[str, Any]:
    """Return a made-up person: a random number, an age and how dear the case is."""
    dear = rng.lognormal(0, 0.5) * (2.6 if rng.random() < 0.02 else 1.0)
    age = int(rng.integers(2, 20)) if child else int(rng.integers(18, 78))
    return {"case": f"c{int(rng.integers(10**8, 10**9))}", "age": age, "dear": dear}


def year_of_cases(persons: list[dict[str, Any]], rng: Rng) -> pd.DataFrame:
    """Return a year's rows: most were there all twelve months."""
    frame = pd.DataFrame(persons)
    months = np.where(rng.random(len(frame)) < 0.8, 12, rng.integers(1, 12, len(frame)))
    income = np.where(rng.random(len(frame)) < 0.1, rng.integers(20, 120, len(frame)), 0)
    value = frame["dear"] * months / 12 * np.exp(rng.normal(0, 0.05, len(frame)))
    out = frame.assign(months=months, other_income=income.astype(float), value=value)
    return out[["case", "age", "months", "other_income", "value"]]
