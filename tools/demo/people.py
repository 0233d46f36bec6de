"""Population by municipality, sex and single year of age, and its projections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from tools.demo import cohorts, frames
from tools.demo.cohorts import TOP
from tools.demo.series import Floats, ar1, smooth, to_total

if TYPE_CHECKING:
    from tools.demo.world import World

FIRST, START, KNOWN, LAST = 2008, 2014, 2026, 2036
AGES = [str(a) for a in range(TOP)] + [f"{TOP}+"]
SEXES = ["men", "women"]
GROUPS = [
    "0-5", "6-17", "18-19", "20-24", "25-29", "30-34", "35-44", "45-54", "55-64", "65-74",
    "75-84", "85+",
]  # fmt: skip


@dataclass(frozen=True)
class People:
    """Counts on 1 January, (98 municipalities, 2 sexes, 100 ages), by year 2008-2036."""

    counts: dict[int, Floats]

    @classmethod
    def of(cls, world: World) -> People:
        """Return the population of a Denmark."""
        return world.once(make)

    def aged(self, year: int, ages: str) -> Floats:
        """Return inhabitants by municipality of an age range such as `18+`, `0-22` or `17`."""
        low, high = bounds(ages)
        return np.asarray(self.counts[year][:, :, low : high + 1].sum(axis=(1, 2)))

    def over(self, years: list[int], ages: str) -> Floats:
        """Return inhabitants of an age range by municipality and year."""
        return np.column_stack([self.aged(year, ages) for year in years])


def bounds(ages: str) -> tuple[int, int]:
    """Return the first and last single year of an age range."""
    if ages.endswith("+"):
        return int(ages[:-1]), TOP
    low, _, high = ages.partition("-")
    return int(low), int(high or low)


def make(world: World) -> People:
    """Start from the ages of 2014, go forward to 2036 and back to 2008, and hold known sizes."""
    totals = sizes(world)
    p = world.parameters["population"]
    nation = national_ages(p)
    shape = local_shape(world, nation.sum(axis=0))
    first = totals[START][:, None, None] * nation * shape[:, None, :]
    arrivals = [smooth(p[name], np.arange(TOP + 1)) for name in ("newcomers", "settlers")]
    held = cohorts.rates(shape, first, *arrivals)
    children = smooth(p["children_per_woman"], np.arange(FIRST, LAST + 1))
    exact = {START: first}
    for year in range(START + 1, LAST + 1):
        born = float(children[year - FIRST])
        exact[year] = cohorts.forward(exact[year - 1], totals[year], held, born)
    for year in range(START - 1, FIRST - 1, -1):
        exact[year] = cohorts.backward(exact[year + 1], totals[year], held)
    return People({year: cohorts.whole(counts) for year, counts in exact.items()})


def sizes(world: World) -> dict[int, Floats]:
    """Return the inhabitants of every municipality on 1 January of each year."""
    p = world.parameters["population"]
    years = np.arange(FIRST, LAST + 1)
    start, end = (world.areas[f"pop{y}"].to_numpy(float) for y in (START, KNOWN))
    slope = (np.log(end) - np.log(start)) / (KNOWN - START)
    time = np.where(years <= KNOWN, years - START, KNOWN - START + 0.8 * (years - KNOWN))
    wander = ar1(world.rng("sizes"), (len(start), len(years)), 0.7, p["wiggle"])
    wander *= np.minimum(np.abs(years - START), np.abs(years - KNOWN)).clip(0, 2) / 2
    path = np.log(start)[:, None] + slope[:, None] * time + wander
    nation = national(p, years)
    shares = np.exp(path) / np.exp(path).sum(axis=0)
    out = {int(y): to_total(shares[:, i], nation[i]).astype(float) for i, y in enumerate(years)}
    return out | {START: start, KNOWN: end}


def national(p: dict[str, Any], years: NDArray[Any]) -> Floats:
    """Return the inhabitants of the 98 municipalities: published, then growing ever slower."""
    known = {int(y): v - p["christiansoe"] * (int(y) < KNOWN) for y, v in p["national"].items()}
    growth = smooth(p["future_growth"], np.arange(KNOWN, LAST))
    for i, year in enumerate(range(KNOWN + 1, LAST + 1)):
        known[year] = known[year - 1] * (1 + growth[i])
    return np.array([known[int(y)] for y in years], dtype=float)


def national_ages(p: dict[str, Any]) -> Floats:
    """Return the nation of 2014 as shares of its inhabitants, by sex and single age."""
    bands = np.array(p["bands_2014"], dtype=float)
    fade = 0.72 ** np.arange(5)
    edges = np.arange(0, 100, 5)
    below = PchipInterpolator(edges, np.append(0, bands[:-1].cumsum()))(np.arange(96))
    ages = np.append(np.diff(below), bands[-1] * fade / fade.sum())
    women = np.interp(np.arange(TOP + 1), edges + 2, p["women_2014"])
    return np.asarray(np.stack([ages * (1 - women), ages * women]) / ages.sum())


def local_shape(world: World, nation: Floats) -> Floats:
    """Return each municipality's share of an age in 2014 relative to the nation's, (98, 100).

    A smooth curve over ages that gives every municipality its own shares of the age groups, and
    adds up to the nation at every age: who moves away from one place moves to another.
    """
    wanted = world.areas[GROUPS].to_numpy(float)
    wanted /= wanted.sum(axis=1, keepdims=True)
    limits = [bounds(group) for group in GROUPS]
    middle = np.array([(low + high) / 2 for low, high in limits])
    ages = np.clip(np.arange(TOP + 1), middle[0], middle[-1])
    firsts = [low for low, _ in limits]
    weight = world.areas[f"pop{START}"].to_numpy(float)
    level = np.zeros_like(wanted)
    shape = np.ones((len(wanted), TOP + 1))
    for _ in range(25):
        reached = np.add.reduceat(nation * shape, firsts, axis=1)
        level += np.log(wanted / reached)
        shape = np.exp(PchipInterpolator(middle, level, axis=1)(ages))
        shape /= weight @ shape / weight.sum()
    return np.asarray(shape / (nation * shape).sum(axis=1, keepdims=True))


def folk1a(world: World) -> dict[str, pd.DataFrame]:
    """Population on 1 January by area (all three levels and Christiansø), sex and age."""
    years = [str(y) for y in range(FIRST, KNOWN + 1)]
    values = np.stack([People.of(world).counts[int(y)] for y in years], axis=1)
    keys = {"area": world.codes, "period": [f"{y}Q1" for y in years], "sex": SEXES, "age": AGES}
    frame = pd.concat([frames.cells(values, keys), christiansoe(world, keys)], ignore_index=True)
    regions = dict(zip(world.codes, world.areas["region"], strict=True)) | {"411": "084"}
    nation = dict.fromkeys(regions, "000")
    sums = [frames.with_areas(frame, m).iloc[len(frame) :] for m in (regions, nation)]
    frame = pd.concat([frame, *sums], ignore_index=True)
    return {"folk1a": frames.long(frame, "population", "folk1a")}


def christiansoe(world: World, keys: dict[str, list[str]]) -> pd.DataFrame:
    """Return the islanders of Christiansø, who belong to no municipality."""
    nation = People.of(world).counts[START].sum(axis=0)
    persons = to_total(nation.ravel(), world.parameters["population"]["christiansoe"])
    values = np.repeat(persons.reshape(1, 1, *nation.shape), len(keys["period"]), axis=1)
    return frames.cells(values, keys | {"area": ["411"]})


def frkm(world: World) -> dict[str, pd.DataFrame]:
    """All projections, by the year they were made in; they miss more the further they look."""
    p = world.parameters["projection"]
    first, last = p["vintages"]
    errors = vintage_errors(world, last - first + 1)
    parts = [
        one_vintage(world, vintage, errors[:, vintage - first])
        for vintage in range(first, last + 1)
    ]
    return {"frkm": frames.ordered(pd.concat(parts, ignore_index=True))}


def vintage_errors(world: World, vintages: int) -> Floats:
    """Return the log error per year ahead, by municipality and vintage."""
    p = world.parameters["projection"]
    rng = world.rng("frkm")
    nation = rng.normal(p["national_bias"], p["national_sd"], vintages)
    sd = p["area_sd"] * world.size_factor
    return nation + ar1(rng, (len(world.areas), vintages), p["area_persistence"], sd)


def one_vintage(world: World, vintage: int, error: Floats) -> pd.DataFrame:
    """Return what was projected in one year for it and the years ahead, both sexes together."""
    p = world.parameters["projection"]
    years = list(range(vintage, vintage + p["years_ahead"] + 1))
    ages = np.arange(TOP + 1)
    values = []
    for year in years:
        ahead = year - vintage
        young = p["unborn_bias"] * np.clip(ahead - ages, 0, None) * (ages < ahead)
        factor = np.exp(error[:, None] * ahead + young.clip(0, 0.06))
        values.append(np.rint(People.of(world).counts[year].sum(axis=1) * factor))
    keys = {"area": world.codes, "period": [str(y) for y in years], "age": AGES}
    frame = frames.cells(np.stack(values, axis=1), keys)
    frame = frame.assign(measure="population", status="observed", sex="total")
    return frame.assign(published=frames.published("frkm", str(vintage)), vintage=str(vintage))
