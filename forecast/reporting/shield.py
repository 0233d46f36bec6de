"""Shield: what reports of a bundle must not show, asked cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from forecast.reporting import totals
from forecast.reporting.ratios import AHEAD, Money
from forecast.reporting.totals import Series

THRESHOLD = 5
_ENDS = ("start", "end", "change")  # terms of the bridge that the accounts give anyway
_MONEY = ("unit_cost", "own_share", "cost_per_capita")
Pair = tuple[str, str]
_Rule = Callable[["Shield", str, str, Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Shield:
    """What a bundle's reports must not show.

    Attributes:
        primary: series with a cell below the threshold.
        hidden: these and the secondary ones.
        cases: areas and groups of dear cases that are few.
        peers: areas and services of which a peer is hidden.
        services: areas and services whose recipients are not shown.
        money: municipalities, functions and years without unit costs and costs of services.
        peers_money: areas and functions of which a peer is in `money`.
        lines: areas and functions whose bridge is not shown by service.
        coarse: sums of which a part is hidden: their benchmark would tell it.
        counted: whether the bundle tells how many recipients stand behind unit costs.
        unknown: hidden shares of people whose number the bundle does not hold.
    """

    threshold: float = THRESHOLD
    primary: frozenset[Series] = frozenset()
    hidden: frozenset[Series] = frozenset()
    cases: frozenset[Pair] = frozenset()
    peers: frozenset[Pair] = frozenset()
    services: frozenset[Pair] = frozenset()
    money: frozenset[Money] = frozenset()
    peers_money: frozenset[Pair] = frozenset()
    lines: frozenset[Pair] = frozenset()
    coarse: frozenset[Series] = frozenset()
    counted: bool = True
    unknown: frozenset[Series] = frozenset()

    def hides(self, table: str, column: str, area: str, keys: Mapping[str, Any]) -> bool:
        """Whether a value of a bundle table must not be shown."""
        rule = _RULES.get(table)
        return bool(self.threshold) and rule is not None and rule(self, column, area, keys)

    def tells(self, table: str, area: str, keys: Mapping[str, Any]) -> bool:
        """Whether a value is the benchmark of a sum of which a part is hidden."""
        if table != "demand" or keys.get("series") != "demographic":
            return False
        return (area, str(keys["model"]), str(keys["service"]), str(keys["age"])) in self.coarse

    def joined(self, other: Shield) -> Shield:
        """Return what protects two bundles that are shown side by side."""
        sets = {
            f.name: getattr(self, f.name) | getattr(other, f.name)
            for f in fields(self)
            if f.name not in ("threshold", "counted")
        }
        threshold = max(self.threshold, other.threshold)
        return Shield(threshold=threshold, counted=self.counted and other.counted, **sets)

    def _series(self, _: str, area: str, keys: Mapping[str, Any]) -> bool:
        service = str(keys["service"])
        if _function(service):  # unit costs, by account function
            few = (area, service, str(keys["period"])) in self.money or not self.counted
            return few and not totals.summed(area)
        return (area, str(keys["model"]), service, str(keys["age"])) in self.hidden

    def _volume(self, _: str, area: str, keys: Mapping[str, Any]) -> bool:
        item = str(keys["item"])
        if item == "population":
            return False
        if (area, str(keys["service"])) in self.services:
            return True
        year = str(keys["year"]) if keys["series"] == "accounts" else AHEAD
        return item in _MONEY and (area, str(keys["function"]), year) in self.money

    def _compared(self, column: str, area: str, keys: Mapping[str, Any]) -> bool:
        money = keys["item"] in _MONEY
        service, function = str(keys["service"]), str(keys["function"])
        if column == "own":
            return (area, service) in self.services or (
                money and (area, function, str(keys["year"])) in self.money
            )
        if column == "peers":
            return (area, service) in self.peers or (money and (area, function) in self.peers_money)
        return False

    def _cost(self, _: str, area: str, keys: Mapping[str, Any]) -> bool:
        function, service = str(keys["function"]), str(keys["service"])
        if keys["series"] == "demographic":
            return (area, function) in self.lines or (not function and area in self._mixed)
        if not service:
            return False
        return (area, function, AHEAD) in self.money or (area, service) in self.services

    def _term(self, _: str, area: str, keys: Mapping[str, Any]) -> bool:
        function, service = str(keys["function"]), str(keys["service"])
        if service:
            return (area, function) in self.lines
        return (area, function, AHEAD) in self.money and str(keys["term"]) not in _ENDS

    def _few(self, _: str, area: str, keys: Mapping[str, Any]) -> bool:
        return keys["item"] != "marginal_net" and case(area, keys) in self.cases

    @cached_property
    def _mixed(self) -> frozenset[str]:
        return frozenset(area for area, _ in self.lines)


def _function(service: str) -> bool:
    """Whether a series is of an account function, as unit costs are."""
    return service[:1].isdigit()


def case(area: str, keys: Mapping[str, Any]) -> Pair:
    """Return how a group of dear cases is named in `Shield.cases`."""
    return area, f"{keys['group']};{keys['year']};{float(keys['threshold']):g}"


_RULES: dict[str, _Rule] = {
    "history": Shield._series,
    "demand": Shield._series,
    "backtest": Shield._series,
    "volumes": Shield._volume,
    "comparison": Shield._compared,
    "cost": Shield._cost,
    "bridge": Shield._term,
    "cases": Shield._few,
}
