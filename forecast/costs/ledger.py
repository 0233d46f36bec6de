"""Ledger: past forecasts, adopted budgets and accounts side by side, and how each has missed.

Earlier bundles in the workspace are the past forecasts; each keeps what it said. A forecast's
miss is split on population, rate (age and service mix in it), unit cost and price by the same
symmetric rule as the bridge, before refund and for what is on a service.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecast import areas
from forecast.bundle import SHORT, Bundle, empty
from forecast.costs.accounts import Accounts
from forecast.costs.bridge import shapley

if TYPE_CHECKING:
    import pandas as pd

TERMS = ("population", "rate", "unit_cost", "price")


@dataclass(frozen=True)
class Shelf:
    """What the ledger is made of.

    Attributes:
        accounts: what was spent.
        budgets: what was adopted, None without any.
        earlier: earlier bundles of the workspace.
    """

    accounts: Accounts
    budgets: Accounts | None
    earlier: list[Bundle]


def table(shelf: Shelf) -> pd.DataFrame:
    """Return the bundle's ledger: net, current prices, all areas."""
    import pandas as pd

    parts = [_booked(shelf.accounts, "accounts")]
    if shelf.budgets is not None:
        parts.append(_booked(shelf.budgets, "budget"))
    parts += [said(bundle, shelf.accounts.last_year) for bundle in shelf.earlier]
    return pd.concat(parts, ignore_index=True)


def _booked(books: Accounts, source: str) -> pd.DataFrame:
    """Return accounts or budgets with regions, the nation and the total of all functions."""
    import pandas as pd

    rows = books.table.assign(value=books.table["gross"] - books.table["refund"])
    keys = ["area", "function", "year"]
    named = {"value": "sum", "published": "max", "vintage": "last"}
    whole = rows.groupby(["area", "year"], as_index=False).agg(named).assign(function="")
    each = pd.concat([rows[[*keys, "value", "published", "vintage"]], whole], ignore_index=True)
    regional = each.assign(area=each["area"].map({a: areas.region_of(a) for a in each["area"]}))
    national = each.assign(area=areas.NATION)
    sums = [part.groupby(keys, as_index=False).agg(named) for part in (regional, national)]
    found = pd.concat([each, *sums], ignore_index=True)
    return found.assign(
        year=found["year"].astype(str), source=source, known=found["published"], quantile=np.nan
    )[["area", "function", "year", "source", "vintage", "known", "quantile", "value"]]


def said(bundle: Bundle, last_year: int) -> pd.DataFrame:
    """Return what an earlier projection said of years that have been accounted since."""
    rows = bundle.rows("cost", service="", component="net", price="current", series="forecast")
    rows = rows[rows["quantile"].isin(SHORT) | rows["quantile"].isna()]
    rows = rows[rows["year"].astype(int) <= last_year]
    known = str(bundle.meta.get("known_at") or bundle.meta.get("today") or "")
    if rows.empty:
        return empty("ledger")
    return rows.assign(source="forecast", vintage=bundle.id, known=known)[
        ["area", "function", "year", "source", "vintage", "known", "quantile", "value"]
    ]


def bias(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return how budgets and forecasts have missed the accounts, by area and function."""
    import pandas as pd

    keys = ["area", "function", "year"]
    spent = ledger[ledger["source"] == "accounts"].set_index(keys)["value"]
    found = []
    for source in ("budget", "forecast"):
        rows = ledger[(ledger["source"] == source) & ledger["quantile"].isna()]
        joined = rows.join(spent.rename("accounts"), on=keys).dropna(subset=["accounts"])
        joined = joined[joined["accounts"] != 0]
        if joined.empty:
            continue
        joined["miss"] = 100 * (joined["accounts"] - joined["value"]) / joined["accounts"].abs()
        joined["inside"] = _inside(ledger, joined, keys) if source == "forecast" else np.nan
        found.append(_scored(joined).assign(source=source))
    return pd.concat(found, ignore_index=True) if found else empty("bias")


def _scored(joined: pd.DataFrame) -> pd.DataFrame:
    joined = joined.assign(size=joined["miss"].abs(), over=joined["miss"] > 0)
    grouped = joined.groupby(["area", "function"], as_index=False)
    return grouped.agg(
        n=("miss", "size"),
        mean_percent=("miss", "mean"),
        mean_absolute_percent=("size", "mean"),
        overrun_share=("over", "mean"),
        coverage80=("inside", "mean"),
    )


def _inside(ledger: pd.DataFrame, joined: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Return whether the accounts lie between a forecast's P10 and P90."""
    index = [*keys, "vintage"]
    rows = ledger[ledger["source"] == "forecast"].set_index(index)
    low, high = (rows.loc[rows["quantile"] == q, "value"].rename(str(q)) for q in (0.1, 0.9))
    bounds = joined.join(low, on=index).join(high, on=index)
    inside = (bounds["accounts"] >= bounds["0.1"]) & (bounds["accounts"] <= bounds["0.9"])
    return inside.astype(float)


def misses(earlier: Iterable[Bundle], now: Bundle) -> pd.DataFrame:
    """Return the part of each earlier forecast's miss that came from each term.

    Args:
        earlier: earlier bundles.
        now: this projection, whose volumes and prices hold what came.
    """
    import pandas as pd

    kept = [part for part in (_missed(bundle, now) for bundle in earlier) if not part.empty]
    return pd.concat(kept, ignore_index=True) if kept else empty("misses")


def _missed(bundle: Bundle, now: Bundle) -> pd.DataFrame:
    import pandas as pd

    start = str(bundle.meta["last_accounts_year"])
    expected, came = _factors(bundle, "forecast", start), _factors(now, "accounts", start)
    both = expected.add_suffix("_said").join(came.add_suffix("_came"), how="inner").dropna()
    if both.empty:
        return empty("misses")
    before = [both[f"{term}_said"].to_numpy() for term in TERMS]
    after = [both[f"{term}_came"].to_numpy() for term in TERMS]
    parts = shapley(before, after)
    table = pd.DataFrame(dict(zip(TERMS, parts, strict=True)), index=both.index)
    table["miss"] = table.sum(axis=1)
    return _long(table.reset_index(), start)


def _factors(bundle: Bundle, series: str, start: str) -> pd.DataFrame:
    """Return population, rate, real unit cost and price by area, line and year.

    Unit costs are put in the prices of the year the forecast started from, so that price is how
    prices went since then, each by its own table.
    """
    rows = bundle.rows("volumes", series=series)
    keys = ["area", "function", "service", "year"]
    means = rows[rows["quantile"].isna()]
    wide = means.pivot_table(index=keys, columns="item", values="value", aggfunc="first")
    wide = wide.reindex(columns=list(TERMS[:3]))
    index = bundle.rows("prices", kind="total").set_index("year")["index"]
    wide["rate"] = wide["rate"] / 1000
    wide["unit_cost"] = wide["unit_cost"] * float(index.get(start, np.nan))
    years = wide.index.get_level_values("year")
    wide["price"] = index.reindex(years).to_numpy() / float(index.get(start, np.nan))
    return wide


def _long(table: pd.DataFrame, start: str) -> pd.DataFrame:
    """Sum the lines of each function, and all functions, and lay the terms out."""
    import pandas as pd

    keys, terms = ["area", "function", "year"], [*TERMS, "miss"]
    by_function = table.groupby(keys, as_index=False)[terms].sum()
    whole = table.groupby(["area", "year"], as_index=False)[terms].sum().assign(function="")
    rows = pd.concat([by_function, whole], ignore_index=True)
    long = rows.melt(id_vars=keys, value_vars=terms, var_name="term", value_name="value")
    return long.assign(origin=start)
