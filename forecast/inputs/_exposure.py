"""The population that a panel's rates refer to, today's and as projected at earlier origins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from forecast import areas, periods
from forecast.dataroom import population
from forecast.errors import DataError, VintageError
from forecast.panel import Floats, Panel

if TYPE_CHECKING:
    import pandas as pd

    from forecast.vintages import Vintage
    from forecast.workspace import Workspace

LATEST = timedelta(days=366)  # a figure corrected years later was first known within a year


@dataclass(frozen=True)
class Source:
    """Where exposure is read, and for whom.

    Attributes:
        ages: whose population it is where a series has no ages of its own, such as `18+`.
        horizon: how many periods ahead it is needed.
        known_at: the date whose knowledge is used; None for all there is.
    """

    workspace: Workspace
    ages: str
    horizon: int
    known_at: str | None


def first_known(cells: pd.DataFrame) -> dict[str, str]:
    """Return, by period, the date on which its figures were first out."""
    published = cells.groupby("period")["published"].min()
    found: dict[str, str] = {}
    for code, date in published.items():
        period = periods.parse(str(code))
        name = str(period.year) if period.frequency == "D" else period.code
        found[name] = min(str(date), (period.end + LATEST).isoformat())
    return found


def with_exposure(
    panel: Panel, source: Source, known: dict[str, str]
) -> tuple[Panel, tuple[Vintage, ...]]:
    """Add exposure to a panel, and what was projected on the day each earlier period was known."""
    exposure, used = exposed(panel, source)
    projected = {}
    for period in panel.periods[:-1]:
        if period not in known:
            continue
        day = known[period] if source.known_at is None else min(known[period], source.known_at)
        try:
            found, _ = exposed(panel.until(period), replace(source, known_at=day))
        except (DataError, VintageError):  # no projection is as old as this: none is claimed
            continue
        projected[period] = found
    return replace(panel, exposure=exposure, projected=projected), used


def exposed(panel: Panel, source: Source) -> tuple[Floats, tuple[Vintage, ...]]:
    """Return (n, T + H) population of each series, of its own ages where it has them."""
    line = (*panel.periods, *panel.future(source.horizon))
    codes = list(dict.fromkeys(panel.keys["area"]))
    ages = panel.keys.get("age", [""] * len(panel.keys))
    wanted = [a if a[:1].isdigit() else source.ages for a in ages]
    by_age: dict[str, Floats] = {}
    used: tuple[Vintage, ...] = ()
    for group in sorted(set(wanted)):
        by_age[group], used = _with_partners(replace(source, ages=group), codes, line)
    row = {code: i for i, code in enumerate(codes)}
    rows = [by_age[g][row[a]] for g, a in zip(wanted, panel.keys["area"], strict=True)]
    return np.stack(rows), used


def _with_partners(
    source: Source, codes: list[str], line: tuple[str, ...]
) -> tuple[Floats, tuple[Vintage, ...]]:
    """Return population by area, that of municipalities it reports for included.

    Ishøj reports Vallensbæk's services: its rate refers to both, unless Vallensbæk reports too.
    """
    partners = {c: [p for p in areas.get(c).reports_for.split() if p not in codes] for c in codes}
    everyone = [*codes, *(p for c in codes for p in partners[c])]
    counts, used = population.exposure(
        source.workspace, source.ages, everyone, line, known_at=source.known_at
    )
    row = {code: i for i, code in enumerate(everyone)}
    total = np.stack([counts[[row[c], *(row[p] for p in partners[c])]].sum(axis=0) for c in codes])
    return total, used
