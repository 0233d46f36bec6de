"""Thresholds of the refund for expensive single cases: dated, by law, with their source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from forecast import vintages
from forecast.errors import ProjectionError

if TYPE_CHECKING:
    import pandas as pd

    from forecast.costs.prices import Prices
    from forecast.vintages import Vintage
    from forecast.workspace import Workspace

GROUPS = ("adults", "children")
DATASET = "refund_thresholds"


@dataclass(frozen=True)
class Steps:
    """One year's rule for adults or for children.

    Attributes:
        group: `adults` (SEL § 176) or `children` (SEL § 176, from 2024 Barnets lov § 198).
        year: calendar year.
        limits: rising thresholds, DKK 1,000 a year.
        rates: share of the slice above each threshold that the state refunds.
        status: `observed`, `synthetic` (demonstration), `supplied` or `uprated`.
        source: where the figures stand.
    """

    group: str
    year: int
    limits: tuple[float, ...]
    rates: tuple[float, ...]
    status: str = "observed"
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse limits that do not rise and rates that are no shares."""
        rising = all(a < b for a, b in zip(self.limits, self.limits[1:], strict=False))
        shares = all(0 <= a <= b <= 1 for a, b in zip((0, *self.rates), self.rates, strict=False))
        if not (rising and shares and self.limits and len(self.limits) == len(self.rates)):
            raise ProjectionError(
                f"refund thresholds {self.group} {self.year}: limits {self.limits} with rates "
                f"{self.rates}; expected as many rates as limits, both rising, rates at most 1"
            )

    @property
    def law(self) -> str:
        """The law that the year's claim is made under."""
        return "bl198" if self.group == "children" and self.year >= 2024 else "sel176"


@dataclass(frozen=True)
class Thresholds:
    """The rules of all years that are known."""

    steps: Mapping[tuple[str, int], Steps]

    def get(self, group: str, year: int) -> Steps:
        """Return one year's rule.

        Raises:
            ProjectionError: the year is not in the table; the sentence names the file to edit.
        """
        if (group, year) not in self.steps:
            held = sorted(y for g, y in self.steps if g == group)
            span = f"{held[0]}-{held[-1]}" if held else "none"
            raise ProjectionError(
                f"no refund thresholds for {group} in {year} (years held: {span}); add them with "
                f"`forecast data import {DATASET} FILE` or ask for uprating by an index"
            )
        return self.steps[group, year]

    def has(self, group: str, year: int) -> bool:
        """Return whether a year's rule is known."""
        return (group, year) in self.steps

    def uprated(self, rates: Prices, until: int) -> Thresholds:
        """Return the table with years after a group's last one carried forward by the price index.

        Args:
            rates: growth of prices; it must reach from each group's last year.
            until: the last year that should be there afterwards.

        Raises:
            ProjectionError: the price table lacks a year between.
        """
        steps = dict(self.steps)
        for group in GROUPS:
            held = [year for g, year in self.steps if g == group]
            missing = list(range(max(held) + 1, until + 1)) if held else []
            if not missing:
                continue
            last = self.steps[group, max(held)]
            for year, growth in zip(missing, rates.index(missing, last.year), strict=True):
                steps[group, year] = replace(
                    last,
                    year=year,
                    limits=tuple(limit * float(growth) for limit in last.limits),
                    status="uprated",
                )
        return Thresholds(steps)


def read(
    workspace: Workspace, known_at: str | None = None
) -> tuple[Thresholds, tuple[Vintage, ...]]:
    """Return the thresholds known on a date, and the vintages they come from; none if none is."""
    known = vintages.optional(workspace, DATASET, known_at)
    if known is None:
        return Thresholds({}), ()
    synthetic = all(vintage.synthetic for vintage in known.vintages)
    return from_frame(known.frame, "synthetic" if synthetic else "observed"), known.vintages


def from_frame(frame: pd.DataFrame, status: str = "observed") -> Thresholds:
    """Read the dataset `refund_thresholds`: group, slice, share, period, value (DKK 1,000 a year).

    Where a column `synthetic` says which rows are made up, only these are marked so.

    Raises:
        ProjectionError: a group is unknown, or a year's limits and rates do not fit together.
    """
    unknown = sorted(set(frame["group"]) - set(GROUPS))
    if unknown:
        raise ProjectionError(
            f"refund thresholds for {', '.join(unknown)}; expected {' or '.join(GROUPS)}"
        )
    steps = {}
    ordered = frame.assign(slice=frame["slice"].astype(int)).sort_values("slice")
    for key, rows in ordered.groupby(["group", "period"]):
        group, year = (str(part) for part in key)
        first = rows.iloc[0]
        made_up = bool(first["synthetic"]) if "synthetic" in rows else status == "synthetic"
        steps[group, int(year)] = Steps(
            group=group,
            year=int(year),
            limits=tuple(float(x) for x in rows["value"]),
            rates=tuple(float(x) for x in rows["share"]),
            status="synthetic" if made_up else "observed",
            source=str(first["source"]) if "source" in rows else "",
        )
    return Thresholds(steps)


def table(known: Thresholds) -> pd.DataFrame:
    """Return the bundle's table of thresholds."""
    import pandas as pd

    rows = [
        (rule.law, rule.group, str(year), step + 1, limit, rate, rule.status, rule.source)
        for (_, year), rule in sorted(known.steps.items())
        for step, (limit, rate) in enumerate(zip(rule.limits, rule.rates, strict=True))
    ]
    columns = ["law", "group", "year", "step", "threshold", "rate", "status", "source"]
    return pd.DataFrame(rows, columns=columns)
