"""Psychiatry: diagnoses of children by municipality, lengths of stay and discharges by region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tools.demo import frames
from tools.demo.people import People
from tools.demo.series import Floats, ar1, smooth, steady, stock, surprised, to_total

if TYPE_CHECKING:
    from tools.demo.world import World

FIRST, LAST, HIDDEN = 2010, 2023, 2026
FIRST_DIAGNOSES = 2009


@dataclass(frozen=True)
class Stays:
    """Mean days and discharges (5 regions, years 2010-2026), and each region's log deviation."""

    days: Floats
    discharges: Floats
    deviation: Floats

    @classmethod
    def of(cls, world: World) -> Stays:
        """Return the lengths of stay of a Denmark."""
        return world.once(make)


def make(world: World) -> Stays:
    """Regions keep their distance to the nation and wander; the weighted mean is the nation's."""
    p = world.parameters["psychiatry"]
    spread, rng = p["stay_spread"], world.rng("stays")
    years = np.arange(FIRST, HIDDEN + 1, dtype=np.int64)
    wander = ar1(rng, (5, len(years)), spread["rho"], spread["sd"])
    weights = region_population(world, years) * np.exp(rng.normal(0, 0.06, (5, 1)))
    totals = smooth(p["discharges"], years)
    discharges = np.column_stack(
        [to_total(weights[:, t], totals[t]) for t in range(len(years))]
    ).astype(float)
    days = np.exp(rng.normal(0, spread["permanent"], (5, 1)) + wander)
    mean = (days * discharges).sum(axis=0) / discharges.sum(axis=0)
    days *= path(world, "stay_days", years) / mean
    return Stays(days, discharges, wander)


def region_population(world: World, years: NDArray[np.int64]) -> Floats:
    """Return adults by region and year."""
    adults = People.of(world).over([int(y) for y in years], "18+")
    region = world.areas["region"].to_numpy()
    return np.stack([adults[region == r].sum(axis=0) for r in world.regions])


def felt(world: World, times: Floats) -> Floats:
    """Return the log push on municipal support (98, times) of last year's lengths of stay."""
    p = world.parameters["driver"]
    years = np.arange(FIRST, HIDDEN + 1) + 0.75
    shifts = Stays.of(world).deviation
    push = np.array([np.interp(times - p["lag_years"], years, d) for d in shifts])
    at = {region: i for i, region in enumerate(world.regions)}
    return np.asarray(p["elasticity"] * push[[at[r] for r in world.areas["region"]]])


def length_of_stay(world: World) -> dict[str, pd.DataFrame]:
    """Mean days and discharges by region; the hospital register changed in 2019."""
    keys = {"area": world.regions, "period": [str(y) for y in range(FIRST, LAST + 1)]}
    span = slice(0, LAST - FIRST + 1)
    days = frames.cells(Stays.of(world).days[:, span].round(1), keys)
    discharges = frames.cells(Stays.of(world).discharges[:, span], keys)
    parts = [
        frames.long(days, "length_of_stay", "psychiatry"),
        frames.long(discharges, "discharges", "psychiatry"),
    ]
    return {"length_of_stay": frames.ordered(pd.concat(parts, ignore_index=True))}


def diagnoses(world: World) -> dict[str, pd.DataFrame]:
    """Children 0-17 with a diagnosis, and 17-year-olds who have or have had one."""
    years = list(range(FIRST_DIAGNOSES, LAST + 1))
    keys = {"area": world.codes, "period": [str(y) for y in years]}
    parts = []
    for age, service, counts in (
        ("0-17", "diagnosis", current(world, years)),
        ("17", "ever_diagnosed", ever(world, years)),
    ):
        frame = frames.cells(counts, keys).assign(service=service, age=age)
        parts.append(frames.long(frame, "diagnosed", "psychiatry"))
    return {"diagnoses": frames.ordered(pd.concat(parts, ignore_index=True))}


def path(world: World, name: str, years: Sequence[int] | NDArray[np.int64]) -> Floats:
    """Return the nation's yearly figure: growth as published between anchors, and surprises.

    The register's new version of 2019 is the step between two anchors.
    """
    lasting = world.surprises(world.parameters["stay_year"].get(name))
    rng, times = world.rng("psychiatry", name, "nation"), np.array(years, dtype=float)
    return surprised(rng, world.parameters["psychiatry"][name], times, lasting, steady)


def current(world: World, years: list[int]) -> Floats:
    """Return children with a diagnosis, never outside the spread that was published."""
    p, rng = world.parameters["psychiatry"], world.rng("diagnoses")
    spread = p["diagnosed_spread"]
    children = People.of(world).over(years, "0-17")
    rate = path(world, "diagnosed_per_1000", years) / 1000
    relative = rng.normal(0, spread["permanent"], (len(children), 1))
    relative = relative + ar1(rng, children.shape, 0.85, spread["sd"] * world.size_factor)
    expected = children * np.exp(relative)
    expected *= rate * children.sum(axis=0) / expected.sum(axis=0)
    counts = stock(rng, expected, world.parameters["stay_year"]["diagnosed_per_1000"])
    low, high = spread["lowest"] * rate * children, spread["highest"] * rate * children
    held = np.clip(counts.astype(float), np.ceil(low), np.floor(high))
    return total_by_inner(held, rate * children.sum(axis=0), (low, high))


def total_by_inner(counts: Floats, totals: Floats, limits: tuple[Floats, Floats]) -> Floats:
    """Bring columns to their totals by the municipalities that are far from both limits."""
    out = counts.copy()
    low, high = limits
    for t in range(out.shape[1]):
        inner = (out[:, t] > 1.15 * low[:, t]) & (out[:, t] < 0.87 * high[:, t])
        out[inner, t] = to_total(out[inner, t], totals[t] - out[~inner, t].sum())
    return out


def ever(world: World, years: list[int]) -> Floats:
    """Return 17-year-olds who have or have had a diagnosis."""
    rng = world.rng("ever")
    persons = People.of(world).over(years, "17")
    share = path(world, "ever_at_17", years)
    relative = rng.normal(0, 0.15, (len(persons), 1)) + ar1(rng, persons.shape, 0.8, 0.05)
    expected = persons * np.exp(relative)
    expected *= share * persons.sum(axis=0) / expected.sum(axis=0)
    counts = rng.binomial(persons.astype(int), np.clip(expected / persons.clip(1), 0, 0.9))
    totals = share * persons.sum(axis=0)
    return np.column_stack([to_total(counts[:, t], totals[t]) for t in range(len(years))])
