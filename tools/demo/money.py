"""Costs behind the accounts: recipients × unit cost, summed to functions, held to the nation's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.demo import prices
from tools.demo.adults import Adults
from tools.demo.children import END, START, YEARS, Children
from tools.demo.people import People
from tools.demo.series import Floats, ar1, smooth

if TYPE_CHECKING:
    from tools.demo.world import World

HOME = {"s85_home", "preventive", "s82ab", "s82c", "s85a", "s117a", "s95_96"}


@dataclass(frozen=True)
class Money:
    """Net operating cost before refund, DKK 1,000, (98, years 2010-2026).

    Attributes:
        services: by service, prices of the fixed price year.
        functions: by account function, prices of the fixed price year.
        index: price level of each year relative to the fixed price year.
    """

    services: dict[str, Floats]
    functions: dict[str, Floats]
    index: Floats

    @classmethod
    def of(cls, world: World) -> Money:
        """Return the costs of a Denmark."""
        return world.once(make)

    def current(self, function: str) -> Floats:
        """Return a function's cost in each year's own prices."""
        return self.functions[function] * self.index


def is_child(function: str) -> bool:
    """Say whether a function is for children and young people."""
    return function.startswith("5.28")


def make(world: World) -> Money:
    """Cost every service, add the rest, and scale adults and children to their known totals."""
    services = {name: service_cost(world, name) for name in world.parameters["unit_cost"]}
    functions = {
        function: np.sum([services[s] for s in names], axis=0)
        for function, names in world.parameters["function"].items()
    }
    functions |= {f: remainder(world, f) for f in world.parameters["remainder"]}
    for child in (False, True):
        factor = to_nation(
            world, {f: v for f, v in functions.items() if is_child(f) == child}, child
        )
        for function, names in world.parameters["function"].items():
            if is_child(function) == child:
                services |= {name: services[name] * factor for name in names}
        functions |= {f: v * factor for f, v in functions.items() if is_child(f) == child}
    return Money(services, functions, index(world))


def index(world: World) -> Floats:
    """Return the price level of each year relative to the fixed price year."""
    overall = prices.levels(world)["overall"]
    base = overall[prices.position(world, world.parameters["money"]["price_year"])]
    at = [prices.position(world, year) for year in YEARS]
    return np.asarray(overall[at] / base)


def to_nation(world: World, functions: dict[str, Floats], child: bool) -> Floats:
    """Return the factor of each year that brings functions to the nation's known total."""
    path = world.parameters["money"]["children_bn" if child else "adults_bn"]
    return np.asarray(smooth(path, YEARS) * 1e6 / np.sum(list(functions.values()), axis=(0, 1)))


def counts(world: World, service: str) -> Floats:
    """Return yearly recipients of a service, (98, years)."""
    if service in Adults.of(world).services:
        return Adults.of(world).yearly(service)
    children = Children.of(world)
    return children.places.get(service, children.counts.get(service, np.zeros(0)))


def service_cost(world: World, service: str) -> Floats:
    """Return recipients × unit cost with the noise of an account cell."""
    p, rng = world.parameters["money"], world.rng("cost", service)
    number = counts(world, service)
    noise = rng.normal(0, 1, number.shape) * (p["cell_sd"] * world.size_factor**2)[:, None]
    return np.asarray(number * unit_cost(world, service) * np.exp(noise))


def unit_cost(world: World, service: str) -> Floats:
    """Return DKK 1,000 a recipient: the nation's path, a local level and slow local change."""
    p, rng = world.parameters["money"], world.rng("unit", service)
    base, growth = world.parameters["unit_cost"][service]
    level = rng.normal(0, p["home_level_sd" if service in HOME else "level_sd"], (98, 1))
    change = ar1(rng, (98, len(YEARS)), p["change_rho"], p["change_sd"] * world.size_factor)
    nation = base * np.exp(growth * (np.arange(START, END + 1) - 2021))
    return np.asarray(nation * np.exp(level + change))


def remainder(world: World, function: str) -> Floats:
    """Return the cost of a function without a service of its own: by population, with a trend."""
    amount, ages, growth = world.parameters["remainder"][function]
    rng = world.rng("remainder", function)
    local = rng.normal(0, 0.25, (98, 1)) + ar1(rng, (98, len(YEARS)), 0.7, 0.15 * world.size_factor)
    trend = np.exp(growth * (np.array(YEARS) - 2021))
    return np.asarray(People.of(world).over(YEARS, ages) * amount / 1000 * trend * np.exp(local))
