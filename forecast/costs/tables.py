"""Tables of cost: gross, refund and net by function and line, and the bridge, for all areas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import areas, quantiles
from forecast.bundle import QUANTILES, SHORT
from forecast.costs import growth, mapping, volumes
from forecast.costs.accounts import Accounts
from forecast.costs.mapping import REMAINDER, Function
from forecast.costs.prices import Prices
from forecast.costs.state import State
from forecast.draws import Draws
from forecast.quantiles import Rows

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
COMPONENTS = ("gross", "refund", "net")


@dataclass(frozen=True)
class Totals:
    """Gross expenditure and refund by function, (municipalities, years, draws), current prices."""

    gross: dict[str, Floats] = field(default_factory=dict)
    refund: dict[str, Floats] = field(default_factory=dict)

    def net(self, code: str) -> Floats:
        """Return a function's expenditure net of refund."""
        return self.gross[code] - self.refund[code]

    def all_net(self) -> Floats:
        """Return all functions' net expenditure together."""
        parts = [self.net(code) for code in self.gross]
        return sum(parts[1:], parts[0])

    def draws(self, state: State, part: str) -> Draws:
        """Return gross or refund as draws by municipality and function."""
        import pandas as pd

        held = self.gross if part == "gross" else self.refund
        codes = list(held)
        values = np.stack([held[code] for code in codes], axis=1)
        keys = pd.DataFrame(
            [(area, code) for area in state.base.codes for code in codes],
            columns=["area", "function"],
            dtype="str",
        )
        flat = values.reshape(-1, *values.shape[2:]).astype(np.float32)
        years = tuple(str(year) for year in state.years)
        return Draws(flat, keys, years, "expenditure", ("area", "function"))


@dataclass(frozen=True)
class Level:
    """How current prices become fixed ones.

    Attributes:
        prices: the price estimate.
        base: the year whose prices are meant.
    """

    prices: Prices
    base: int

    def fixed(self, state: State, current: Floats) -> Floats:
        """Return draws in fixed prices: the error of the price estimate is not in them."""
        return current / state.index[None] * self.factor(state.base.year)

    def factor(self, year: int) -> float:
        """Return what an amount in the prices of a year is multiplied by."""
        return float(self.prices.index([self.base], year)[0])

    def of(self, years: list[int]) -> Floats:
        """Return (years,) what an amount in current prices is multiplied by."""
        return 1 / self.prices.index(years, self.base)


def totals(state: State) -> Totals:
    """Return gross expenditure and refund of every function."""
    found = Totals()
    for code, function in state.functions().items():
        lines = state.lines(function)
        gross = [state.gross(function, line) for line in lines]
        refund = [state.refund(function, line) for line in lines]
        shape = state.shape
        found.gross[code] = np.broadcast_to(sum(gross[1:], gross[0]), shape)
        found.refund[code] = np.broadcast_to(sum(refund[1:], refund[0]), shape)
    return found


def shown_lines(state: State, function: Function) -> list[str]:
    """Return the lines of a function that hold money; the remainder may be empty."""
    lines = state.lines(function)
    left = state.base.remainder(function)
    scale = max(float(np.abs(state.base.gross[function.code]).max()), 1.0)
    empty = np.abs(left).max() <= 1e-9 * scale and not state.extras
    return [line for line in lines if line != REMAINDER or not empty]


def forecast(state: State, sums: Totals, level: Level) -> pd.DataFrame:
    """Return the bundle's rows of projected cost, the demographic benchmark beside them."""
    import pandas as pd

    wide, short = Rows("year", QUANTILES), Rows("year", SHORT)
    for code, function in state.functions().items():
        _add(wide, state, level, (sums.gross[code], sums.refund[code], code, ""))
        for line in shown_lines(state, function):
            parts = state.gross(function, line), state.refund(function, line)
            _add(short, state, level, (*parts, code, line))
    books = list(sums.gross.values()), list(sums.refund.values())
    gross, refund = (sum(parts[1:], parts[0]) for parts in books)
    _add(wide, state, level, (gross, refund, "", ""))
    _benchmark(wide, state, level)
    return pd.concat([wide.frame(), short.frame()], ignore_index=True)


def _add(rows: Rows, state: State, level: Level, money: tuple[Floats, Floats, str, str]) -> None:
    gross, refund, code, line = money
    where = quantiles.everywhere(state.years)
    parts = {"gross": gross, "refund": refund, "net": gross - refund}
    for component, amount in parts.items():
        current = np.broadcast_to(amount, state.shape)
        labels = {"function": code, "service": line, "component": component, "series": "forecast"}
        for price, values in (("current", current), ("fixed", level.fixed(state, current))):
            rows.add(quantiles.with_sums(values), where, **labels, price=price)


def _benchmark(rows: Rows, state: State, level: Level) -> None:
    """Add what demography alone would give: last cost per inhabitant of each age × population."""
    where = quantiles.everywhere(state.years)
    index = level.prices.index(state.years, state.base.year)
    factor = level.factor(state.base.year)
    total = {part: np.zeros(state.shape[:2]) for part in COMPONENTS}
    for code, function in state.functions().items():
        for component, real in _demographic(state, function).items():
            total[component] += real
            _both(rows, (real * index, real * factor), where, code, component)
    for component, real in total.items():
        _both(rows, (real * index, real * factor), where, "", component)


def _both(
    rows: Rows,
    values: tuple[Floats, Floats],
    where: tuple[list[str], list[str]],
    code: str,
    component: str,
) -> None:
    labels = {"function": code, "service": "", "component": component, "series": "demographic"}
    for price, amount in zip(("current", "fixed"), values, strict=True):
        rows.mean(quantiles.with_sums(amount), where, **labels, price=price)


def _demographic(state: State, function: Function) -> dict[str, Floats]:
    """Return (municipalities, years) of each component in the base year's prices."""
    base = state.base
    found = {part: np.zeros(state.shape[:2]) for part in COMPONENTS}
    for line in state.lines(function):
        grown = people_growth(state, function, line)
        gross = base.line(function, line)[:, None] * grown
        refund = base.line_refund(function, line)[:, None] * grown
        found["gross"] += gross
        found["refund"] += refund
        found["net"] += gross - refund
    return found


def people_growth(state: State, function: Function, line: str) -> Floats:
    """Return (municipalities, years) growth of the population, by the use of each age."""
    if line == REMAINDER:
        ages, mix = function.population, np.ones(1)
    else:
        ages, mix = volumes.age_of(line), state.age_mix[line]
    return state.people[ages] / state.base.people[ages][:, None] * mix


def past(books: Accounts, series: str, level: Level, years: list[int]) -> pd.DataFrame:
    """Return the bundle's rows of accounts or budgets, whole functions and all of them."""
    codes = areas.municipalities()
    functions = [f for f in mapping.table() if f in set(books.table["function"])]
    rows = Rows("year", ())
    where = quantiles.everywhere(years)
    factor = level.of(years)
    for component in ("gross", "refund", "net", "expenses", "income"):
        amounts = _amounts(books, component, codes, functions, years)
        for i, code in enumerate([*functions, ""]):
            current = amounts[:, i] if code else amounts.sum(axis=1)
            labels = {"function": code, "service": "", "component": component, "series": series}
            for price, values in (("current", current), ("fixed", current * factor)):
                rows.mean(quantiles.with_sums(values), where, **labels, price=price)
    return rows.frame()


def _amounts(
    books: Accounts, component: str, codes: list[str], functions: list[str], years: list[int]
) -> Floats:
    """Return (municipalities, functions, years)."""
    if component == "net":
        gross, refund = (_amounts(books, c, codes, functions, years) for c in ("gross", "refund"))
        return gross - refund
    read = books.kind if component in ("expenses", "income") else books.array
    return np.stack([read(component, codes, functions, year) for year in years], axis=2)


def bridge(states: list[tuple[str, State]]) -> pd.DataFrame:
    """Return the bundle's bridge: growth by term since the last accounts.

    Args:
        states: the state without adjustments under the name "", then the state after each
            adjustment, in order, under the adjustment's name.
    """
    plain, last = states[0][1], states[-1][1]
    rows = Rows("year", SHORT)
    total: dict[str, Floats] = {}
    for code, function in last.functions().items():
        mine: dict[str, Floats] = {}
        for line in plain.lines(function):
            terms = complete(plain, function, line)
            if line in shown_lines(plain, function):
                _rows(rows, plain, terms, code, line)
            _accumulate(mine, terms)
        for name, part in _steps(states, function):
            mine[name] = part
            mine["change"] = mine["change"] + part
            mine["end"] = mine["end"] + part
        _rows(rows, plain, mine, code, "")
        _accumulate(total, mine)
    _rows(rows, plain, total, "", "")
    return rows.frame()


def complete(state: State, function: Function, line: str) -> dict[str, Floats]:
    """Return a line's terms, with where they start from, their sum and where they end."""
    terms = growth.line_terms(state, function, line)
    begin = growth.start(state, function, line)[:, None, None]
    shape = terms["price"].shape
    end = np.broadcast_to(state.gross(function, line) - state.refund(function, line), shape)
    start = np.broadcast_to(begin, shape)
    return {"start": start, **terms, "change": end - start, "end": end}


def _steps(states: list[tuple[str, State]], function: Function) -> Iterator[tuple[str, Floats]]:
    before = states[0][1].net(function) if len(states) > 1 else np.zeros(1)
    for name, state in states[1:]:
        after = state.net(function)
        yield f"adjustment:{name}", after - before
        before = after


def _accumulate(total: dict[str, Floats], terms: dict[str, Floats]) -> None:
    for name, part in terms.items():
        total[name] = total[name] + part if name in total else part


def _rows(rows: Rows, state: State, terms: dict[str, Floats], code: str, line: str) -> None:
    where = quantiles.everywhere(state.years)
    shape = state.shape
    for term, part in terms.items():
        values = quantiles.with_sums(np.broadcast_to(part, shape))
        rows.add(values, where, function=code, service=line, term=term)
