"""Adjustments: what a planner knows and a model cannot, read from files and checked.

A file is a list of `[[adjustment]]` tables under a title and an author; scenarios are such files
too. They are applied to the draws in the order in which they are given and each is a line of its
own in the bridge. docs/money.md shows every lever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast import areas, services, tomlfile
from forecast.costs import mapping
from forecast.costs.expected import YearToDate
from forecast.costs.madefor import MadeFor
from forecast.errors import ForecastError, SpecError, suggestion

Floats = NDArray[np.float64]

# lever → (keys it needs, keys it may have beside the common ones)
LEVERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "rate": (("service", "change"), ()),
    "inflow": (("service", "change", "stay"), ()),
    "service_mix": (("service", "to", "move"), ("exchange",)),
    "length_of_stay": (("service", "change", "effect"), ("delay",)),
    "unit_cost": (("change",), ("function", "service")),
    "takst": (("service", "amount", "price_level"), ("function",)),
    "population": (("change",), ()),
    "price_vintage": (("estimate",), ()),
    "known_case": (("function", "amount", "price_level"), ()),
    "closure": (("function", "amount", "price_level"), ()),
    "new_offer": (("function", "amount", "price_level"), ()),
    "saving": (("function", "amount", "price_level"), ()),
    "law": (("function", "amount", "price_level"), ()),
}
PRICE_LEVEL_OF_ALL = ("area", "probability", "uncertain")  # which `price_vintage` cannot take
AMOUNTS = ("known_case", "closure", "new_offer", "saving", "law")
COMMON = ("name", "lever", "reason", "area", "start", "until", "probability", "uncertain", "author")
YEARS = (1970, 2200)  # in which an adjustment or a price level can lie
SIGNS = {"closure": -1, "saving": -1, "known_case": 1, "new_offer": 1}


@dataclass(frozen=True)
class Adjustment:
    """One thing that is known, or one lever of a scenario.

    Attributes:
        name: what it is called in the bridge.
        lever: one of `LEVERS`.
        reason: why, for the report.
        start: year or month from which it holds (`from` in the file).
        area: codes or names of areas, several separated by commas; the nation without one.
        until: last year or month, empty for no end.
        probability: how likely it comes at all; 1 is certain.
        uncertain: relative standard deviation of its size.
        change: relative change, such as -0.05.
        amount: DKK 1,000 a year, in prices of `price_level`; closures and savings are negative.
        move: share of a service's recipients that move to the service `to`.
        exchange: recipients of `to` for each one who moves.
        stay: share of a service's recipients who stay from one year to the next.
        effect: per cent change of recipients for one per cent change of the length of stay.
        delay: years until it takes effect.
        estimate: date of the price estimate.
    """

    name: str
    lever: str
    reason: str
    start: str
    author: str = ""
    area: str = areas.NATION
    until: str = ""
    probability: float = 1.0
    uncertain: float = 0.0
    service: str = ""
    to: str = ""
    function: str = ""
    change: float = 0.0
    amount: float = 0.0
    price_level: int = 0
    move: float = 0.0
    exchange: float = 1.0
    stay: float = 0.0
    effect: float = 0.0
    delay: float = 0.0
    estimate: str = ""

    def codes(self) -> list[str]:
        """Return the municipalities that it concerns."""
        found: list[str] = []
        for text in self.area.split(","):
            inside = areas.inside(areas.find(text).code)
            found += [code for code in inside if code not in found]
        return found

    def active(self, years: Sequence[int]) -> Floats:
        """Return the share of each year in which it holds."""
        begin = _month(self.start, first=True) + 12 * self.delay
        end = _month(self.until, first=False) if self.until else np.inf
        span = [min(12 * (y + 1), end) - max(12 * y, begin) for y in years]
        return np.clip(np.array(span, dtype=np.float64), 0, 12) / 12

    def run(self, years: Sequence[int], at: float) -> tuple[Floats, Floats]:
        """Return how many years it has held at a point of each year, and how long it is over.

        Args:
            years: calendar years.
            at: the share of the year that has passed; 0.5 is its middle.
        """
        point = np.array(years, dtype=np.float64) + at
        begin = _month(self.start, first=True) / 12
        end = _month(self.until, first=False) / 12 if self.until else np.inf
        return np.clip(np.minimum(point, end) - begin, 0, None), np.clip(point - end, 0, None)


@dataclass(frozen=True)
class AdjustmentFile:
    """One file of adjustments.

    `booked` are year-to-date figures of the current year, for expected accounts.
    """

    title: str
    author: str
    adjustment: tuple[Adjustment, ...] = ()
    booked: tuple[YearToDate, ...] = ()
    date: str = ""
    note: str = ""
    made_for: MadeFor = field(default_factory=MadeFor)
    path: str = ""


def common(lever: str) -> tuple[str, ...]:
    """Return the keys that a lever takes beside its own; prices are the same for everyone."""
    left_out = PRICE_LEVEL_OF_ALL if lever == "price_vintage" else ()
    return tuple(key for key in COMMON if key not in left_out)


def read(path: Path) -> AdjustmentFile:
    """Read a file of adjustments.

    Raises:
        SpecError: a key, lever, service, function, area, share or date cannot be.
    """
    table = tomlfile.read(path)
    where = path.name
    entries = table.get("adjustment", [])
    tables = isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
    if not tables or not (entries or table.get("booked")):
        to_do = "add at least one"
        if isinstance(entries, dict):
            to_do = "write it with two brackets on either side"
        if "discount" in table:
            to_do = "a social investment is worked out with `forecast scenario invest`"
        raise SpecError(f"{where}: no [[adjustment]] table; {to_do}")
    renamed = [{("start" if k == "from" else k): v for k, v in e.items()} for e in entries]
    for number, entry in enumerate(renamed, start=1):
        _check_keys(entry, f"{where}: adjustment {number}")
        if not isinstance(entry.get("start", ""), str):
            raise SpecError(f'{where}: adjustment {number}: write from in quotes, as "2027-01"')
    whole = {**table, "adjustment": renamed, "path": str(path)}
    found = tomlfile.record(AdjustmentFile, whole, where)
    names = [adjustment.name for adjustment in found.adjustment]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SpecError(f"{where}: two adjustments are called {twice[0]!r}; name them apart")
    for number, adjustment in enumerate(found.adjustment, start=1):
        check(adjustment, f"{where}: {adjustment.name.strip() or f'adjustment {number}'}")
    return found


def check(adjustment: Adjustment, where: str) -> None:
    """Refuse an adjustment that cannot be applied.

    Raises:
        SpecError: the sentence names the key, what was found and what was expected.
    """
    try:
        _check_names(adjustment, where)
        adjustment.codes()
        begin = _month(adjustment.start, True)
        backward = bool(adjustment.until) and _month(adjustment.until, False) <= begin
    except ForecastError as error:  # a register knows the name, not where it stands
        raise SpecError(f"{where}: {str(error).removeprefix(f'{where}: ')}") from None
    _check_numbers(adjustment, where)
    if backward:
        raise SpecError(
            f"{where}: until {adjustment.until} lies before from {adjustment.start}; swap them"
        )


def _check_keys(entry: Mapping[str, Any], where: str) -> None:
    lever = entry.get("lever", "")
    if not isinstance(lever, str) or lever not in LEVERS:
        near = suggestion(str(lever), list(LEVERS))
        raise SpecError(f"{where}: unknown lever {lever!r}{near} (levers: {', '.join(LEVERS)})")
    needed, optional = LEVERS[lever]
    missing = [key for key in needed if key not in entry]
    if missing:
        raise SpecError(f"{where}: lever {lever} needs {', '.join(missing)}; add it")
    known = (*common(lever), *needed, *optional)
    for key in entry:
        if key not in known:
            shown = ", ".join("from" if k == "start" else k for k in known)
            near = suggestion(key, list(known))
            raise SpecError(f"{where}: lever {lever} takes no {key!r}{near} (it takes {shown})")


def _check_names(adjustment: Adjustment, where: str) -> None:
    for key in ("name", "reason"):
        if not getattr(adjustment, key).strip():
            raise SpecError(f"{where}: {key} is empty; readers of the report need it")
    for service in filter(None, (adjustment.service, adjustment.to)):
        services.get(service)
        functions = mapping.table().values()
        if not any(service in function.services for function in functions):
            raise SpecError(
                f"{where}: service {service} is paid on no account function, so it has no cost"
            )
    if adjustment.function:
        mapping.get(adjustment.function)
    if adjustment.lever == "unit_cost" and not (adjustment.function or adjustment.service):
        raise SpecError(f"{where}: lever unit_cost needs a function or a service; add one")
    if adjustment.to and adjustment.to == adjustment.service:
        raise SpecError(f"{where}: {adjustment.to} cannot move to itself; name another service")


_RANGES: dict[str, tuple[float, float, str]] = {
    "probability": (0.0, 1.0, "a share of 0 to 1"),
    "uncertain": (0.0, 5.0, "a relative standard deviation of 0 to 5"),
    "move": (0.0, 1.0, "a share of 0 to 1"),
    "stay": (0.0, 0.9999, "a share of 0 to below 1"),
    "exchange": (0.0, 100.0, "a number of 0 to 100"),
    "delay": (0.0, 30.0, "years, 0 to 30"),
    "change": (-1.0, 10.0, "a relative change of -1 to 10, such as -0.05"),
    "effect": (-10.0, 10.0, "per cent for one per cent, -10 to 10"),
    "price_level": (*YEARS, "a year, such as 2027"),
}


def _check_numbers(adjustment: Adjustment, where: str) -> None:
    needed, optional = LEVERS[adjustment.lever]
    for key in (k for k in _RANGES if k in (*COMMON, *needed, *optional)):
        low, high, expected = _RANGES[key]
        value = getattr(adjustment, key)
        if not low <= value <= high:
            raise SpecError(f"{where}: {key} is {value}; expected {expected}")
    if not np.isfinite(adjustment.amount):
        raise SpecError(f"{where}: amount is {adjustment.amount}; expected DKK 1,000")
    sign = SIGNS.get(adjustment.lever, 0)
    if sign * adjustment.amount < 0:
        kind = "an amount below 0 (it saves)" if sign < 0 else "an amount above 0 (it costs)"
        raise SpecError(
            f"{where}: amount is {adjustment.amount}; a {adjustment.lever} needs {kind}"
        )
    if adjustment.lever == "takst" and adjustment.amount <= 0:
        raise SpecError(f"{where}: amount is {adjustment.amount}; a takst is above 0")


def _month(text: str, first: bool) -> int:
    """Return a year's or month's first (or, not included, last) month, counted from year 0."""
    parts = text.split("-")
    try:
        year = int(parts[0])
        month = int(parts[1]) if len(parts) > 1 else (1 if first else 12)
    except ValueError:
        year, month = 0, 0
    low, high = YEARS
    if not (low <= year <= high and 1 <= month <= 12 and len(parts) <= 2):
        raise SpecError(
            f"{'from' if first else 'until'} is {text!r}; expected a year (2027) or a month "
            f"(2027-03) of {low} to {high}"
        )
    return 12 * year + month - 1 if first else 12 * year + month
