"""Places bought and sold: what is paid out, what other municipalities pay, and their balance.

Net operating expenditure (gross) is expenses, places bought from others included, less income from
places sold. It is that of the municipality that pays for its citizens; income is what it receives
as the acting one, whose places others pay for. Buyers are other municipalities, so income follows
what all of them spend on the function: own share × the nation's gross. The share is the mean of
the last three accounts and strays as shares have done as many years later. Expenses are gross plus
income, so expenses less income are gross in every draw, and an adjustment, which concerns what the
municipality pays for, leaves the sale as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import quantiles
from forecast.bundle import SHORT
from forecast.costs.accounts import Accounts
from forecast.costs.state import State
from forecast.costs.tables import Level, Totals
from forecast.quantiles import Rows
from forecast.seeds import generator

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
START = 3  # accounts that the share starts from
YEARS = 10  # accounts that say how it strays
MIDDLE = (0.16, 0.84)  # quantiles whose distance is two standard deviations of a normal


@dataclass(frozen=True)
class Sales:
    """Income from places sold, current prices.

    Attributes:
        income: function → (municipalities, years, draws); NaN where no accounts tell it apart.
    """

    income: dict[str, Floats]

    def all_income(self) -> Floats:
        """Return the income of all functions."""
        parts = list(self.income.values())
        return sum(parts[1:], parts[0])


def project(state: State, sums: Totals, accounts: Accounts, seed: int) -> Sales:
    """Return the income of every function.

    Args:
        state: the state without adjustments.
        sums: its gross expenditure.
        accounts: what was received.
        seed: seed of the run.
    """
    years = range(state.base.year - YEARS + 1, state.base.year + 1)
    found = {}
    for code, gross in sums.gross.items():
        past = np.stack([_share(accounts, state.base.codes, code, y) for y in years], axis=1)
        rng = generator(seed, "sales", code)
        step = _steps(past, len(state.years))[None, :, None]
        path = np.exp(np.cumsum(step * rng.standard_normal(gross.shape) - step**2 / 2, axis=1))
        found[code] = _start(past)[:, None, None] * path * gross.sum(axis=0)[None]
    return Sales(found)


def _share(accounts: Accounts, codes: list[str], code: str, year: int) -> Floats:
    """Return (municipalities,) income as a share of the nation's gross; NaN where not known."""
    income = accounts.kind("income", codes, [code], year)[:, 0]
    nation = float(accounts.array("gross", codes, [code], year).sum())
    return income / nation if nation > 0 else np.full(len(codes), np.nan)


def _start(past: Floats) -> Floats:
    """Return (municipalities,) the mean of the last shares that are known."""
    found = np.full(len(past), np.nan)
    for i, line in enumerate(past):
        known = line[np.isfinite(line)]
        if len(known):
            found[i] = known[-START:].mean()
    return found


def _steps(past: Floats, horizon: int) -> Floats:
    """Return (horizon,) standard deviations of independent steps of the log share.

    They add up to how far shares were from the mean of three accounts as many years later.
    """
    line = np.log(past, out=np.full(past.shape, np.nan), where=past > 0)
    spread = np.zeros(horizon)
    for h in range(1, horizon + 1):
        origins = range(START, line.shape[1] - h + 1)
        gaps = [line[:, o + h - 1] - line[:, o - START : o].mean(axis=1) for o in origins]
        known = np.concatenate(gaps) if gaps else np.zeros(0)
        known = known[np.isfinite(known)]
        before = spread[h - 2] if h > 1 else 0.0
        spread[h - 1] = max(before, _deviation(known))
    return np.sqrt(np.diff(np.concatenate([[0.0], spread**2])))


def _deviation(errors: Floats) -> float:
    """Return the standard deviation of some errors without their far tails; 0 for none."""
    if not len(errors):
        return 0.0
    low, high = np.quantile(errors, MIDDLE)
    return float(high - low) / 2


def table(state: State, sums: Totals, sales: Sales, level: Level) -> pd.DataFrame:
    """Return the bundle's rows of expenses and income, whole functions and all of them."""
    rows = Rows("year", SHORT)
    for code, gross in sums.gross.items():
        if code in sales.income:
            _add(rows, (state, level), code, (gross, sales.income[code]))
    whole = [gross for code, gross in sums.gross.items() if code in sales.income]
    if whole:
        _add(rows, (state, level), "", (sum(whole[1:], whole[0]), sales.all_income()))
    return rows.frame()


def _add(rows: Rows, ground: tuple[State, Level], code: str, money: tuple[Floats, Floats]) -> None:
    state, level = ground
    gross, income = money
    where = quantiles.everywhere(state.years)
    for component, current in (("expenses", gross + income), ("income", income)):
        labels = {"function": code, "service": "", "component": component, "series": "forecast"}
        for price, values in (("current", current), ("fixed", level.fixed(state, current))):
            rows.add(quantiles.with_sums(values), where, **labels, price=price)
