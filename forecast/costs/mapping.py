"""Mapping: which services are paid on which account function, and in what proportion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from forecast import files, registers, services, tomlfile
from forecast.errors import SpecError

FILE = "data/registers/functions.toml"
REMAINDER = "remainder"
REFUNDS = ("", "cases", "share")
GROUPS = ("adults", "children")


@dataclass(frozen=True)
class Use:
    """How one service is paid on one function.

    Attributes:
        model: the model that forecasts the service.
        share: share of the service's recipients that are paid on the function.
        place: services of the placement table, joined by `+`, whose own share replaces `share`.
        weight: cost of a recipient relative to other services on the function.
    """

    model: str
    share: float = 1.0
    place: str = ""
    weight: float = 1.0


@dataclass(frozen=True)
class Function:
    """One account function (data/registers/functions.toml says what each key means)."""

    code: str
    da: str
    en: str
    group: str
    population: str
    serviceramme: bool = True
    refund: str = ""
    cases: str = ""
    remainder: float = 0.0
    services: dict[str, Use] = field(default_factory=dict)

    def forecast_by(self, models: Iterable[str]) -> dict[str, Use]:
        """Return the services that one of these models forecasts."""
        known = set(models)
        return {code: use for code, use in self.services.items() if use.model in known}


@cache
def table() -> dict[str, Function]:
    """Return all account functions by code.

    Raises:
        SpecError: a key is unknown, a share lies outside 0 to 1, or a service's shares sum to
            more than 1.
    """
    return read(tomlfile.read(files.assets() / FILE))


def read(entries: dict[str, dict[str, object]]) -> dict[str, Function]:
    """Return functions from the tables of a TOML file."""
    found = registers.records(Function, entries, FILE, "code")
    for function in found.values():
        _check(function)
    _check_sums(found.values())
    return found


def get(code: str) -> Function:
    """Return one function.

    Raises:
        SpecError: there is none of that code.
    """
    return registers.pick(table(), code, "account function", FILE)


def _check(function: Function) -> None:
    where = f"{FILE} [{function.code}]"
    if function.refund not in REFUNDS or function.group not in GROUPS:
        raise SpecError(
            f"{where}: group {function.group!r} and refund {function.refund!r}; expected a group "
            f"of {', '.join(GROUPS)} and a refund of {', '.join(filter(None, REFUNDS))} or none"
        )
    if not 0 <= function.remainder <= 1:
        raise SpecError(f"{where}: remainder is {function.remainder}; expected a share of 0 to 1")
    for code, use in function.services.items():
        services.get(code)
        if not 0 < use.share <= 1:
            raise SpecError(f"{where}: share of {code} is {use.share}; expected above 0 to 1")
        if not use.weight > 0:
            raise SpecError(f"{where}: weight of {code} is {use.weight}; expected above 0")


def _check_sums(functions: Iterable[Function]) -> None:
    total: dict[str, float] = {}
    for function in functions:
        for code, use in function.services.items():
            total[code] = total.get(code, 0.0) + use.share
    above = {code: share for code, share in total.items() if share > 1 + 1e-9}
    if above:
        code, share = next(iter(above.items()))
        raise SpecError(
            f"{FILE}: the shares of {code} on all functions sum to {share:.3f}; expected at most 1"
        )
