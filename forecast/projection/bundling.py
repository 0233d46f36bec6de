"""Bundling: the tables and metadata of a projection, from its demand and its states of cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from forecast import areas, specs
from forecast.bundle import Bundle, empty, listing
from forecast.costs import (
    frame,
    groups,
    ledger,
    peers,
    price_volume,
    sales,
    tables,
    tail,
    thresholds,
    volumes,
)
from forecast.costs.ledger import Shelf
from forecast.costs.state import State
from forecast.costs.tables import Level
from forecast.draws import Draws
from forecast.projection import demand, demandtables, provenance, shares, sharetrials

if TYPE_CHECKING:
    import pandas as pd

    from forecast.costs.adjustments import AdjustmentFile
    from forecast.costs.unit_costs import Ground
    from forecast.projection.costing import Costing, Ledgers
    from forecast.projection.demand import Loaded
    from forecast.projection.prepared import Prepared
    from forecast.vintages import Vintage

Floats = NDArray[np.float64]
States = list[tuple[str, State]]


def build(prepared: Prepared, states: States, files: Sequence[AdjustmentFile]) -> Bundle:
    """Return the bundle of a projection.

    Args:
        prepared: demand and, where it can be had, cost.
        states: the state of cost without adjustments and after each; empty without cost.
        files: the adjustments, for the record.
    """
    shift = _shift(states)
    frames = _demand_frames(prepared, shift)
    futures = _demand_draws(prepared, shift)
    meta = provenance.of(prepared, files)
    if prepared.costing is not None:
        money = _cost(prepared, states, prepared.costing)
        frames |= money.frames
        futures |= money.draws
        meta["notes"] += money.notes
        meta["vintages"] = provenance.vintages_of(
            (*prepared.costing.ledgers.used, *money.used),
            meta["vintages"],
            provenance.asked_at(prepared),
        )
        provenance.mark_synthetic(meta)
    bundle = Bundle(meta, frames, futures)
    if prepared.costing is not None:
        frames["misses"] = ledger.misses(_earlier(prepared), bundle)
    return bundle


def _demand_frames(prepared: Prepared, shift: Mapping[str, Floats]) -> dict[str, pd.DataFrame]:
    import pandas as pd

    models = prepared.demands.values()
    told = [d for d in models if shares.told(d, prepared.people)]
    every = list(prepared.models.values())
    scores = [m.trained.scores.assign(model=m.name) for m in every]
    scores += [_tried(prepared, d) for d in told]
    weights = [m.trained.weights.assign(model=m.name) for m in every]
    return {
        "history": pd.concat(
            [
                *(demandtables.history(d.model) for d in models),
                *(shares.history(d, prepared.people) for d in told),
            ],
            ignore_index=True,
        ),
        "demand": pd.concat(
            [
                *(demandtables.table(d, _own_shift(d, shift)) for d in models),
                *(shares.table(d, prepared.people) for d in told),
            ],
            ignore_index=True,
        ),
        "population": prepared.people.table,
        "accuracy": pd.concat(scores, ignore_index=True),
        "weights": pd.concat(weights, ignore_index=True),
        "backtest": pd.concat([_backtest(m) for m in every], ignore_index=True),
    }


def _tried(prepared: Prepared, share: demand.Demand) -> pd.DataFrame:
    """Return how shares of regions and the nation were foretold; nothing without a model's file."""
    if share.model.name not in specs.paths("models", prepared.workspace):
        return empty("accuracy")
    dataset = specs.model(share.model.name, prepared.workspace).data
    return sharetrials.table(share, prepared.people, dataset)


def _backtest(model: Loaded) -> pd.DataFrame:
    """Return what the combination said from past origins, with empty labels where it has none."""
    found = model.trained.backtest
    if found.empty:  # too short a history for a past origin
        return empty("backtest")
    kept = found[found["method"] == "combination"].assign(model=model.name)
    if "function" in kept and "service" not in kept:
        kept = kept.assign(service=kept["function"])
    for column in ("area", "service", "age"):
        if column not in kept:
            kept[column] = ""
    return kept


def _shift(states: States) -> dict[str, Floats]:
    """Return by service what all adjustments together do to recipients, (municipalities, …)."""
    if len(states) < 2:
        return {}
    before, after = states[0][1].volumes, states[-1][1].volumes
    changed = [service for service in before if after[service] is not before[service]]
    found = {}
    for service in changed:
        ratio = np.ones(np.broadcast_shapes(before[service].shape, after[service].shape))
        np.divide(after[service], before[service], out=ratio, where=before[service] > 0)
        found[service] = ratio
    return found


def _own_shift(futures: demand.Demand, shift: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the shift in the order of a model's own series and years."""
    keys = futures.native.keys
    found = {}
    codes = areas.municipalities()
    for service, ratio in shift.items():
        mask = volumes.rows_of(keys, service)
        named = "service" not in keys or mask.any()
        owners = [str(a) for a in keys.loc[mask, "area"]]
        if named and len(owners) and set(owners) <= set(codes):
            found[service] = ratio[[codes.index(owner) for owner in owners]]
    return found


def _demand_draws(prepared: Prepared, shift: Mapping[str, Floats]) -> dict[str, Draws]:
    """Return the yearly draws of every model, adjustments included."""
    found = {}
    for name, futures in prepared.demands.items():
        keys = futures.years.keys
        values = futures.years.values.astype(np.float64)
        for service, ratio in _own_shift(futures, shift).items():
            mask = volumes.rows_of(keys, service)
            values[mask] = values[mask] * ratio[:, -values.shape[1] :]
        kept = [c for c in ("area", "service", "age") if c in keys]
        found[f"demand.{name}"] = Draws(
            values.astype(np.float32),
            keys[kept],
            futures.years.periods,
            futures.years.measure,
            futures.years.additive,
        )
    return found


@dataclass(frozen=True)
class _Costed:
    """The part of a bundle that is on money.

    Attributes:
        frames: its tables.
        draws: gross and refund, draw by draw.
        used: vintages that were read for it alone.
        notes: what a reader must know, by code.
    """

    frames: dict[str, pd.DataFrame]
    draws: dict[str, Draws]
    used: tuple[Vintage, ...]
    notes: list[dict[str, Any]]


def _cost(prepared: Prepared, states: States, costing: Costing) -> _Costed:
    ledgers, last = costing.ledgers, states[-1][1]
    level = prepared.level
    sums = tables.totals(last)
    people = costing.ground.population("", [last.base.year])[:, 0]
    pressure, used, notes = _pressure(prepared, last, sums, people)
    frames = {
        "cost": _money(prepared, states, sums),
        "bridge": tables.bridge(states),
        **_kept(Shelf(ledgers.accounts, ledgers.budgets, _earlier(prepared))),
        "cases": tail.table(
            last, tail.Ground(level, ledgers.limits, ledgers.shapes, prepared.seed)
        ),
        "frame": pressure,
        "groups": groups.table(last, sums, level),
        **_compared(states[0][1], costing.ground, level),
        "volumes": price_volume.table(costing.ground, last, level),
        "thresholds": thresholds.table(ledgers.limits),
        "prices": ledgers.prices.table(prepared.budget_year),
    }
    draws = {f"cost.{part}": sums.draws(last, part) for part in ("gross", "refund")}
    return _Costed(frames, draws, used, [*ledgers.notes, *notes])


def _money(prepared: Prepared, states: States, sums: tables.Totals) -> pd.DataFrame:
    """Return the table of cost: what is projected, what is sold, what was booked."""
    import pandas as pd

    ledgers, level = prepared.costed.ledgers, prepared.level
    plain, last = states[0][1], states[-1][1]
    # no adjustment changes what is sold
    before = sums if len(states) == 1 else tables.totals(plain)
    sold = sales.project(plain, before, ledgers.accounts, prepared.seed)
    parts = [tables.forecast(last, sums, level), sales.table(last, sums, sold, level)]
    return pd.concat([*parts, _booked(ledgers, level)], ignore_index=True)


def _pressure(
    prepared: Prepared, last: State, sums: tables.Totals, people: Floats
) -> tuple[pd.DataFrame, tuple[Vintage, ...], list[dict[str, Any]]]:
    """Return the table of the service frame, what was read for it, and what to note."""
    level, year = prepared.level, prepared.budget_year
    lift, used = frame.lifts(prepared.workspace, prepared.asked.get("known_at"))
    given = prepared.asked.get("lift")
    if given is not None:
        lift[year] = given
    ground = frame.Ground(lift, prepared.costed.ledgers.budgets, level, year, people)
    table = frame.table(last, frame.spending(last, sums, level), ground)
    stands_for = frame.assumed(lift, year)
    if stands_for is None:
        return table, used, []
    params = {"year": year, "from": stands_for}
    return table, used, [{"code": "lift_assumed", "params": params}]


def _kept(shelf: Shelf) -> dict[str, pd.DataFrame]:
    """Return the ledger and how budgets and forecasts in it have missed."""
    said = ledger.table(shelf)
    return {"ledger": said, "bias": ledger.bias(said)}


def _compared(plain: State, ground: Ground, level: Level) -> dict[str, pd.DataFrame]:
    """Return each municipality's peers, and how it stands beside them."""
    near = peers.nearest(plain.base.codes, peers.features(ground.population, plain.base.year))
    return {"peers": near, "comparison": peers.comparison(plain, near, level)}


def _booked(ledgers: Ledgers, level: Level) -> pd.DataFrame:
    import pandas as pd

    parts = []
    for series, books in (("accounts", ledgers.accounts), ("budget", ledgers.budgets)):
        if books is not None:
            held = set(ledgers.prices.growth["total"])
            years = sorted({int(y) for y in books.table["year"]} & held)
            parts.append(tables.past(books, series, level, years))
    return pd.concat(parts, ignore_index=True)


def _earlier(prepared: Prepared) -> list[Bundle]:
    """Return earlier bundles of the workspace that projected cost, the oldest first."""
    year = prepared.state.base.year
    kept = [
        meta
        for meta in listing(prepared.workspace)
        if meta.get("cost_included") and int(meta["last_accounts_year"]) < year
    ]
    return [Bundle.read(prepared.workspace.bundles / str(meta["id"])) for meta in kept]
