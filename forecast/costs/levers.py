"""Levers: what each kind of adjustment does to the state that cost follows from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from forecast.costs import mapping, refunds
from forecast.costs.prices import Prices
from forecast.costs.state import Extra, State
from forecast.costs.thresholds import Thresholds
from forecast.errors import ProjectionError
from forecast.seeds import generator

if TYPE_CHECKING:
    from forecast.costs.adjustments import Adjustment

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ground:
    """What levers need beside the state.

    Attributes:
        seed: seed of the run.
        prices: the price estimate in use.
        limits: refund thresholds.
        estimate: reads another price estimate by its date.
    """

    seed: int
    prices: Prices
    limits: Thresholds
    estimate: Callable[[str], Prices]


def apply(state: State, adjustment: Adjustment, ground: Ground) -> State:
    """Return the state as it is with one adjustment more.

    Raises:
        ProjectionError: what the adjustment concerns is not in the projection.
    """
    if adjustment.lever in _VOLUME:
        return _volume(state, adjustment, ground)
    other: dict[str, Callable[[State, Adjustment, Ground], State]] = {
        "service_mix": _service_mix,
        "unit_cost": _unit_cost,
        "takst": _takst,
        "population": _population,
        "price_vintage": _price_vintage,
    }
    return other.get(adjustment.lever, _amount)(state, adjustment, ground)


def _size(adjustment: Adjustment, ground: Ground, draws: int) -> Floats:
    """Return (draws,) how much of the adjustment comes: 1 where it is certain."""
    rng = generator(ground.seed, "adjustment", adjustment.name)
    comes = rng.random(draws) < adjustment.probability
    spread = np.maximum(1 + adjustment.uncertain * rng.standard_normal(draws), 0.0)
    return np.where(comes, spread, 0.0)


def _where(state: State, adjustment: Adjustment) -> Floats:
    """Return (municipalities, 1, 1): 1 where the adjustment holds."""
    inside = set(adjustment.codes())
    return np.array([float(c in inside) for c in state.base.codes])[:, None, None]


def _served(state: State, service: str) -> Floats:
    if service not in state.volumes:
        raise ProjectionError(
            f"{service} is not in the projection (there are: {', '.join(sorted(state.volumes))}); "
            "train its model or leave the adjustment out"
        )
    return state.volumes[service]


def _rate(state: State, adjustment: Adjustment, size: Floats) -> Floats:
    held = adjustment.active(state.years)[:, None]
    return 1 + adjustment.change * held * size


def _inflow(state: State, adjustment: Adjustment, size: Floats) -> Floats:
    """A stock whose inflow changes turns over at the speed at which people leave it.

    When the inflow is as before again, it turns back at the same speed.
    """
    held, over = adjustment.run(state.years, 0.5)
    turned = (1 - adjustment.stay**held) * adjustment.stay**over
    return 1 + adjustment.change * turned[:, None] * size


def _length_of_stay(state: State, adjustment: Adjustment, size: Floats) -> Floats:
    held = adjustment.active(state.years)[:, None]
    change = np.maximum(1 + adjustment.change * size * held, 1e-9)
    return np.asarray(change**adjustment.effect, dtype=np.float64)


_VOLUME: dict[str, Callable[[State, Any, Floats], Floats]] = {
    "rate": _rate,
    "inflow": _inflow,
    "length_of_stay": _length_of_stay,
}


def _volume(state: State, adjustment: Adjustment, ground: Ground) -> State:
    size = _size(adjustment, ground, state.size)
    factor = np.maximum(_VOLUME[adjustment.lever](state, adjustment, size), 0.0)
    old = _served(state, adjustment.service)
    new = old * (1 + _where(state, adjustment) * (factor[None] - 1))
    return state.changed(volumes={**state.volumes, adjustment.service: new})


def _service_mix(state: State, adjustment: Adjustment, ground: Ground) -> State:
    size = _size(adjustment, ground, state.size)
    share = adjustment.move * adjustment.active(state.years)[:, None] * size
    old, to = _served(state, adjustment.service), _served(state, adjustment.to)
    moved = old * _where(state, adjustment) * np.clip(share, 0.0, 1.0)[None]
    new = {adjustment.service: old - moved, adjustment.to: to + adjustment.exchange * moved}
    return state.changed(volumes={**state.volumes, **new})


def _lines(state: State, adjustment: Adjustment) -> list[tuple[str, str]]:
    """Return (function, line) of what a unit cost is changed for."""
    found = [
        (code, line)
        for code, function in state.functions().items()
        for line in state.lines(function)
        if adjustment.function in ("", code) and adjustment.service in ("", line)
    ]
    if not found:
        raise ProjectionError(
            f"adjustment {adjustment.name}: {adjustment.service or 'nothing'} is not on function "
            f"{adjustment.function or 'any'} in this projection"
        )
    return found


def _unit_cost(state: State, adjustment: Adjustment, ground: Ground) -> State:
    size = _size(adjustment, ground, state.size)
    factor = 1 + adjustment.change * adjustment.active(state.years)[:, None] * size
    new = 1 + _where(state, adjustment) * (np.maximum(factor, 0.0)[None] - 1)
    factors = dict(state.factors)
    for line in _lines(state, adjustment):
        factors[line] = factors.get(line, np.ones(1)) * new
    return state.changed(factors=factors)


def _takst(state: State, adjustment: Adjustment, ground: Ground) -> State:
    """Put a known price a year in place of the modelled one, and let it hold."""
    level = ground.prices.index([state.base.year], adjustment.price_level)[0]
    takst = adjustment.amount * level
    held = _where(state, adjustment) * adjustment.active(state.years)[None, :, None]
    factors = dict(state.factors)
    functions = state.functions()
    for code, line in _lines(state, adjustment):
        unit = state.unit(functions[code], line)
        ratio = np.ones(np.broadcast_shapes(unit.shape, (1, 1, state.size)))
        np.divide(takst, unit, out=ratio, where=np.broadcast_to(unit > 0, ratio.shape))
        old = factors.get((code, line), np.ones(1))
        factors[code, line] = old * (1 + held * (ratio - 1))
    return state.changed(factors=factors)


def _population(state: State, adjustment: Adjustment, ground: Ground) -> State:
    """Let the population grow faster or slower a year than the projection, at the same rates.

    A year's population is that of its 1 January, as everywhere.
    """
    size = _size(adjustment, ground, state.size)
    years, _ = adjustment.run(state.years, 0.0)
    growth = np.maximum(1 + adjustment.change * size, 1e-9)[None, :] ** years[:, None]
    factor = 1 + _where(state, adjustment) * (growth[None] - 1)
    volumes = {service: old * factor for service, old in state.volumes.items()}
    people = {ages: old * factor.mean(axis=2) for ages, old in state.people.items()}
    return state.changed(volumes=volumes, people=people)


def _price_vintage(state: State, adjustment: Adjustment, ground: Ground) -> State:
    """Put another estimate's growth in place of the one in use, for the years that it holds."""
    other = ground.estimate(adjustment.estimate).growth["total"]
    whole = adjustment.active(list(other)) > 0  # growth is a year's: months are none of it
    told = {year: growth for (year, growth), held in zip(other.items(), whole, strict=True) if held}
    total = {**ground.prices.growth["total"], **told}
    old = ground.prices.index(state.years, state.base.year)
    new = replace(ground.prices, growth={"total": total}).index(state.years, state.base.year)
    return state.changed(index=state.index * (new / old)[:, None])


def _amount(state: State, adjustment: Adjustment, ground: Ground) -> State:
    """Add money to a function, split by population where several municipalities are concerned."""
    level = ground.prices.index([state.base.year], adjustment.price_level)[0]
    function = mapping.get(adjustment.function)
    inside = _where(state, adjustment)[:, :, 0]
    people = state.base.people[function.population][:, None] * inside
    split = people / people.sum()
    held = adjustment.active(state.years)
    size = _size(adjustment, ground, state.size)
    yearly = adjustment.amount * level * held
    gross = (split * yearly[None, :])[:, :, None] * size
    share = np.zeros((len(state.years), 1))
    if adjustment.lever == "known_case":
        share = _case_refund(state, adjustment, ground, size)
    extra = Extra(function.code, gross, share[None])
    return state.changed(extras=(*state.extras, extra))


def _case_refund(state: State, adjustment: Adjustment, ground: Ground, size: Floats) -> Floats:
    """Return (years, draws) the share of one case's cost that is refunded, by what it costs."""
    function = mapping.get(adjustment.function)
    group = function.cases or function.group
    index = ground.prices.index(state.years, adjustment.price_level)
    found = np.zeros((len(state.years), len(size)))
    for i, year in enumerate(state.years):
        cost = adjustment.amount * index[i] * size
        if ground.limits.has(group, year):
            refund = refunds.yearly(cost, ground.limits.get(group, year))
            np.divide(refund, cost, out=found[i], where=cost > 0)
    return found
