"""Children placed or supported, and users of shelters and drug treatment, year by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tools.demo import frames
from tools.demo.people import People
from tools.demo.series import Floats, Rng, columns_to_total, smooth, stock, surprised, to_total

if TYPE_CHECKING:
    from tools.demo.world import World

START, END = 2010, 2026
YEARS = list(range(START, END + 1))
EXPOSED = {"any": "0-22", "notifications": "0-17", "s101": "18-64", "s109": "18-64", "s110": "18+"}


@dataclass(frozen=True)
class Children:
    """True counts (98, years 2010-2026): placed by age and by place, supported, other users."""

    placed: dict[str, Floats]
    places: dict[str, Floats]
    counts: dict[str, Floats]

    @classmethod
    def of(cls, world: World) -> Children:
        """Return the children's services of a Denmark."""
        return world.once(make)


def make(world: World) -> Children:
    """Placements first; preventive measures are what is left of all who get support."""
    placed = placements(world)
    total = np.sum(list(placed.values()), axis=0)
    counts = {name: one(world, name) for name in EXPOSED}
    overlap = 1 - world.parameters["children"]["also_preventive"]
    counts["any"] = np.maximum(counts["any"], np.ceil(overlap * total) + total)
    counts["preventive"] = np.rint(counts["any"] - overlap * total)
    return Children(placed, placed_where(world, total), counts)


def path(world: World, name: str) -> Floats:
    """Return the nation's yearly path with surprises between its anchors."""
    table = world.parameters["path"]["children"][name]
    rng = world.rng("children", name, "nation")
    lasting = world.surprises(world.parameters["stay_year"].get(name))
    return surprised(rng, table, np.array(YEARS, dtype=float), lasting)


def one(world: World, name: str) -> Floats:
    """Return yearly counts of one measure shared out by population, need and chance."""
    rng, totals = world.rng("children", name), path(world, name)
    weights = People.of(world).over(YEARS, EXPOSED[name]) * np.exp(world.deviation(rng, len(YEARS)))
    if name == "s110":
        weights *= np.exp(world.by_group(world.parameters["homeless"]["group"]))[:, None]
    stay = world.parameters["stay_year"].get(name, 0.0)
    expected = weights * totals / weights.sum(axis=0)
    return columns_to_total(stock(rng, expected, stay), totals).astype(float)


def placements(world: World) -> dict[str, Floats]:
    """Return children placed on 31 December by age."""
    p, totals = world.parameters["children"], path(world, "placed")
    shared = world.deviation(world.rng("placed"), len(YEARS))
    means = {}
    for age, share in zip(p["ages"], p["age_shares"], strict=True):
        rng = world.rng("placed", age)
        people = People.of(world).over(YEARS, age)
        own = 0.4 * world.deviation(rng, len(YEARS))
        weights = people * np.exp(0.9 * shared + own)
        mean = weights * totals * share / weights.sum(axis=0)
        means[age] = stock(rng, mean, world.parameters["stay_year"][age])
    stacked = np.concatenate(list(means.values()))
    whole = columns_to_total(stacked, totals).astype(float)
    parts = np.split(whole, len(means))
    return dict(zip(means, parts, strict=True))


def placed_where(world: World, total: Floats) -> dict[str, Floats]:
    """Return placed children by place of accommodation; the new law of 2024 moved some codes."""
    p, rng = world.parameters["children"], world.rng("places")
    shares = np.stack(
        [smooth({y: v[i] for y, v in p["place_shares"].items()}, YEARS) for i in range(4)], axis=1
    )
    shares[YEARS.index(2024) :, 3] -= p["barnets_lov_shift"]
    shares[YEARS.index(2024) :, 2] += p["barnets_lov_shift"]
    habit = np.exp(rng.normal(0, 0.20, (len(total), 1, 4)))
    local = habit * shares[None] / (habit * shares[None]).sum(axis=2, keepdims=True)
    local *= shares / local_mean(local, total)
    whole = np.stack([[to_total(row, n) for row, n in zip(m, t, strict=True)]
                      for m, t in zip(local, total, strict=True)])  # fmt: skip
    return {place: whole[:, :, i].astype(float) for i, place in enumerate(p["places"])}


def local_mean(local: Floats, total: Floats) -> Floats:
    """Return the nation's shares of places that local shares and sizes give."""
    return np.asarray((local * total[:, :, None]).sum(axis=0) / total.sum(axis=0)[:, None])


def span(world: World, first: int) -> tuple[slice, list[str]]:
    """Return the published years from a first one, as a slice of YEARS and as codes."""
    start, stop = YEARS.index(first), YEARS.index(world.last_year) + 1
    return slice(start, stop), [str(y) for y in YEARS[start:stop]]


def anbaar(world: World) -> dict[str, pd.DataFrame]:
    """Placed by age and by place, and placements begun in the year."""
    years, codes = span(world, 2011)
    ages, places = Children.of(world).placed, Children.of(world).places
    by_age = nation(world, ages, "age", years, codes).assign(service="placement")
    rng, share = world.rng("started"), world.parameters["children"]["started_share"]
    begun = {a: rng.poisson(s * ages[a]) for a, s in zip(ages, share, strict=True)}
    started = nation(world, begun, "age", years, codes).assign(service="placement_started")
    by_place = nation(world, places, "service", years, codes)
    small = world.areas.loc[left_out(world), "code"]
    by_place = by_place[~by_place["area"].isin(small)].assign(age="0-22")
    return {
        "anbaar9": frames.long(suppress(world, by_age), "placed", "children"),
        "anbaar12": frames.long(suppress(world, by_place), "placed", "children"),
        "anbaar14": frames.long(suppress(world, started), "placed", "children"),
    }


def left_out(world: World) -> NDArray[np.bool_]:
    """Say which municipalities are too small for ANBAAR12."""
    size = world.areas["pop2014"].to_numpy(float)
    return np.asarray(size < world.parameters["children"]["left_out_below"])


def nation(
    world: World, values: dict[str, Floats], dim: str, years: slice, codes: list[str]
) -> pd.DataFrame:
    """Return cells of one dimension by municipality and year, and their sum for the nation."""
    keys = {dim: list(values), "area": world.codes, "period": codes}
    frame = frames.cells(np.stack([values[k][:, years] for k in values]), keys)
    return frames.with_areas(frame, dict.fromkeys(world.codes, "000"))


def suppress(world: World, frame: pd.DataFrame) -> pd.DataFrame:
    """Blank small cells of the smallest municipalities; the nation's row stays."""
    below = world.parameters["children"]["suppressed_below"]
    islands = world.areas.loc[world.areas["pop2014"] < 10000, "code"]
    frame = frame.assign(status="observed")
    small = frame["area"].isin(islands) & frame["value"].between(1, below - 1)
    return frames.with_status(frame, small, "suppressed")


def supported(world: World) -> dict[str, pd.DataFrame]:
    """Preventive measures, the share of 0-22-year-olds with support, and notifications."""
    years, codes = span(world, 2015)
    counts = Children.of(world).counts
    preventive = nation(world, {"preventive": counts["preventive"]}, "service", years, codes)
    notes = nation(world, {"notification": counts["notifications"]}, "service", years, codes)
    return {
        "isbu02": frames.long(preventive.assign(age="0-22"), "supported", "children"),
        "bu43": share(world),
        "und1": frames.long(notes.assign(age="0-17"), "notifications", "notifications"),
    }


def share(world: World) -> pd.DataFrame:
    """Return the share in per cent with one decimal, as published; a few cells are blank."""
    years, codes = span(world, 2015)
    people = People.of(world).over([int(y) + 1 for y in codes], "0-22")
    values = Children.of(world).counts["any"][:, years]
    local = frames.cells((100 * values / people).round(1), {"area": world.codes, "period": codes})
    whole = (100 * values.sum(axis=0) / people.sum(axis=0)).round(1)
    both = pd.concat([local, frames.cells(whole, {"area": ["000"], "period": codes})])
    frame = both.reset_index(drop=True).assign(status="observed", service="any", age="0-22")
    blanks = {tuple(cell) for cell in world.parameters["flaws"]["blank_share"]}
    blank = pd.Series(list(zip(frame["area"], frame["period"], strict=True))).isin(blanks)
    frame = frames.with_status(frame, blank, "suppressed")
    return frames.long(frame, "supported_share", "children")


def shelters(world: World) -> dict[str, pd.DataFrame]:
    """Drug treatment by municipality, crisis shelters by region, shelters for homeless: nation."""
    counts = Children.of(world).counts
    treated = nation(world, {"s101": counts["s101"]}, "service", *span(world, 2015))
    treated = treated.assign(age="18+", status="observed")
    below = world.parameters["children"]["suppressed_below"]
    small = (treated["area"] != "000") & treated["value"].between(1, below - 1)
    treated = frames.with_status(treated, small, "suppressed")
    return {
        "smdbv001": frames.long(treated, "recipients", "smdbv001"),
        "krise1": frames.long(summed(world, "s109", 2017, "region"), "recipients", "krise1"),
        "herfor1": frames.long(summed(world, "s110", 2021, "nation"), "recipients", "herfor1"),
    }


def summed(world: World, service: str, first: int, level: str) -> pd.DataFrame:
    """Return cells of a source that knows no municipality: its regions or the nation."""
    years, codes = span(world, first)
    keys = {"service": [service], "area": world.codes, "period": codes}
    local = frames.cells(Children.of(world).counts[service][None, :, years], keys)
    to = world.areas["region"] if level == "region" else ["000"] * len(world.codes)
    both = frames.with_areas(local, dict(zip(world.codes, to, strict=True)))
    return both.iloc[len(local) :].reset_index(drop=True).assign(age="18+")


def homelessness(world: World) -> dict[str, pd.DataFrame]:
    """Homeless people in week 6 of eight irregular years, by municipality and age."""
    from datetime import date

    p, rng = world.parameters["homeless"], world.rng("homeless")
    ages = ["18-24", "25-29", "30+"]
    weights = np.exp(world.by_group(p["group"]) + p["spread"] * rng.normal(0, 1, 98))
    weights = weights * world.areas["pop2014"].to_numpy(float)
    levels = np.exp(np.cumsum(rng.normal(0, 0.12, (98, len(p["years"]))), axis=1))
    values = np.zeros((98, len(ages), len(p["years"])))
    for t in range(len(p["years"])):
        values[:, :, t] = one_count(world, weights * levels[:, t], t, rng)
    monday = [date.fromisocalendar(year, 6, 1).isoformat() for year in p["years"]]
    keys = {"area": world.codes, "age": ages, "period": monday}
    frame = frames.cells(values, keys).assign(service="homeless")
    return {"homelessness": frames.long(frame, "homeless", "homelessness")}


def one_count(world: World, weights: Floats, t: int, rng: Rng) -> Floats:
    """Return one count by municipality and age that meets the published totals."""
    p = world.parameters["homeless"]
    middle = round(p["share_25_29"][t] * p["total"][t])
    totals = np.array([p["young"][t], middle, p["total"][t] - p["young"][t] - middle])
    capital = world.row("101")
    there = to_total(totals.astype(float), p["copenhagen"][t])
    others = np.where(np.arange(98) == capital, 0.0, weights)
    out = np.zeros((98, 3))
    for a in range(3):
        mean = others / others.sum() * (totals[a] - there[a])
        out[:, a] = to_total(rng.poisson(mean), totals[a] - there[a])
    out[capital] = there
    return out
