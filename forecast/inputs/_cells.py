"""The cells of a dataset that a model uses, laid out as series by periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from forecast import areas, periods, specs
from forecast.errors import DataError
from forecast.frames import COUNTED
from forecast.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

    from forecast.specs import ModelSpec
    from forecast.workspace import Workspace

DIMENSIONS = ("service", "age", "sex", "function")


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
