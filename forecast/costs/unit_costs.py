"""Unit costs: expenditure per recipient by function, pooled where own numbers are small.

The unit cost of a function is its net operating expenditure before refund, in fixed prices,
divided by its recipients, each weighted by what a recipient of the service costs relative to
others on the function (data/registers/functions.toml). The unit cost of a service is its weight
times that. A function without a forecast service is measured per inhabitant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import areas
from forecast.costs import mapping, volumes

if TYPE_CHECKING:
    from forecast.costs.accounts import Accounts
    from forecast.costs.prices import Prices
    from forecast.costs.volumes import Volumes

Floats = NDArray[np.float64]
Population = Callable[[str, list[int]], Floats]
SMALL = 5.0  # weighted recipients below which a year's own unit cost is pooled
EMPTY = 0.5  # … below which there is none


@dataclass(frozen=True)
class Ground:
    """What unit costs are worked out from.

    Attributes:
        codes: the municipalities.
        accounts: money by municipality, function and year.
        prices: from current to fixed prices.
        volumes: recipients by service.
        places: share of placements by kind of place, by municipality.
        population: persons of an age range, (municipalities, years).
    """

    codes: list[str]
    accounts: Accounts
    prices: Prices
    volumes: Mapping[str, Volumes]
    places: Mapping[str, Floats]
    population: Population

    def uses(self, function: mapping.Function) -> dict[str, mapping.Use]:
        """Return the services on a function that have volumes."""
        return {s: use for s, use in function.services.items() if s in self.volumes}

    def weight(self, function: mapping.Function, years: list[int]) -> Floats:
        """Return (municipalities, years) weighted recipients; inhabitants without a service.

        A year for which the source of one of the services holds no municipality at all is NaN:
        what is spent on all of them cannot be divided by the recipients of some.
        """
        uses = self.uses(function)
        if not uses:
            return self.population(function.population, years)
        total = np.zeros((len(self.codes), len(years)))
        seen, whole = np.zeros(total.shape, dtype=bool), np.ones(len(years), dtype=bool)
        for service, use in uses.items():
            count = self.volumes[service].at(years)
            part = volumes.share(use, self.places, len(self.codes))
            total += use.weight * part[:, None] * np.nan_to_num(count)
            seen |= np.isfinite(count)
            whole &= np.isfinite(count).any(axis=0)
        return np.where(seen & whole, total, np.nan)


@dataclass(frozen=True)
class UnitCosts:
    """Unit costs of one function.

    Attributes:
        values: (municipalities, years) DKK 1,000 per weighted recipient (or per inhabitant), in
            fixed prices; NaN where nothing can be said.
        own: (municipalities, years) how much of it rests on the municipality's own numbers.
    """

    values: Floats
    own: Floats


def observed(ground: Ground, function: mapping.Function, years: list[int], base: int) -> UnitCosts:
    """Return a function's observed unit costs in prices of `base`, small ones drawn to similar."""
    money = np.stack(
        [ground.accounts.array("gross", ground.codes, [function.code], y)[:, 0] for y in years],
        axis=1,
    )
    fixed = money * (1 - function.remainder) / ground.prices.index(years, base)[None, :]
    weight = ground.weight(function, years)
    scale = np.mean([use.weight for use in ground.uses(function).values()] or [1.0])
    persons = weight / scale
    groups = [areas.get(code).group for code in ground.codes]
    values, own = pooled(fixed, persons, groups)
    values = np.where(np.isfinite(weight), values / scale, np.nan)
    return UnitCosts(np.where(values > 0, values, np.nan), own)


def pooled(money: Floats, persons: Floats, groups: list[str]) -> tuple[Floats, Floats]:
    """Return cost per person, small ones drawn toward the group's, and the own share.

    The own share is Bühlmann and Straub's credibility n / (n + k): k persons are needed before a
    municipality's own figure counts as much as its group's. It is estimated from how much unit
    costs differ between municipalities and how much they move within one.

    Args:
        money: (n, years).
        persons: (n, years), NaN where not known.
        groups: the group of comparable municipalities of each row.
    """
    known = np.isfinite(persons) & (persons >= EMPTY) & (money > 0)
    ratio = np.divide(money, persons, out=np.full(money.shape, np.nan), where=known)
    believed = _needed(ratio, np.where(known, persons, 0.0))
    size = np.where(np.isfinite(persons), np.maximum(persons, 0.0), 0.0)
    own = size / (size + believed)
    center = _group_means(money, np.where(known, persons, 0.0), groups)
    mixed = own * np.where(known, ratio, 0.0) + (1 - own) * center
    small = (size < SMALL) & np.isfinite(persons)
    values = np.where(small, np.where(known, mixed, center), ratio)
    return values, np.where(small & ~known, 0.0, own)


def _needed(ratio: Floats, persons: Floats) -> float:
    """Return k: the variance within municipalities per person, divided by that between them."""
    weight = np.where(np.isfinite(ratio), persons, 0.0)
    value = np.where(np.isfinite(ratio), ratio, 0.0)
    size = weight.sum(axis=1)
    rows = (weight > 0).sum(axis=1) > 1
    if rows.sum() < 3:
        return SMALL
    mean = (weight * value).sum(axis=1)[rows] / size[rows]
    free = ((weight[rows] > 0).sum(axis=1) - 1).sum()
    within = float((weight[rows] * (value[rows] - mean[:, None]) ** 2).sum() / free)
    center = float((size[rows] * mean).sum() / size[rows].sum())
    total = size[rows].sum()
    between = float((size[rows] * (mean - center) ** 2).sum() - (rows.sum() - 1) * within)
    between /= float(total - (size[rows] ** 2).sum() / total)
    return float(np.clip(within / between, 0.1, 1e3)) if between > 0 else 1e3


def _group_means(money: Floats, persons: Floats, groups: list[str]) -> Floats:
    """Return (n, years) cost per person of each row's group; of all where the group has none."""
    paid = np.where(persons > 0, money, 0.0)
    everyone = ratio(paid.sum(axis=0), persons.sum(axis=0))
    means = np.empty_like(paid)
    names = np.array(groups)
    for group in sorted(set(groups)):
        mine = names == group
        own = ratio(paid[mine].sum(axis=0), persons[mine].sum(axis=0))
        means[mine] = np.where(np.isfinite(own), own, everyone)
    return means


def ratio(above: Floats, below: Floats) -> Floats:
    """Return a ratio; NaN where there is nothing to divide by."""
    found = np.full(above.shape, np.nan)
    np.divide(above, below, out=found, where=below > 0)
    return found
