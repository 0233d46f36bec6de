"""Accounts and budgets: net operating expenditure before refund, and refund, by function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import areas, vintages
from forecast.costs import mapping
from forecast.errors import ProjectionError

if TYPE_CHECKING:
    import pandas as pd

    from forecast.vintages import Vintage
    from forecast.workspace import Workspace

Floats = NDArray[np.float64]
PUBLIC = {"accounts": "regk31", "budget": "budk32"}
OWN = {"accounts": "own_accounts", "budget": "own_budgets"}
AMOUNTS = ("gross", "refund", "expenses", "income")
NOWHERE = -1  # the last row and column of a grid, where nothing is
REPORTING = 0.9  # a year counts as in when this share of municipalities has accounts


@dataclass(frozen=True)
class _Grid:
    """Amounts by name, (areas + 1, functions and years + 1), and the places of both."""

    amounts: dict[str, Floats]
    rows: dict[str, int]
    columns: dict[tuple[str, int], int]


@dataclass(frozen=True)
class Accounts:
    """Money by municipality, function and year, current prices, DKK 1,000.

    Attributes:
        table: area, function, year (int) and `gross` (net operating expenditure, dranst 1),
            `refund` (dranst 2, positive), `expenses` and `income` (gross = expenses − income;
            NaN where the source has no kinds), `told` (whether the source says anything of the
            municipality's refunds of the year), `published`, `vintage`.
        used: the vintages that were read.
    """

    table: pd.DataFrame
    used: tuple[Vintage, ...]

    @property
    def last_year(self) -> int:
        """The last year for which nearly all municipalities have accounts."""
        count = self.table.groupby("year")["area"].nunique()
        full = count[count >= REPORTING * count.max()]
        return int(full.index.max())

    def array(self, amount: str, codes: list[str], functions: list[str], year: int) -> Floats:
        """Return (areas, functions) of one amount in one year; what is not there is 0."""
        return np.nan_to_num(self._cells(amount, codes, functions, year))

    def kind(self, amount: str, codes: list[str], functions: list[str], year: int) -> Floats:
        """Return the same of expenses or income; NaN where only their balance was accounted."""
        found, net = (self._cells(a, codes, functions, year) for a in (amount, "gross"))
        return np.where(np.isnan(found) & np.isfinite(net), np.nan, np.nan_to_num(found))

    def _cells(self, amount: str, codes: list[str], functions: list[str], year: int) -> Floats:
        grid = self._grid
        rows = [grid.rows.get(code, NOWHERE) for code in codes]
        columns = [grid.columns.get((function, year), NOWHERE) for function in functions]
        return grid.amounts[amount][np.ix_(rows, columns)]

    @cached_property
    def _grid(self) -> _Grid:
        """The table laid out once: it is asked for a thousand times in a projection."""
        table = self.table
        owners = table["area"].astype(str).tolist()
        cells = [(str(f), int(y)) for f, y in zip(table["function"], table["year"], strict=True)]
        rows = {area: i for i, area in enumerate(dict.fromkeys(owners))}
        columns = {cell: i for i, cell in enumerate(dict.fromkeys(cells))}
        amounts = {name: np.full((len(rows) + 1, len(columns) + 1), np.nan) for name in AMOUNTS}
        place = [rows[area] for area in owners], [columns[cell] for cell in cells]
        for name, values in amounts.items():
            values[place] = table[name].to_numpy(dtype=np.float64)
        return _Grid(amounts, rows, columns)


def read(workspace: Workspace, kind: str, known_at: str | None = None) -> Accounts | None:
    """Return the accounts (`accounts`) or budgets (`budget`) known on a date, None without any.

    A municipality's own extract wins over the public table for the functions and years that it
    holds.
    """
    public = _known(workspace, PUBLIC[kind], known_at)
    own = _known(workspace, OWN[kind], known_at)
    if public is None or own is None:
        return own if public is None else public
    return Accounts(_replaced(public.table, own.table), (*public.used, *own.used))


def _known(workspace: Workspace, dataset: str, known_at: str | None) -> Accounts | None:
    known = vintages.optional(workspace, dataset, known_at)
    if known is None:
        return None
    table = wide(known.frame, dataset).assign(vintage=known.vintages[-1].id)
    return Accounts(table, known.vintages)


def wide(frame: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Lay a long frame of money out: one row an area, function and year.

    Raises:
        ProjectionError: amounts per inhabitant or in unknown price units are mixed in.
    """
    units = set(frame["price_unit"].astype(str)) - {"current"} if "price_unit" in frame else set()
    if units:
        raise ProjectionError(
            f"{dataset} holds amounts in {', '.join(sorted(units))}; expected current prices only"
        )
    mapped = frame["function"].isin(list(mapping.table()))
    here = frame["area"].isin(areas.municipalities()) & mapped & frame["value"].notna()
    rows = frame[here].copy()
    # kinds such as wages are parts of the totals: one or the other is summed, never both
    names = _TOTALS if set(rows["kind"]) & {"net", "gross"} else _PARTS
    rows["amount"] = [
        names.get(pair, "") for pair in zip(rows["dranst"], rows["kind"], strict=True)
    ]
    rows["value"] = rows["value"].where(rows["kind"] != "sale", rows["value"].abs())
    rows = rows[rows["amount"] != ""]
    rows["year"] = rows["period"].astype(int)
    keys = ["area", "function", "year"]
    table = rows.pivot_table(index=keys, columns="amount", values="value", aggfunc="sum")
    table = table.reindex(columns=["net", "refund", "expenses", "income"])
    table["gross"] = table["net"].fillna(table["expenses"] - table["income"])
    told = table["refund"].notna().groupby(["area", "year"]).transform("any")
    table["told"] = told  # whether the source says anything of the municipality's refunds
    table["refund"] = -table["refund"].fillna(0.0)  # the account plan books it as negative
    table["published"] = rows.groupby(keys)["published"].max()
    return table.reset_index()[[*keys, *AMOUNTS, "told", "published"]].dropna(subset="gross")


_TOTALS = {
    ("1", "net"): "net",
    ("1", "gross"): "expenses",
    ("1", "income"): "income",
    ("2", "net"): "refund",
}
_PARTS = {
    ("1", "wages"): "expenses",
    ("1", "goods"): "expenses",
    ("1", "purchase"): "expenses",
    ("1", "sale"): "income",
    ("2", "refund"): "refund",
}


def _replaced(public: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Put own figures in place of public ones, function by function; all others stay.

    Where a municipality's file of a year says nothing of refunds, they stay as well.
    """
    import pandas as pd

    keys = ["area", "function", "year"]
    mine, theirs = own.set_index(keys), public.set_index(keys)
    kept = theirs["refund"].reindex(mine.index).fillna(0.0)
    mine["refund"] = mine["refund"].where(mine["told"], kept)
    others = theirs[~theirs.index.isin(mine.index)]
    return pd.concat([others, mine]).reset_index()[public.columns]
