"""Growth: the bridge from the last accounts to each projected year, line by line, in every draw.

A line's expenditure is P × A × R × M × U × X: population, age mix, rate, service mix (the line's
share of all recipients that the same model forecasts), unit cost and price. Its refund is a term
of its own, and so is every adjustment. The terms sum to the growth of net expenditure in current
prices exactly; they account for it and do not prove a cause.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.costs import mapping, volumes
from forecast.costs.bridge import shapley
from forecast.costs.mapping import REMAINDER, Function
from forecast.costs.state import State

Floats = NDArray[np.float64]
FACTORS = ("population", "age_mix", "rate", "service_mix", "unit_cost", "price")


def line_terms(state: State, function: Function, service: str) -> dict[str, Floats]:
    """Return each term's part in the growth of one line, (municipalities, years, draws).

    The state is one without adjustments: what they add is measured beside it.
    """
    before, after = _factors(state, function, service)
    shape = state.shape
    parts = {
        name: np.broadcast_to(part, shape)
        for name, part in zip(FACTORS, shapley(before, after), strict=True)
    }
    grown = state.refund(function, service)
    refunded = state.base.line_refund(function, service)[:, None, None]
    return {**parts, "refund": np.broadcast_to(refunded - grown, shape)}


def start(state: State, function: Function, service: str) -> Floats:
    """Return (municipalities,) net expenditure of a line in the last accounts year."""
    base = state.base
    return base.line(function, service) - base.line_refund(function, service)


def _factors(state: State, function: Function, service: str) -> tuple[list[Floats], list[Floats]]:
    base, one = state.base, np.ones((1, 1, 1))
    price = state.index[None]
    unit = state.unit(function, service)
    if service == REMAINDER:
        people = base.people[function.population][:, None, None]
        paid = base.line(function, service)[:, None, None] / people
        now = state.persons(function.population)
        return [people, one, one, one, paid, one], [now, one, one, one, unit, price]
    use = function.services[service]
    people, people_now, age = _people(state, service)
    all_before, all_now = _all_services(state, use.model)
    volume = (base.share(use) * base.volumes[service])[:, None, None]
    paid = (use.weight * base.units[function.code])[:, None, None]
    before = [people, one, all_before / people, _part(volume, all_before), paid, one]
    rate = all_now / (people_now * age)
    mix = _part(state.volume(function, service), all_now)
    return before, [people_now, age, rate, mix, unit, price]


def _people(state: State, service: str) -> tuple[Floats, Floats, Floats]:
    """Return population before and now, and the effect of its age composition."""
    ages = volumes.age_of(service)
    people = state.base.people[ages][:, None, None]
    return people, state.persons(ages), state.age_mix[service][:, :, None]


def _all_services(state: State, model: str) -> tuple[Floats, Floats]:
    """Return recipients of all services that a model forecasts, before and now."""
    mine = sorted(
        {
            service
            for function in mapping.table().values()
            for service, use in function.services.items()
            if use.model == model and service in state.volumes
        }
    )
    before = sum((state.base.volumes[s] for s in mine), np.zeros(len(state.base.codes)))
    now = sum((state.volumes[s] for s in mine[1:]), state.volumes[mine[0]])
    return before[:, None, None], now


def _part(some: Floats, whole: Floats) -> Floats:
    """Return a share of a whole; nothing is no share of nothing."""
    shape = np.broadcast_shapes(some.shape, whole.shape)
    found = np.zeros(shape)
    np.divide(some, whole, out=found, where=np.broadcast_to(whole > 0, shape))
    return found
