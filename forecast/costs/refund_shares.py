"""Refund shares: how much of each function's expenditure the state refunds, year by year.

A function's own share is the mean of its last three accounts, since one dear case moves a single
year. For functions of dear cases it then follows the case-cost distribution: as costs grow
against the thresholds of the year, a larger part of them lies above. A municipality with own
cases follows these instead, person by person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from forecast.costs import mapping, own_cases, shapes
from forecast.costs.accounts import Accounts
from forecast.costs.mapping import Function
from forecast.costs.shapes import Shape
from forecast.costs.state import State
from forecast.costs.thresholds import Thresholds

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
YEARS = 3  # accounts years that a municipality's own share is the mean of
MOST = 0.75  # the highest share that the law knows


@dataclass(frozen=True)
class Rules:
    """What the refund of later years follows from.

    Attributes:
        accounts: what was refunded.
        limits: thresholds by year.
        spread: shape of case costs by group.
        cases: own single cases, None without any.
    """

    accounts: Accounts
    limits: Thresholds
    spread: Mapping[str, Shape]
    cases: pd.DataFrame | None = None


def project(state: State, rules: Rules) -> tuple[dict[str, Floats], list[dict[str, Any]]]:
    """Return by function (municipalities, years, draws) the share refunded, and notes.

    A year without thresholds has its refund of dear cases left out, and a note says so.
    """
    found = {}
    for code, function in mapping.table().items():
        own = _own(rules.accounts, state, code)[:, None, None]
        if function.refund != "cases":
            found[code] = own
            continue
        means, start = mean_costs(state, function)
        change = _change(state, function, rules, means, start)
        if start > 0:
            change = _by_own_cases(state, function, rules, change, means / start)
        found[code] = np.clip(own * change, 0.0, MOST)
    return found, _notes(state, rules)


def _own(accounts: Accounts, state: State, code: str) -> Floats:
    """Return (municipalities,) share refunded in the last accounts."""
    years = range(state.base.year - YEARS + 1, state.base.year + 1)
    gross, refund = (
        sum(accounts.array(amount, state.base.codes, [code], year)[:, 0] for year in years)
        for amount in ("gross", "refund")
    )
    share = np.zeros(len(state.base.codes))
    np.divide(refund, gross, out=share, where=np.asarray(gross) > 0)
    return np.clip(share, 0.0, MOST)


def _change(state: State, function: Function, rules: Rules, means: Floats, start: float) -> Floats:
    """Return (1, years, draws) by what the share changes as costs grow against thresholds."""
    group, base, limits = function.cases or function.group, state.base, rules.limits
    shape = rules.spread[group]
    change = np.zeros((1, len(state.years), means.shape[1]))
    if not limits.has(group, base.year) or start <= 0:
        return change
    then = shapes.refunded(np.array([start]), limits.get(group, base.year), shape)[0]
    for i, year in enumerate(state.years):
        if limits.has(group, year) and then > 0:
            now = shapes.refunded(means[i], limits.get(group, year), shape)
            change[0, i] = now / then
    return change


def _by_own_cases(
    state: State, function: Function, rules: Rules, change: Floats, growth: Floats
) -> Floats:
    """Return (municipalities, years, draws) where those with own cases follow their own."""
    if rules.cases is None:
        return change
    group, base, limits = function.cases or function.group, state.base, rules.limits
    mine = rules.cases[rules.cases["period"].astype(int) == base.year]
    if mine.empty or not limits.has(group, base.year):
        return change
    found = np.repeat(change, len(base.codes), axis=0)
    for area, cases in mine.groupby("area"):
        for i, year in enumerate(state.years):
            if str(area) not in base.codes or not limits.has(group, year):
                continue
            steps = limits.get(group, base.year), limits.get(group, year)
            own = own_cases.change(cases, function, steps, growth[i])
            if own is not None:
                found[base.codes.index(str(area)), i] = own
    return found


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


def _notes(state: State, rules: Rules) -> list[dict[str, Any]]:
    limits = rules.limits
    line = [state.base.year, *state.years]
    groups = sorted(rules.spread)
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
    sources = {group: rules.spread[group].source for group in groups}
    notes.append({"code": "case_costs", "params": sources})
    return notes


def _status(limits: Thresholds, groups: list[str], year: int, status: str) -> bool:
    held = [limits.get(g, year) for g in groups if limits.has(g, year)]
    return any(rule.status == status for rule in held)
