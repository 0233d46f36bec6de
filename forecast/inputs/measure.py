"""A panel of one measure: its own dataset, and the population that its rate refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from forecast import areas, periods, specs, vintages
from forecast.errors import DataError
from forecast.inputs import Inputs
from forecast.inputs._breaks import applied
from forecast.inputs._drivers import Ask, with_drivers
from forecast.inputs._exposure import Source, first_known, with_exposure
from forecast.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

    from forecast.specs import ModelSpec
    from forecast.workspace import Workspace

DIMENSIONS = ("service", "age", "sex", "function")
COUNTED = ("observed", "provisional")


def build(spec: ModelSpec, workspace: Workspace, known_at: str | None) -> Inputs:
    """Build the panel of a model's measure as it was known on a date.

    Raises:
        DataError: the dataset holds nothing that the model could use.
    """
    bare, first = counted(spec, workspace, known_at)
    panel, used = bare.panel, bare.used
    if spec.exposure:
        source = Source(workspace, spec.exposure, spec.horizon, known_at)
        panel, read = with_exposure(panel, source, first)
        used = (*used, *read)
    panel, read, more = with_drivers(panel, Ask(spec, workspace, known_at, first))
    return Inputs(panel, (*used, *read), bare.real_time, (*bare.notes, *more))


def counted(
    spec: ModelSpec, workspace: Workspace, known_at: str | None
) -> tuple[Inputs, dict[str, str]]:
    """Build the panel of the counts alone; return also when each period was first known.

    Raises:
        DataError: the dataset holds nothing that the model could use.
    """
    known = vintages.known(workspace, spec.data, known_at)
    cells = lowest_level(selected(known.frame, spec, workspace))
    panel, absent = pivot(cells, spec)
    notes = tuple(
        f"{areas.name(code)} ({code}) is in no figure of {spec.data}" for code in sorted(absent)
    )
    panel, broken = applied(panel, spec.data)
    notes = (*notes, *broken)
    return Inputs(panel, known.vintages, known.real_time, notes), first_known(cells)


def selected(
    frame: pd.DataFrame, spec: ModelSpec, workspace: Workspace | None = None
) -> pd.DataFrame:
    """Keep the cells of the model's measure, of the dimension values it names, from its start.

    Raises:
        DataError: nothing is left, or a named dimension value does not occur.
    """
    kept = frame[frame["measure"] == spec.measure]
    for column, wanted in spec.where.items():
        absent = [w for w in wanted if column not in kept or not (kept[column] == w).any()]
        if absent:
            raise DataError(
                f"{specs.called('models', spec.name, workspace)}: where.{column} names "
                f"{', '.join(absent)}, which {spec.data} does not hold"
            )
        kept = kept[kept[column].isin(wanted)]
    if spec.start:
        first = periods.parse(spec.start).start
        starts = {code: periods.parse(code).start for code in kept["period"].unique()}
        kept = kept[kept["period"].map(starts) >= first]
    if kept.empty:
        raise DataError(
            f"{spec.data} holds no {spec.measure} from {spec.start or 'any period'} on; "
            f"look with: forecast data check {spec.data}"
        )
    return kept


def lowest_level(cells: pd.DataFrame) -> pd.DataFrame:
    """Keep the municipalities' rows; the regions' where a source knows no municipality."""
    for codes in (areas.municipalities(), areas.regions(), [areas.NATION]):
        kept = cells[cells["area"].isin(codes)]
        if not kept.empty:
            return kept
    raise DataError("no row is of a municipality, a region or the nation; check the area codes")


def pivot(cells: pd.DataFrame, spec: ModelSpec) -> tuple[Panel, set[str]]:
    """Lay the cells out as series by periods; return also the areas without any figure."""
    keys = ["area", *(d for d in DIMENSIONS if d in cells.columns)]
    used = cells.assign(
        time=cells["period"].map(_regular(cells["period"].unique())),
        value=cells["value"].where(cells["status"].isin(COUNTED)),
    )
    twice = used[used.duplicated([*keys, "time"], keep=False) & used["value"].notna()]
    if not twice.empty:
        first = twice.iloc[0]
        raise DataError(
            f"{spec.data}: two figures for {' · '.join(str(first[k]) for k in keys)} in "
            f"{first['time']}; expected one (units or area levels mixed?)"
        )
    wide = used.pivot_table(index=keys, columns="time", values="value", aggfunc="first")
    line = periods.span(min(wide.columns), max(wide.columns))
    values = wide.reindex(columns=list(line)).to_numpy(dtype=np.float64, copy=True)
    frame = wide.index.to_frame(index=False)
    frame.insert(1, "region", frame["area"].map(areas.region_of))
    absent = set(cells["area"]) - set(frame["area"])
    return Panel(values, frame, line, measure=spec.measure), absent


def _regular(codes: np.ndarray) -> dict[str, str]:
    """Return each period on a regular line; a count on a date stands for its year."""
    parsed = {code: periods.parse(code) for code in codes}
    return {c: str(p.year) if p.frequency == "D" else c for c, p in parsed.items()}
