"""Ratios: unit costs and costs of single services that would give a count away.

What a function cost is public, so its unit cost tells how many it was spent on: each service's
unit cost is a known weight times the function's (data/registers/functions.toml), and a function
whose unit cost is known gives the weighted sum of its recipients. That is harmless only where
several services are hidden on it and hold enough beside each small one; in other years a
municipality shows no unit cost and no cost of single services of the function.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast import areas
from forecast.costs import mapping
from forecast.reporting.totals import Floats, summed

Pair = tuple[str, str]
Money = tuple[str, str, str]  # municipality, function, year
AHEAD = ""  # stands for the projected years
MANY = 10  # unknown counts that a few sums over the nation cannot tell apart
MARGIN = 2.0  # so many times what one sum alone asks for, as regions' totals bind the cells too


@dataclass(frozen=True)
class Recipients:
    """How many were paid on each function.

    Attributes:
        years: accounts years, in order.
        cells: by area, function and service, one number a year; NaN where not known.
    """

    years: tuple[str, ...]
    cells: dict[tuple[str, str, str], Floats]

    def lines(self) -> dict[Pair, dict[str, Floats]]:
        """Return by municipality and function the recipients of each service."""
        found: dict[Pair, dict[str, Floats]] = defaultdict(dict)
        for (area, function, service), values in self.cells.items():
            if not summed(area):
                found[area, function][service] = values
        return found


def hidden_money(recipients: Recipients, hidden: Iterable[Pair], threshold: float) -> set[Money]:
    """Return the municipalities, functions and years of which no unit cost may be shown.

    Args:
        recipients: how many were paid on each function.
        hidden: areas and services whose recipients are not shown.
        threshold: counts above zero and below this are small.

    Returns:
        Years of accounts, and `AHEAD` where projected unit costs start from a last year that may
        not be shown.
    """
    veiled = set(hidden)
    found: set[Money] = set()
    for pair, of in recipients.lines().items():
        telling = _telling(pair, of, veiled, threshold)
        years = [year for year, told in zip(recipients.years, telling, strict=True) if told]
        found |= {(*pair, year) for year in years}
        found |= {(*pair, AHEAD)} if telling[-1] else set()
    return found


def _telling(
    pair: Pair, lines: Mapping[str, Floats], veiled: set[Pair], threshold: float
) -> NDArray[np.bool_]:
    """Return by year whether the weighted sum of recipients would give a hidden count away."""
    inside = sorted(s for s in lines if (pair[0], s) in veiled)
    if not inside:
        return np.zeros(len(next(iter(lines.values()))), dtype=bool)
    uses = mapping.table()[pair[1]].services if pair[1] in mapping.table() else {}
    weight = np.array([[uses[s].weight if s in uses else 1.0] for s in inside])
    values = np.nan_to_num(np.array([lines[s] for s in inside]))
    others = (values * weight).sum(axis=0) - values * weight
    poor = others < MARGIN * (threshold - 1) * weight
    several = (values > 0).sum(axis=0) > 1
    # also a larger hidden count must be free to move: a region's total ties a small one to it
    found: NDArray[np.bool_] = (~several & (values > 0).any(axis=0)) | ((values > 0) & poor).any(
        axis=0
    )
    return found


def with_partners(hidden: Iterable[Pair]) -> set[Pair]:
    """Return areas and services, and those that the same joint report is split among."""
    found = set(hidden)
    for area, service in list(found):
        for group in joint_reports():
            if area in group:
                found |= {(partner, service) for partner in group}
    return found


def split_by_place(hidden: Iterable[Pair]) -> set[Pair]:
    """Return sums of areas whose recipients, split by kind of place, would be further equations.

    A service that is paid on several functions by the kind of place is summed with weights that
    differ between municipalities, so a region's recipients by function tell its few hidden ones
    apart; over the nation this holds only where hardly any are hidden.
    """
    uses = [(s, use) for f in mapping.table().values() for s, use in f.services.items()]
    split = {service for service, use in uses if use.place}
    own = {(area, s) for area, s in hidden if s in split and not summed(area)}
    found = {(areas.region_of(area), s) for area, s in own}
    counts = Counter(s for _, s in own)
    return found | {(areas.NATION, s) for s, n in counts.items() if n < MANY}


def joint_reports() -> list[set[str]]:
    """Return the municipalities of each joint report: who reports, and for whom."""
    entries = [areas.get(code) for code in areas.municipalities()]
    return [{a.code, *a.reports_for.split()} for a in entries if a.reports_for]
