"""Accounts and budgets by function, dranst and kind, as they are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tools.demo import frames
from tools.demo.children import YEARS
from tools.demo.money import Money, is_child
from tools.demo.series import Floats, smooth

if TYPE_CHECKING:
    from tools.demo.world import World

KINDS = ["net", "gross", "income"]
LAST_BUDGET = 2026


def accounts(world: World) -> dict[str, pd.DataFrame]:
    """Accounts of published years, and the nation's spending on children by measure."""
    net = {f: Money.of(world).current(f) for f in sorted(Money.of(world).functions)}
    years = list(range(world.parameters["money"]["first_year"], world.last_year + 1))
    frame = frames.long(rows(world, net, years), "expenditure", "accounts")
    return {"regk31": frame, "bu28": children_by_measure(world, years)}


def rows(world: World, net: dict[str, Floats], years: list[int]) -> pd.DataFrame:
    """Return cells by function, dranst and kind, DKK 1,000 in current prices."""
    parts = [
        part
        for function, values in net.items()
        if (span := shown(world, function, years))
        for part in (
            operation(world, function, values, span),
            refund(world, function, values, span),
        )
    ]
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(value=frame["value"].round(), price_unit="current")


def shown(world: World, function: str, years: list[int]) -> list[int]:
    """Return the years in which a function exists in the account plan."""
    p = world.parameters["money"]
    absent = function in p["absent_before_break"]
    return [y for y in years if not (absent and y < p["adult_break"])]


def columns(values: Floats, years: list[int]) -> Floats:
    """Return the columns of some years."""
    return values[:, [YEARS.index(y) for y in years]]


def operation(world: World, function: str, values: Floats, years: list[int]) -> pd.DataFrame:
    """Return net operation, expenses with places bought, and income from places sold."""
    p = world.parameters["money"]
    net = columns(values, years) * old_plan(world, function, years)
    local = np.exp(world.rng("kinds", function).normal(0, 0.15, (98, 1)))
    income = net * world.by_group(p["sale_share"])[:, None] * local
    whole, sold = np.rint(net), np.rint(income)
    keys = {"kind": KINDS, "area": world.codes, "period": [str(y) for y in years]}
    frame = frames.cells(np.stack([whole, whole + sold, sold]), keys)
    return frame.assign(function=function, dranst="1")


def old_plan(world: World, function: str, years: list[int]) -> Floats:
    """Return what the older account plan put on top of an adult function, by year."""
    p = world.parameters["money"]
    old = np.array([not is_child(function) and y < p["adult_break"] for y in years])
    return np.where(old, p["before_break_factor"], 1.0)


def refund(world: World, function: str, values: Floats, years: list[int]) -> pd.DataFrame:
    """Return what the state refunds (negative): half of shelters, a slice of dear single cases."""
    p = world.parameters["money"]
    shelter = function == "5.38.42"
    share = p["shelter_refund"] if shelter else p["case_refund"].get(function, 0.0)
    if not share:
        return pd.DataFrame()
    rng = world.rng("refund", function)
    local = np.ones((98, 1)) if shelter else np.exp(rng.normal(0, 0.25, (98, 1)))
    law = np.where(np.array(years) < 2021, 1.0 if shelter else p["case_refund_before_2021"], 1.0)
    net = columns(values, years) * old_plan(world, function, years)
    keys = {"area": world.codes, "period": [str(y) for y in years]}
    frame = frames.cells(-net * share * local * law, keys)
    return frame.assign(function=function, dranst="2", kind="net")


def children_by_measure(world: World, years: list[int]) -> pd.DataFrame:
    """Return the nation's net spending on children by measure, current prices."""
    names = ["foster", "institution", "opholdssted", "preventive"]
    at = [YEARS.index(y) for y in years]
    money = Money.of(world)
    values = np.stack([(money.services[n] * money.index).sum(axis=0)[at] for n in names])
    keys = {"service": names, "area": ["000"], "period": [str(y) for y in years]}
    frame = frames.cells(values.round(), keys).assign(price_unit="current")
    return frames.long(frame, "expenditure", "children")


def budgets(world: World) -> dict[str, pd.DataFrame]:
    """Budgets as adopted: what was spent two years before, moved on with too little growth."""
    years = list(range(world.parameters["money"]["first_year"], LAST_BUDGET + 1))
    net = {f: adopted(world, f) for f in sorted(Money.of(world).functions)}
    for child in (False, True):
        names = [f for f in net if is_child(f) == child]
        factor = low(world, {f: net[f] for f in names}, child)
        net |= {f: net[f] * factor for f in names}
    frame = rows(world, net, years)
    return {"budk32": frames.long(frame, "expenditure", "budgets")}


def adopted(world: World, function: str) -> Floats:
    """Return a budget before the nation's gap: half known contracts, half the old accounts."""
    p, rng = world.parameters["budget"], world.rng("budget", function)
    true = Money.of(world).current(function).clip(1)
    before = np.concatenate([true[:, :2], true[:, :-2]], axis=1)
    known = true ** p["foresight"] * before ** (1 - p["foresight"])
    noise = rng.normal(0, 1, true.shape) * (p["cell_sd"] * world.size_factor)[:, None]
    return np.asarray(known * np.exp(habits(world) + noise))


def habits(world: World) -> Floats:
    """Return a municipality's habit of budgeting low or high, with yearly surprises."""
    p, rng = world.parameters["budget"], world.rng("budget", "habit")
    habit = rng.normal(0, p["area_sd"], (98, 1))
    return np.asarray(habit + rng.normal(0, p["year_sd"], (98, len(YEARS))))


def low(world: World, net: dict[str, Floats], child: bool) -> Floats:
    """Return the factor of each year that leaves the nation's budgets as far too low as known."""
    p = world.parameters["budget"]
    true = np.sum([Money.of(world).current(f) for f in net], axis=(0, 1))
    target = true * (1 + smooth(p["gap"], YEARS))
    target[YEARS.index(2024)] = p["children_2024_bn" if child else "adults_2024_bn"] * 1e6
    return np.asarray(target / np.sum(list(net.values()), axis=(0, 1)))
