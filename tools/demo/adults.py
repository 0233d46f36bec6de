"""Adult services by municipality and quarter: HAND01, HAND07 and the age profile of HAND02A."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecast import periods
from tools.demo import frames, psychiatry
from tools.demo.people import People, bounds
from tools.demo.series import Floats, columns_to_total, smooth, stock, surprised

if TYPE_CHECKING:
    from tools.demo.world import World

START, PUBLISHED, END = 2010, 2015, 2026
QUARTERS = [f"{y}Q{q}" for y in range(START, END + 1) for q in (1, 2, 3, 4)]
TIMES = np.array([int(q[:4]) + (int(q[-1]) - 4) / 4 for q in QUARTERS])
REPORTER, REPORTED = "183", "187"


@dataclass(frozen=True)
class Adults:
    """True full-year services and persons, (98, quarters 2010Q1-2026Q4) by service."""

    services: dict[str, Floats]
    heads: dict[str, Floats]

    @classmethod
    def of(cls, world: World) -> Adults:
        """Return the adults' services and persons of a Denmark."""
        return world.once(make)

    def yearly(self, service: str) -> Floats:
        """Return the mean of four quarters (98, years 2010-2026)."""
        values = self.services[service]
        return np.asarray(values.reshape(len(values), -1, 4).mean(axis=2))


def make(world: World) -> Adults:
    """Make every service, then the persons of a quarter behind its full-year services."""
    services = {name: one_service(world, name) for name in world.parameters["path"]["adults"]}
    heads = {name: persons(world, name, counts) for name, counts in services.items()}
    return Adults(services, heads)


def one_service(world: World, name: str) -> Floats:
    """Return counts of one service: the nation's path shared out by age, need and chance."""
    p, rng = world.parameters, world.rng("adults", name)
    lasting = world.surprises(p["stay"][name])
    path = surprised(rng, p["path"]["adults"][name], TIMES, lasting)
    path = path / ratio(world, name)
    path[started(world, name) > TIMES] = 0.0
    relative = world.deviation(rng, len(TIMES), 4)
    if name in p["driver"]["services"]:
        relative = relative + psychiatry.felt(world, TIMES)
    weights = need(world, name) * np.exp(relative) * level_shifts(world, name)
    expected = weights * path / weights.sum(axis=0)
    return columns_to_total(stock(rng, expected, p["stay"][name]), path).astype(float)


def ratio(world: World, name: str) -> float:
    """Return persons of a quarter per full-year service."""
    table = world.parameters["heads"]
    return float(table.get(name, table["default"]))


def started(world: World, name: str) -> float:
    """Return the time from which a service exists."""
    first = world.parameters["valid_from"].get(name)
    return float(TIMES[QUARTERS.index(first)]) if first else -np.inf


def need(world: World, name: str) -> Floats:
    """Return adults weighed by how much their age uses a service, (98, quarters)."""
    p = world.parameters["ages_adults"]
    years = list(range(START, END + 2))
    total = np.zeros((len(world.codes), len(years)))
    for band, use in zip(p["bands"], p[name], strict=True):
        total += use * People.of(world).over(years, band)
    at = np.array([periods.year_of(q) + (int(q[-1]) - 0.5) / 4 for q in QUARTERS])
    return np.stack([np.interp(at, years, row) for row in total])


def level_shifts(world: World, name: str) -> Floats:
    """Return factors (98, quarters) of lasting changes of local practice."""
    out = np.ones((len(world.codes), len(QUARTERS)))
    for area, service, start, factor in world.parameters["flaws"]["level"]:
        if service == name:
            out[world.row(area), QUARTERS.index(start) :] *= factor
    return out


def persons(world: World, name: str, counts: Floats) -> Floats:
    """Return persons seen in a quarter: more than full-year services, never fewer."""
    rng = world.rng("heads", name)
    habit = rng.normal(0, 0.02, (len(counts), 1)) + rng.normal(0, 0.006, counts.shape)
    heads = np.maximum(counts * np.exp(habit), counts / ratio(world, name))
    totals = counts.sum(axis=0) * ratio(world, name)
    whole = columns_to_total(np.rint(heads * ratio(world, name)).astype(np.int64), totals)
    return np.maximum(whole, counts)


def reported(values: Floats, world: World) -> Floats:
    """Return published quarters, with the neighbour's figures in those of who reports them."""
    out = values[:, QUARTERS.index(f"{PUBLISHED}Q1") : QUARTERS.index(f"{world.last_year}Q4") + 1]
    out = out.copy()
    out[world.row(REPORTER)] += out[world.row(REPORTED)]
    return np.delete(out, world.row(REPORTED), axis=0)


def quarters(world: World) -> list[str]:
    """Return the published quarters."""
    return [q for q in QUARTERS if PUBLISHED <= periods.year_of(q) <= world.last_year]


def reporters(world: World) -> list[str]:
    """Return the 97 municipalities that report."""
    return [code for code in world.codes if code != REPORTED]


def hand(world: World) -> dict[str, pd.DataFrame]:
    """Full-year services and persons by municipality and region, with gaps as registered."""
    services = gather(world, {n: reported(v, world) for n, v in Adults.of(world).services.items()})
    heads = {n: reported(v, world) for n, v in Adults.of(world).heads.items()}
    persons_ = gather(world, heads | {"any": at_least_one(world, heads)})
    return {
        "hand01": frames.long(services, "full_year_services", "hand"),
        "hand07": frames.long(persons_, "recipients", "hand"),
    }


def at_least_one(world: World, heads: dict[str, Floats]) -> Floats:
    """Return persons with at least one benefit, fewer than benefits."""
    times = np.array([t for t, q in zip(TIMES, QUARTERS, strict=True) if q in quarters(world)])
    per_person = smooth(world.parameters["heads"]["benefits_per_person"], times)
    benefits = np.sum(list(heads.values()), axis=0)
    most = np.max(list(heads.values()), axis=0)
    local = np.exp(world.rng("any").normal(0, 0.02, (len(benefits), 1)))
    persons_ = np.rint(benefits / (1 + (per_person - 1) * local))
    whole = columns_to_total(persons_.astype(np.int64), benefits.sum(axis=0) / per_person)
    return np.asarray(np.maximum(whole, most))


def gather(world: World, values: dict[str, Floats]) -> pd.DataFrame:
    """Return cells of all services with region rows, spikes, gaps and not-applicable periods."""
    names = sorted(values)
    keys = {"service": names, "area": reporters(world), "period": quarters(world)}
    frame = frames.cells(np.stack([values[n] for n in names]), keys)
    frame["value"] = np.rint(frame["value"] * spikes(world, frame))
    gaps = not_reported(world)
    gap = pd.Series(list(zip(frame["area"], frame["period"], strict=True))).isin(gaps)
    frame["value"] = frame["value"].mask(gap)
    regions = dict(zip(world.codes, world.areas["region"], strict=True))
    frame = frames.with_areas(frame, regions).assign(status="observed")
    frame = frames.with_status(frame, frame["value"].isna(), "not_reported")
    first = frame["service"].map(world.parameters["valid_from"]).fillna("")
    return frames.with_status(frame, frame["period"] < first, "not_applicable")


def spikes(world: World, frame: pd.DataFrame) -> Floats:
    """Return factors of single wrong reports."""
    out = np.ones(len(frame))
    for area, service, period, factor in world.parameters["flaws"]["spike"]:
        hit = (frame["area"] == area) & (frame["service"] == service) & (frame["period"] == period)
        out[hit.to_numpy()] = factor
    return out


def not_reported(world: World) -> set[tuple[str, str]]:
    """Return (municipality, quarter) without a report: late starters before 2018, later holes."""
    p, rng = world.parameters["flaws"], world.rng("reports")
    codes, early = reporters(world), [q for q in quarters(world) if q < "2018Q1"]
    late = sorted(rng.permutation(len(codes))[p["complete_2015"] :])
    starts = rng.integers(2, len(early) + 1, len(late))
    gaps = {(codes[i], q) for i, s in zip(late, starts, strict=True) for q in early[: int(s)]}
    return gaps | {(area, quarter) for area, quarter in p["missing_reports"]}


def hand02a(world: World) -> dict[str, pd.DataFrame]:
    """The nation's persons by service and age group; the slope over age steepens."""
    names = sorted(Adults.of(world).heads)
    span = [q for q in quarters(world) if q >= "2018Q1"]
    first = QUARTERS.index(span[0])
    bands = world.parameters["ages_adults"]["bands"]
    values = np.zeros((len(names), len(span), len(bands)))
    for i, name in enumerate(names):
        totals = Adults.of(world).heads[name].sum(axis=0)[first : first + len(span)]
        values[i] = np.rint(totals[:, None] * age_shares(world, name)[first:][: len(span)])
    frame = frames.cells(values, {"service": names, "period": span, "age": bands})
    frame = frame.assign(area="000", status="observed")
    start = frame["service"].map(world.parameters["valid_from"]).fillna("")
    frame = frames.with_status(frame, frame["period"] < start, "not_applicable")
    return {"hand02a": frames.long(frame, "recipients", "hand")}


def age_shares(world: World, name: str) -> Floats:
    """Return the share of each age group among a service's users, (quarters, groups)."""
    p = world.parameters["ages_adults"]
    years = np.floor(TIMES + 0.75).astype(int)
    middle = np.array([min(bounds(b)[0] + 5, 80) for b in p["bands"]])
    people = np.stack([[People.of(world).aged(int(y), b).sum() for b in p["bands"]] for y in years])
    slope = np.exp(p["drift"] * (TIMES[:, None] - 2018) * (middle - 45) / 20)
    use = people * np.array(p[name]) * slope
    return np.asarray(use / use.sum(axis=1, keepdims=True))
