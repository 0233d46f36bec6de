"""Beside: which projections may stand beside another as its scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from forecast.errors import ReportError

if TYPE_CHECKING:
    from forecast.bundle import Bundle


def refuse_other(bundle: Bundle, scenario: Bundle) -> None:
    """Refuse a scenario that rests on other futures, versions or data than a projection.

    What differs would not be the scenario's own doing then.

    Raises:
        ReportError: naming the first thing that differs; or it is the projection itself.
    """
    if scenario.id == bundle.id:
        raise ReportError(f"projection {bundle.id} is named as a scenario of itself")
    ours, theirs = _base(bundle.meta), _base(scenario.meta)
    for what in (*ours, *theirs):
        here, there = ours.get(what, "not used"), theirs.get(what, "not used")
        if here != there:
            raise ReportError(
                f"projection {scenario.id} is no scenario of {bundle.id}: {what} is {there} there "
                f"and {here} here; project both on the same base (`forecast project --adjust FILE`)"
            )


def _without_refund(meta: Mapping[str, Any]) -> str:
    """Return the years whose thresholds are not known; `--uprate-refunds` carries them forward."""
    years = [n["params"]["years"] for n in meta["notes"] if n["code"] == "refund_left_out"]
    return ", ".join(str(year) for found in years for year in found) or "none"


def _base(meta: Mapping[str, Any]) -> dict[str, str]:
    return {
        "the budget year": str(meta["budget_year"]),
        "the seed": str(meta["seed"]),
        "the number of futures": str(meta["draws"]),
        "the price estimate": str(meta["price_vintage"]),
        "the time without central refund": _without_refund(meta),
        **{f"the version of {n}": str(entry["version"]) for n, entry in meta["models"].items()},
        **{f"the vintage {vintage['id']}": "used" for vintage in meta["vintages"]},
    }
