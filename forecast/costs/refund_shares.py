"""Refund shares: how much of each function's expenditure the state refunds, year by year.

A function's own share is the mean of its last three accounts, since one dear case moves a single
year. For functions of dear cases it then follows the case-cost distribution: as costs grow
against the thresholds of the year, a larger part of them lies above.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.costs import mapping, shapes
from forecast.costs.accounts import Accounts
from forecast.costs.mapping import Function
from forecast.costs.shapes import Shape
from forecast.costs.state import State
from forecast.costs.thresholds import Thresholds

Floats = NDArray[np.float64]
YEARS = 3  # accounts years that a municipality's own share is the mean of
MOST = 0.75  # the highest share that the law knows


def project(
    state: State, accounts: Accounts, limits: Thresholds, spread: Mapping[str, Shape]
) -> tuple[dict[str, Floats], list[dict[str, Any]]]:
    """Return by function (municipalities, years, draws) the share refunded, and notes.

    A year without thresholds has its refund of dear cases left out, and a note says so.
    """
    found = {}
    for code, function in mapping.table().items():
        own = _own(accounts, state, code)[:, None, None]
        if function.refund != "cases":
            found[code] = own
            continue
        found[code] = np.clip(own * _change(state, function, limits, spread), 0.0, MOST)
    return found, _notes(state, limits, spread)


def _own(accounts: Accounts, state: State, code: str) -> Floats:
    """Return (municipalities,) share refunded in the last accounts."""
    years = range(state.base.year - YEARS + 1, state.base.year + 1)
    where = [([code], year) for year in years]
    gross = sum(accounts.array("gross", state.base.codes, w)[:, 0] for w in where)
    refund = sum(accounts.array("refund", state.base.codes, w)[:, 0] for w in where)
    share = np.zeros(len(state.base.codes))
    np.divide(refund, gross, out=share, where=np.asarray(gross) > 0)
    return np.clip(share, 0.0, MOST)


def _change(
    state: State, function: Function, limits: Thresholds, spread: Mapping[str, Shape]
) -> Floats:
    """Return (1, years, draws) by what the share changes as costs grow against thresholds."""
    group, base = function.cases or function.group, state.base
    means, start = mean_costs(state, function)
    shape = spread[group]
    change = np.zeros((1, len(state.years), means.shape[1]))
    if not limits.has(group, base.year) or start <= 0:
        return change
    then = shapes.refunded(np.array([start]), limits.get(group, base.year), shape)[0]
    for i, year in enumerate(state.years):
        if limits.has(group, year) and then > 0:
            now = shapes.refunded(means[i], limits.get(group, year), shape)
            change[0, i] = now / then
    return change


def mean_costs(state: State, function: Function) -> tuple[Floats, float]:
    """Return (years, draws) national mean cost of a recipient, current prices, and the base's."""
    base = state.base
    gross = base.gross[function.code]
    persons = sum(base.share(use) * base.volumes[s] for s, use in base.uses(function).items())
    count = float(np.sum(persons))
    unit = base.units[function.code]
    held = unit > 0
    weight = gross * held
    if count <= 0 or not held.any():
        return np.zeros((len(state.years), state.size)), 0.0
    start = float(gross.sum()) / count
    ratio = np.where(held[:, None, None], state.units[function.code], 0.0)
    relative = np.tensordot(weight[held] / unit[held], ratio[held], axes=1) / weight.sum()
    return np.asarray(start * relative * state.index, dtype=np.float64), start


def _notes(state: State, limits: Thresholds, spread: Mapping[str, Shape]) -> list[dict[str, Any]]:
    line = [state.base.year, *state.years]
    groups = sorted(spread)
    gaps = [y for y in line if not all(limits.has(group, y) for group in groups)]
    notes: list[dict[str, Any]] = []
    if gaps:
        # without the base year nothing can be compared, so no projected year has a refund
        years = state.years if state.base.year in gaps else gaps
        notes.append({"code": "refund_left_out", "params": {"years": years}})
    for status in ("synthetic", "uprated"):
        years = [y for y in line if _status(limits, groups, y, status)]
        if years:
            notes.append({"code": f"refund_thresholds_{status}", "params": {"years": years}})
    sources = {group: spread[group].source for group in groups}
    notes.append({"code": "case_costs", "params": sources})
    return notes


def _status(limits: Thresholds, groups: list[str], year: int, status: str) -> bool:
    held = [limits.get(g, year) for g in groups if limits.has(g, year)]
    return any(rule.status == status for rule in held)
