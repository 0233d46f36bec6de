"""Refund for expensive single cases (SEL § 176, Barnets lov § 198), by person and month.

The rule, as this module applies it:

1. Each month's cost is measured against a twelfth of the year's thresholds; the state refunds a
   share of the slice above each.
2. Other income for the person (own payment, other refunds) is taken off first.
3. A one-off cost is spread over the 12 months that begin with the month it was paid in.
4. Siblings under 18 in one household are measured together, and the refund is split by cost.
5. A person counts for a month if under 67 on its first day. Where only the year of birth is
   known, the year in which the person turns 67 does not count: better to claim too little.
6. Nobody is claimed for under both laws in one month: the larger claim stands. Under 18 only the
   children's rule applies.

Amounts are in the unit of the thresholds (DKK 1,000).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.costs import _checks
from forecast.costs.thresholds import GROUPS, Steps

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

PENSION_AGE = 67
ADULT_AGE = 18
MONTHS = 12


def yearly(cost: Floats, steps: Steps) -> Floats:
    """Return the refund of whole-year costs whose months are alike."""
    total: Floats = np.zeros_like(np.asarray(cost, dtype=np.float64))
    before = 0.0
    for limit, rate in zip(steps.limits, steps.rates, strict=True):
        total += (rate - before) * np.clip(cost - limit, 0, None)
        before = rate
    return total


def monthly(cost: Floats, steps: Steps) -> Floats:
    """Return the refund of one month's costs: a twelfth of the thresholds applies."""
    return yearly(np.asarray(cost, dtype=np.float64) * MONTHS, steps) / MONTHS


def claims(cases: pd.DataFrame, steps: Mapping[str, Steps]) -> pd.DataFrame:
    """Return the refund of each person and month of one year.

    Args:
        cases: rows with person, group (`adults` or `children`), month (`2022-03`), cost, birth
            (`1960` or `1960-05`); optional: one_off (paid in the month), income, household
            (the same text for siblings). A person may have several rows a month.
        steps: the year's rule by group.

    Returns:
        person, group, month, cost (net of income, one-offs spread), refund, reason (why a cost
        above the threshold gets none: `over_67`, `under_18`, `other_law`, else empty).

    Raises:
        DataError: a cost is negative, a birth lies in the future, a group or month is unknown.
    """
    year = next(iter(steps.values())).year
    months = checked(cases)
    people = cases[["person", "group"]].drop_duplicates().reset_index(drop=True)
    row = _codes(cases, people)
    cost = _net(cases, row, months, len(people), year)
    born = _born(cases, row, len(people))
    age = _ages(born, year)
    granted, reason = _granted(people, cost, age, steps)
    household = _household(cases, row, len(people))
    refund = _pooled(people, np.where(granted, cost, 0.0), age, household, steps)
    return _table(people, year, cost, refund, reason)


def checked(cases: pd.DataFrame) -> NDArray[np.int64]:
    """Check a file of cases and return each row's month, counted from year 0.

    Raises:
        DataError: the first row that cannot be, by number.
    """
    _checks.columns(cases, ("person", "group", "month", "cost", "birth"), "case file")
    months = _checks.months(cases["month"])
    amounts = [c for c in ("cost", "one_off", "income") if c in cases]
    for column in amounts:
        bad = ~(cases[column].to_numpy(dtype=np.float64) >= 0)
        _checks.refuse(cases, bad, column, "an amount of 0 or more")
    _checks.refuse(cases, ~cases["group"].isin(GROUPS).to_numpy(), "group", " or ".join(GROUPS))
    born = _months_of_birth(cases["birth"])
    _checks.refuse(cases, np.isnan(born), "birth", "a year (1960) or a year and month (1960-05)")
    _checks.refuse(cases, born >= months + 1, "birth", "a birth that does not lie after the month")
    return months


def _codes(cases: pd.DataFrame, people: pd.DataFrame) -> NDArray[np.intp]:
    import pandas as pd

    index = pd.MultiIndex.from_frame(people)
    return index.get_indexer(pd.MultiIndex.from_frame(cases[["person", "group"]]))


def _net(
    cases: pd.DataFrame,
    row: NDArray[np.intp],
    months: NDArray[np.int64],
    n: int,
    year: int,
) -> Floats:
    """Return (n, 12) cost net of income, with one-offs spread over the year after they fell."""
    net = np.zeros((n, MONTHS))
    position = months - MONTHS * year
    here = (position >= 0) & (position < MONTHS)
    amount = cases["cost"].to_numpy(dtype=np.float64)
    if "income" in cases:
        amount = amount - cases["income"].to_numpy(dtype=np.float64)
    np.add.at(net, (row[here], position[here]), amount[here])
    if "one_off" in cases:
        once = cases["one_off"].to_numpy(dtype=np.float64) / MONTHS
        for later in range(MONTHS):
            month = position + later
            here = (once > 0) & (month >= 0) & (month < MONTHS)
            np.add.at(net, (row[here], month[here]), once[here])
    return np.maximum(net, 0.0)


def _months_of_birth(birth: pd.Series) -> Floats:
    """Return the month of birth and a half; where only the year is known, its very beginning."""
    import pandas as pd

    codes, texts = pd.factorize(birth.astype("str"))  # few differ, and reading text is slow
    parts = pd.Series(texts, dtype="str").str.extract(r"^(\d{4})(?:-(0[1-9]|1[0-2]))?$")
    year, month = (parts[c].astype("float64") for c in (0, 1))
    born = year * MONTHS + (month - 0.5).fillna(0.0)
    return np.asarray(born, dtype=np.float64)[codes]


def _born(cases: pd.DataFrame, row: NDArray[np.intp], n: int) -> Floats:
    born = np.zeros(n)
    born[row] = _months_of_birth(cases["birth"])
    return born


def _ages(born: Floats, year: int) -> Floats:
    """Return (n, 12) age in years on the first day of each month.

    Someone born in May 1955 is 67 on the first day of June 2022, not of May; someone born in
    1955 counts as 67 from 1 January 2022.
    """
    first = MONTHS * year + np.arange(MONTHS, dtype=np.float64)
    return np.floor((first[None, :] - born[:, None]) / MONTHS)


def _granted(
    people: pd.DataFrame, cost: Floats, age: Floats, steps: Mapping[str, Steps]
) -> tuple[NDArray[np.bool_], NDArray[np.object_]]:
    """Return which months may be claimed for, and why others may not."""
    adults = (people["group"] == "adults").to_numpy()[:, None]
    old, young = age >= PENSION_AGE, adults & (age < ADULT_AGE)
    alone = np.zeros_like(cost)
    for group, rule in steps.items():
        mine = (people["group"] == group).to_numpy()
        alone[mine] = monthly(cost[mine], rule)
    alone[old | young] = 0.0
    other = _smaller_of_two(people, alone)
    reason = np.select([old, young, other], ["over_67", "under_18", "other_law"], default="")
    return ~(old | young | other), reason.astype(object)


def _smaller_of_two(people: pd.DataFrame, alone: Floats) -> NDArray[np.bool_]:
    """Return the months in which a person's claim under the other law is larger."""
    smaller = np.zeros(alone.shape, dtype=bool)
    twice = people[people.duplicated("person", keep=False)]
    adults = twice[twice["group"] == "adults"].set_index("person").index
    rows = {g: twice[twice["group"] == g].reset_index().set_index("person") for g in GROUPS}
    a = rows["adults"]["index"].reindex(adults).to_numpy(dtype=np.intp)
    c = rows["children"]["index"].reindex(adults).to_numpy(dtype=np.intp)
    both = (alone[a] > 0) & (alone[c] > 0)
    smaller[a] = both & (alone[a] < alone[c])
    smaller[c] = both & (alone[a] >= alone[c])
    return smaller


def _household(cases: pd.DataFrame, row: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """Return a number for each household; everyone without one is a household alone."""
    import pandas as pd

    alone = np.arange(n)
    if "household" not in cases:
        return alone
    codes, _ = pd.factorize(cases["household"].fillna("").replace("", None))
    alone[row[codes >= 0]] = n + codes[codes >= 0]
    return alone


def _pooled(
    people: pd.DataFrame,
    cost: Floats,
    age: Floats,
    household: NDArray[np.intp],
    steps: Mapping[str, Steps],
) -> Floats:
    """Return (n, 12) refunds, siblings under 18 measured together."""
    refund = np.zeros_like(cost)
    n = len(people)
    for group, rule in steps.items():
        mine = (people["group"] == group).to_numpy()
        for month in range(MONTHS):
            minor = (age[:, month] < ADULT_AGE) & (group == "children")
            pool = np.where(minor, household, np.arange(n))[mine]
            paid = cost[mine, month]
            together = np.asarray(np.bincount(pool, weights=paid)[pool], dtype=np.float64)
            share = np.divide(paid, together, out=np.zeros_like(paid), where=together > 0)
            refund[mine, month] = monthly(together, rule) * share
    return refund


def _table(
    people: pd.DataFrame, year: int, cost: Floats, refund: Floats, reason: NDArray[np.object_]
) -> pd.DataFrame:
    rows = people.loc[people.index.repeat(MONTHS)].reset_index(drop=True)
    rows["month"] = [f"{year}-{month:02d}" for month in range(1, MONTHS + 1)] * len(people)
    rows["cost"], rows["refund"] = cost.reshape(-1), refund.reshape(-1)
    rows["reason"] = np.where(cost.reshape(-1) > 0, reason.reshape(-1), "")
    return rows
