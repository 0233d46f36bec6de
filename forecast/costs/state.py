"""State: everything that cost is worked out from, in every draw, and the cost that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from forecast.costs import mapping, volumes
from forecast.costs.mapping import REMAINDER, Function

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Base:
    """The last accounts year, which growth is measured from.

    Attributes:
        codes: the municipalities, in the order of all arrays.
        year: the last accounts year; its prices are those of all unit costs.
        gross: function → (municipalities,) net operating expenditure before refund, DKK 1,000.
        refund: function → (municipalities,) refund.
        volumes: service → (municipalities,) recipients.
        people: ages → (municipalities,) persons.
        units: function → (municipalities,) cost per weighted recipient (per inhabitant without
            a service); 0 where all of the function is remainder.
        places: share of placements by kind of place.
    """

    codes: list[str]
    year: int
    gross: Mapping[str, Floats]
    refund: Mapping[str, Floats]
    volumes: Mapping[str, Floats]
    people: Mapping[str, Floats]
    units: Mapping[str, Floats]
    places: Mapping[str, Floats]

    def uses(self, function: Function) -> dict[str, mapping.Use]:
        """Return the services on a function that are forecast."""
        return {s: use for s, use in function.services.items() if s in self.volumes}

    def share(self, use: mapping.Use) -> Floats:
        """Return (municipalities,) share of a service's recipients paid on the function."""
        return volumes.share(use, self.places, len(self.codes))

    def remainder(self, function: Function) -> Floats:
        """Return (municipalities,) what is on the function but on no service."""
        on_services = np.zeros(len(self.codes))
        for service, use in self.uses(function).items():
            on_services += self._on(function, service, use)
        return self.gross[function.code] - on_services

    def line(self, function: Function, service: str) -> Floats:
        """Return (municipalities,) expenditure of one line of a function."""
        if service == REMAINDER:
            return self.remainder(function)
        return self._on(function, service, function.services[service])

    def line_refund(self, function: Function, service: str) -> Floats:
        """Return (municipalities,) refund of one line; the lines sum to the function's."""
        gross = self.gross[function.code]
        if service != REMAINDER:
            rate = _safe_ratio(self.refund[function.code], gross)
            return rate * self.line(function, service)
        others = [self.line_refund(function, s) for s in self.uses(function)]
        return self.refund[function.code] - sum(others, np.zeros_like(gross))

    def _on(self, function: Function, service: str, use: mapping.Use) -> Floats:
        unit = use.weight * self.units[function.code]
        return unit * self.share(use) * self.volumes[service]


@dataclass(frozen=True)
class Extra:
    """Money that an adjustment adds to a function: (municipalities, years, draws or 1).

    `gross` is in prices of the base year; `refund` is the share of it that is refunded.
    """

    function: str
    gross: Floats
    refund: Floats


@dataclass(frozen=True)
class State:
    """What is expected: arrays (municipalities, years, draws), draw s the same future in all.

    Attributes:
        base: the year growth is measured from.
        years: the projected years.
        volumes: service → recipients.
        people: ages → (municipalities, years) persons.
        age_mix: service → (municipalities, years) effect of the age composition, base = 1.
        units: function → cost per weighted recipient (per inhabitant), base year's prices.
        index: (years, draws) price level, base year = 1.
        refunds: function → (municipalities, years, draws) share of expenditure refunded.
        factors: (function, service) → factor on that line's unit cost, 1 where absent.
        extras: money added by adjustments.
        strays: ages → (municipalities, years, draws) factor by which people depart from their
            projection; none where absent.
        carried: function → (municipalities, years, draws) factor by which the remainder per
            inhabitant departs from today's; none where absent.
    """

    base: Base
    years: list[int]
    volumes: Mapping[str, Floats]
    people: Mapping[str, Floats]
    age_mix: Mapping[str, Floats]
    units: Mapping[str, Floats]
    index: Floats
    refunds: Mapping[str, Floats]
    factors: Mapping[tuple[str, str], Floats] = field(default_factory=dict)
    extras: tuple[Extra, ...] = ()
    strays: Mapping[str, Floats] = field(default_factory=dict)
    carried: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many draws."""
        return int(self.index.shape[1])

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many municipalities, years and draws."""
        return len(self.base.codes), len(self.years), self.size

    def functions(self) -> dict[str, Function]:
        """Return the functions that hold money, in the accounts or by an adjustment."""
        added = {extra.function for extra in self.extras}
        base = self.base
        return {
            code: function
            for code, function in mapping.table().items()
            if code in added or np.any(base.gross[code]) or np.any(base.refund[code])
        }

    def lines(self, function: Function) -> list[str]:
        """Return the lines of a function: its forecast services, and what is on none."""
        return [*self.base.uses(function), REMAINDER]

    def persons(self, ages: str) -> Floats:
        """Return the people of an age range, (municipalities, years, draws or 1)."""
        return self.people[ages][:, :, None] * self.strays.get(ages, np.ones((1, 1, 1)))

    def volume(self, function: Function, service: str) -> Floats:
        """Return recipients of a line; inhabitants for the remainder."""
        if service == REMAINDER:
            return self.persons(function.population)
        use = function.services[service]
        return self.base.share(use)[:, None, None] * self.volumes[service]

    def unit(self, function: Function, service: str) -> Floats:
        """Return the line's unit cost in the base year's prices."""
        if service != REMAINDER:
            use = function.services[service]
            factor = self.factors.get((function.code, service))
            unit = use.weight * self.units[function.code]
            return unit if factor is None else unit * factor
        factor = self.factors.get((function.code, REMAINDER), np.ones(1))
        per_head = self.base.remainder(function) / self.base.people[function.population]
        strays = self.carried.get(function.code, np.ones((1, len(self.years), 1)))
        flat = per_head[:, None, None] * strays
        if self.base.uses(function):
            return flat * factor
        known = (self.base.units[function.code] > 0)[:, None, None]
        return np.where(known, self.units[function.code], flat) * factor

    def gross(self, function: Function, service: str) -> Floats:
        """Return expenditure of a line before refund, in current prices."""
        real = self.volume(function, service) * self.unit(function, service)
        extra = self.extra(function, service)
        return (real + extra) * self.index[None]

    def extra(self, function: Function, service: str) -> Floats:
        """Return what adjustments add to a line, in the base year's prices."""
        total = np.zeros((1, 1, 1))
        for extra in self.extras:
            if extra.function == function.code and service == REMAINDER:
                total = total + extra.gross
        return total

    def refund(self, function: Function, service: str) -> Floats:
        """Return the refund of a line, in current prices."""
        real = self.volume(function, service) * self.unit(function, service)
        total = real * self.refunds[function.code]
        for extra in self.extras:
            if extra.function == function.code and service == REMAINDER:
                total = total + extra.gross * extra.refund
        return total * self.index[None]

    def net(self, function: Function) -> Floats:
        """Return a function's expenditure net of refund, in current prices."""
        lines = self.lines(function)
        parts = [self.gross(function, line) - self.refund(function, line) for line in lines]
        return sum(parts[1:], parts[0])

    def changed(self, **parts: object) -> State:
        """Return the state with some of its parts replaced."""
        return replace(self, **parts)  # type: ignore[arg-type]  # the fields' own types


def _safe_ratio(above: Floats, below: Floats) -> Floats:
    found = np.zeros(np.broadcast_shapes(above.shape, below.shape))
    np.divide(above, below, out=found, where=below != 0)
    return found
