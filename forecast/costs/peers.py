"""Peers: the most similar municipalities, and a municipality's use and prices beside theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import areas
from forecast.costs.mapping import REMAINDER
from forecast.costs.state import State
from forecast.costs.tables import Level, shown_lines
from forecast.costs.unit_costs import ratio

if TYPE_CHECKING:
    import pandas as pd

    from forecast.costs.volumes import Population

Floats = NDArray[np.float64]
COUNT = 8
ALIKE = 0.5  # standard deviations within which two municipalities are alike in something
OTHER_GROUP = 1.0  # distance added between groups (capital, city, provincial, commuter, rural)


def features(people: Population, year: int) -> dict[str, Floats]:
    """Return what municipalities are compared in, standardised: size and ages.

    Only what a municipality cannot decide itself: not its use of services, nor its prices.
    """
    total = people("", [year])[:, 0]
    found = {
        "size": np.log(total),
        "children": people("0-17", [year])[:, 0] / total,
        "elderly": people("65+", [year])[:, 0] / total,
    }
    return {name: (v - v.mean()) / v.std() for name, v in found.items()}


def nearest(codes: list[str], known: dict[str, Floats]) -> pd.DataFrame:
    """Return the bundle's table of peers: the nearest municipalities and what they are alike in."""
    import pandas as pd

    stacked = np.stack(list(known.values()), axis=1)
    groups = np.array([areas.get(code).group for code in codes])
    rows = []
    for i, code in enumerate(codes):
        apart = np.abs(stacked - stacked[i])
        distance = np.sqrt((apart**2).sum(axis=1)) + OTHER_GROUP * (groups != groups[i])
        distance[i] = np.inf
        for rank, j in enumerate(np.argsort(distance, kind="stable")[:COUNT], start=1):
            same = [name for name, gap in zip(known, apart[j], strict=True) if gap <= ALIKE]
            why = [*same, *(["group"] if groups[i] == groups[j] else [])]
            rows.append((code, codes[j], rank, float(distance[j]), ";".join(why)))
    return pd.DataFrame(rows, columns=["area", "peer", "rank", "distance", "why"])


def comparison(state: State, peers: pd.DataFrame, level: Level) -> pd.DataFrame:
    """Return users per 1,000, unit cost and cost per inhabitant beside peers and the nation.

    In the last accounts year, before refund, in the price level's prices; the cost per
    inhabitant (in DKK) is users per 1,000 times unit cost.
    """
    import pandas as pd

    base = state.base
    row = {code: i for i, code in enumerate(base.codes)}
    groups = peers.groupby("area", observed=True)["peer"]
    mine = np.array([[row[p] for p in groups.get_group(code)] for code in base.codes])
    factor = level.factor(base.year)
    parts = []
    for code, function in state.functions().items():
        for line in shown_lines(state, function):
            money = base.line(function, line) * factor
            people = base.people[function.population]
            use = function.services.get(line)
            users = people if use is None else base.share(use) * base.volumes[line]
            figures = _items(users, money, people, mine)
            for item, values in figures.items():
                if line == REMAINDER and item != "cost_per_capita":
                    continue
                parts.append(pd.DataFrame({
                    "area": base.codes, "function": code, "service": line,
                    "year": str(base.year), "item": item, "own": values[0],
                    "peers": values[1], "nation": values[2],
                }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _items(
    users: Floats, money: Floats, people: Floats, peers: NDArray[np.intp]
) -> dict[str, tuple[Floats, Floats, Floats]]:
    return {
        "users_per_1000": _three(users * 1000, people, peers),
        "unit_cost": _three(money, users, peers),
        "cost_per_capita": _three(money * 1000, people, peers),
    }


def _three(above: Floats, below: Floats, peers: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
    """Return a ratio for each municipality, for its peers together, and for the nation."""
    nation = np.full(len(above), above.sum() / below.sum() if below.sum() > 0 else np.nan)
    together = ratio(above[peers].sum(axis=1), below[peers].sum(axis=1))
    return ratio(above, below), together, nation
