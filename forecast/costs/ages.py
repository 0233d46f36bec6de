"""Age mix: what the age composition of a population alone does to the use of a service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import vintages
from forecast.costs import volumes
from forecast.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from forecast.costs.volumes import Population
    from forecast.costs.wish import Wish
    from forecast.panel import Panel
    from forecast.workspace import Workspace

Floats = NDArray[np.float64]
PROFILES = "hand02a"  # adult recipients of the nation by age


def mix(
    workspace: Workspace, panels: Mapping[str, Panel], people: Population, wish: Wish
) -> dict[str, Floats]:
    """Return by service (municipalities, years) the effect of age composition, base year 1.

    It is the number of users per inhabitant that the nation's use by age would give in each
    year's population, relative to the base year's. A service whose use by age is not known is
    left out: then age is in its rate.

    Args:
        workspace: where national recipients by age lie.
        panels: by model; one with several ages has its own profile.
        people: reader of population by ages and years.
        wish: years and date.
    """
    profiles = _national(workspace, wish, people)
    for model, service in volumes.used(panels):
        own = _own(panels[model], service, people, wish.base)
        if own:
            profiles[service] = own
    return {s: _effect(use, people, wish) for s, use in profiles.items()}


def _effect(use: Mapping[str, float], people: Population, wish: Wish) -> Floats:
    line = [wish.base, *wish.years]
    count = np.stack([people(ages, line) for ages in use])
    rate = np.array(list(use.values()))[:, None, None]
    users = (count * rate).sum(axis=0) / count.sum(axis=0)
    return np.asarray(users[:, 1:] / users[:, :1], dtype=np.float64)


def _national(workspace: Workspace, wish: Wish, people: Population) -> dict[str, dict[str, float]]:
    """Return users per inhabitant by age of each adult service, in the nation."""
    held = vintages.optional(workspace, PROFILES, wish.known_at)
    if held is None:
        return {}
    base, frame = wish.base, held.frame
    known = frame[frame["value"].notna() & (frame["period"].str[:4].astype(int) <= base)]
    found: dict[str, dict[str, float]] = {}
    for service, rows in known.groupby("service", observed=True):
        latest = rows[rows["period"].str[:4] == rows["period"].str[:4].max()]
        mean = latest.groupby("age", observed=True)["value"].mean()
        rates = _rates(mean, people, base)
        if rates:
            found[str(service)] = rates
    return found


def _own(panel: Panel, service: str, people: Population, base: int) -> dict[str, float]:
    """Return users per inhabitant by age where a model's own series have several ages."""
    mask = volumes.rows_of(panel.keys, service)
    if "age" not in panel.keys or panel.keys.loc[mask, "age"].nunique() < 2:
        return {}
    values, years = volumes.yearly(panel.values[mask], panel.periods)
    held = [i for i, year in enumerate(years) if year <= base]
    if not held:
        return {}
    counts = panel.keys.loc[mask].assign(value=np.nan_to_num(values[:, held[-1]]))
    return _rates(counts.groupby("age", observed=True)["value"].sum(), people, base)


def _rates(counts: pd.Series, people: Population, base: int) -> dict[str, float]:
    """Return rates by age; none where the population is not known by these ages."""
    rates = {}
    for age, count in counts.items():
        try:
            number = float(people(str(age), [base]).sum())
        except DataError:  # age groups cut across: the profile cannot be used
            return {}
        rates[str(age)] = float(count) / number
    return rates if sum(rates.values()) > 0 else {}
