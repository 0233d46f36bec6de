"""A panel of unit costs: accounts divided by recipients, by municipality and account function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from forecast import areas, specs, vintages
from forecast.costs import accounts as accounts_
from forecast.costs import mapping, prices, unit_costs, volumes
from forecast.dataroom import population
from forecast.errors import DataError
from forecast.inputs import Inputs, measure
from forecast.inputs._breaks import applied
from forecast.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

    from forecast.costs.volumes import Population
    from forecast.panel import Floats
    from forecast.specs import ModelSpec
    from forecast.vintages import Vintage
    from forecast.workspace import Workspace

PLACES = "anbaar12"


def build(spec: ModelSpec, workspace: Workspace, known_at: str | None) -> Inputs:
    """Build the panel of unit costs as it was known on a date.

    Keys are area, region and function; values are DKK 1,000 per weighted recipient (per
    inhabitant on functions without a service), in fixed prices of the panel's last year.

    Raises:
        DataError: there are no accounts, or none from the model's start on.
    """
    books = accounts_.read(workspace, "accounts", known_at)
    first = int(spec.start or 0)
    if books is None or books.last_year < first:
        raise DataError(
            f"there are no accounts from {spec.start or 'any year'} on; pull regk31 or import "
            "own_accounts (unit costs are accounts divided by recipients)"
        )
    years = [y for y in range(first, books.last_year + 1) if (books.table["year"] == y).any()]
    panels, used = recipients(workspace, known_at)
    rates = prices.read(workspace, known_at)
    people, counted = persons(workspace, known_at)
    placed = vintages.optional(workspace, PLACES, known_at)
    codes = areas.municipalities()
    ground = unit_costs.Ground(
        codes,
        books,
        rates,
        volumes.history(panels, codes, people),
        volumes.places(None if placed is None else placed.frame, codes, years[-1]),
        people,
    )
    panel, broken = applied(_panel(ground, years), spec.data)
    where = () if placed is None else placed.vintages
    stood = all(v.stood(known_at) for v in (*books.used, *rates.used, *used, *where))
    read = _once((*books.used, *rates.used, *used, *counted, *where))
    return Inputs(panel, read, stood, (*_notes(panels), *broken))


def _panel(ground: unit_costs.Ground, years: list[int]) -> Panel:
    import pandas as pd

    blocks: list[Floats] = []
    keys: list[tuple[str, str, str]] = []
    for code, function in sorted(mapping.table().items()):
        values = unit_costs.observed(ground, function, years, years[-1]).values
        seen = np.asarray(np.isfinite(values).any(axis=1))
        blocks.append(values[seen])
        owners = [area for area, s in zip(ground.codes, seen, strict=True) if s]
        keys += [(area, areas.region_of(area), code) for area in owners]
    frame = pd.DataFrame(keys, columns=["area", "region", "function"], dtype="str")
    line = tuple(str(year) for year in years)
    return Panel(np.concatenate(blocks), frame, line, measure="unit_cost")


def recipients(
    workspace: Workspace, known_at: str | None
) -> tuple[dict[str, Panel], tuple[Vintage, ...]]:
    """Return the panels of all models that a function's services name and that have data."""
    panels: dict[str, Panel] = {}
    used: tuple[Vintage, ...] = ()
    wanted = {use.model for f in mapping.table().values() for use in f.services.values()}
    for name in sorted(wanted & set(specs.names("models", workspace))):
        spec = specs.model(name, workspace)
        if vintages.optional(workspace, spec.data, known_at) is not None:
            inputs, _ = measure.counted(spec, workspace, known_at)
            panels[name] = inputs.panel
            used = (*used, *inputs.used)
    return panels, used


def persons(workspace: Workspace, known_at: str | None) -> tuple[Population, tuple[Vintage, ...]]:
    """Return a reader of population by ages and years, and the vintages that it reads."""
    codes = areas.municipalities()
    cache: dict[tuple[str, tuple[int, ...]], Floats] = {}

    def read(ages: str, years: list[int]) -> Floats:
        key = ages, tuple(years)
        if key not in cache:
            line = [str(year) for year in years]
            cache[key] = population.exposure(workspace, ages, codes, line, known_at)[0]
        return cache[key]

    found = [
        vintages.read_from(workspace, d, known_at)
        for d in (population.COUNTED, population.PROJECTED)
        if vintages.listing(workspace, d)
    ]
    return read, tuple(v for group in found for v in group)


def place_frame(workspace: Workspace, known_at: str | None) -> pd.DataFrame | None:
    """Return placements by kind of place, None where they are not stored."""
    known = vintages.optional(workspace, PLACES, known_at)
    return None if known is None else known.frame


def _once(used: tuple[Vintage, ...]) -> tuple[Vintage, ...]:
    return tuple({vintage.id: vintage for vintage in used}.values())


def _notes(panels: dict[str, Panel]) -> tuple[str, ...]:
    wanted = {use.model for f in mapping.table().values() for use in f.services.values()}
    return tuple(
        f"no recipients of {name}: its functions are measured per inhabitant"
        for name in sorted(wanted - set(panels))
    )
