"""Population by municipality, sex and single year of age, and its projections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tools.demo import frames
from tools.demo.series import Floats, ar1, smooth, to_total

if TYPE_CHECKING:
    from tools.demo.world import World

FIRST, START, KNOWN, LAST = 2008, 2014, 2026, 2036
TOP = 99
AGES = [str(a) for a in range(TOP)] + [f"{TOP}+"]
SEXES = ["men", "women"]


@dataclass(frozen=True)
class People:
    """Counts on 1 January, (98 municipalities, 2 sexes, 100 ages), by year 2008-2036."""

    counts: dict[int, Floats]

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
    first = pyramid(world)
    movers = mobility(world)
    counts = {START: whole(first, totals[START])}
    years = np.arange(FIRST, LAST + 1)
    children = smooth(world.parameters["population"]["children_per_woman"], years)
    for year in range(START + 1, LAST + 1):
        step = forward(counts[year - 1], totals[year], movers, float(children[year - FIRST]))
        counts[year] = whole(step, totals[year])
    for year in range(START - 1, FIRST - 1, -1):
        counts[year] = whole(backward(counts[year + 1]), totals[year])
    return People(counts)


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


def pyramid(world: World) -> Floats:
    """Return 2014 by municipality, sex and age: the nation's ages bent to local age shares."""
    p = world.parameters["population"]
    bands = np.repeat(np.array(p["bands_2014"], dtype=float) / 5, 5)
    women = np.repeat(np.array(p["women_2014"]), 5)
    fade = 0.72 ** np.arange(5)
    bands[95:] = bands[95:].sum() * fade / fade.sum()
    ages = np.convolve(np.pad(bands, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    nation = np.stack([ages * (1 - women), ages * women])
    groups = [(0, 18, "young"), (18, 30, "student"), (65, 100, "old")]
    shares = {name: world.areas[name].to_numpy(float) / 100 for *_, name in groups}
    out = np.repeat(nation[None], len(world.areas), axis=0)
    for low, high, name in groups:
        out[:, :, low:high] *= (shares[name] / nation[:, low:high].sum())[:, None, None]
    rest = 1 - sum(shares.values())
    out[:, :, 30:65] *= (rest / nation[:, 30:65].sum())[:, None, None]
    return out


def mobility(world: World) -> Floats:
    """Return yearly net moves as a share of an age, by municipality: students to the cities."""
    ages = np.arange(TOP + 1)
    to_study = np.exp(-(((ages - 21) / 2.2) ** 2))
    with_children = np.exp(-(((ages - 32) / 5.0) ** 2)) + np.exp(-(((ages - 2) / 3.0) ** 2))
    study = {"capital": 0.02, "city": 0.17, "provincial": 0.0, "commuter": -0.08, "rural": -0.06}
    family = {
        "capital": 0.0,
        "city": -0.035,
        "provincial": 0.004,
        "commuter": 0.012,
        "rural": 0.002,
    }
    student = world.by_group(study) + 0.19 * np.isin(world.codes, ["101", "147"])
    settled = world.by_group(family) - 0.055 * np.isin(world.codes, ["101", "147"])
    return np.asarray(student[:, None] * to_study + settled[:, None] * with_children)


def survival() -> Floats:
    """Return the share that lives through a year, by sex and age (Gompertz, level of 2015-20)."""
    ages = np.arange(TOP + 1)
    rate = np.stack([2.7e-5 * np.exp(0.098 * ages), 1.35e-5 * np.exp(0.1025 * ages)])
    return np.asarray(np.exp(-np.minimum(rate, 0.45)))


def births(counts: Floats, children: float) -> Floats:
    """Return newborn by municipality and sex, at so many children a woman over her life."""
    ages = np.arange(TOP + 1)
    shape = np.exp(-(((ages - 30.5) / 6.5) ** 2)) * ((ages >= 15) & (ages < 50))
    born = (counts[:, 1] * shape).sum(axis=1) * children / shape.sum()
    return np.stack([born * 0.513, born * 0.487], axis=1)


def forward(counts: Floats, total: Floats, movers: Floats, children: float) -> Floats:
    """Return the next 1 January: survive, age, be born, move; newcomers fill up to the total."""
    alive = counts * survival()
    after = np.empty_like(alive)
    after[:, :, 1:] = alive[:, :, :-1]
    after[:, :, TOP] += alive[:, :, TOP]
    after[:, :, 0] = births(counts, children)
    after *= 1 + movers[:, None, :]
    ages = np.arange(TOP + 1)
    newcomers = after * (0.5 + 3 * np.exp(-(((ages - 24) / 9.0) ** 2)) * (ages < 60))
    gap = total - after.sum(axis=(1, 2))
    after += newcomers * (gap / newcomers.sum(axis=(1, 2)))[:, None, None]
    return np.clip(after, 0, None)


def backward(counts: Floats) -> Floats:
    """Return the 1 January before: everyone a year younger, with those who died since."""
    before = np.empty_like(counts)
    before[:, :, :-1] = counts[:, :, 1:]
    before[:, :, TOP] = 0
    before /= survival()
    before[:, :, TOP] = counts[:, :, TOP] * 0.97
    before[:, :, TOP - 1] = counts[:, :, TOP] * 0.60
    return before


def whole(counts: Floats, total: Floats) -> Floats:
    """Return whole persons that sum to each municipality's total."""
    rows = [to_total(counts[i].ravel(), total[i]) for i in range(len(counts))]
    return np.stack(rows).reshape(counts.shape).astype(float)


def folk1a(world: World) -> dict[str, pd.DataFrame]:
    """Population on 1 January by area (all three levels and Christiansø), sex and age."""
    years = [str(y) for y in range(FIRST, KNOWN + 1)]
    values = np.stack([world.people.counts[int(y)] for y in years], axis=1)
    keys = {"area": world.codes, "period": [f"{y}Q1" for y in years], "sex": SEXES, "age": AGES}
    frame = pd.concat([frames.cells(values, keys), christiansoe(world, keys)], ignore_index=True)
    regions = dict(zip(world.codes, world.areas["region"], strict=True)) | {"411": "084"}
    nation = dict.fromkeys(regions, "000")
    sums = [frames.with_areas(frame, m).iloc[len(frame) :] for m in (regions, nation)]
    frame = pd.concat([frame, *sums], ignore_index=True)
    return {"folk1a": frames.long(frame, "population", "folk1a")}


def christiansoe(world: World, keys: dict[str, list[str]]) -> pd.DataFrame:
    """Return the islanders of Christiansø, who belong to no municipality."""
    nation = world.people.counts[START].sum(axis=0)
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
        values.append(np.rint(world.people.counts[year].sum(axis=1) * factor))
    keys = {"area": world.codes, "period": [str(y) for y in years], "age": AGES}
    frame = frames.cells(np.stack(values, axis=1), keys)
    frame = frame.assign(measure="population", status="observed", sex="total")
    return frame.assign(published=frames.published("frkm", str(vintage)), vintage=str(vintage))
