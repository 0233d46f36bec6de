"""A panel of one measure: its own dataset, and the population that its rate refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecast import areas, vintages
from forecast.inputs import Inputs
from forecast.inputs._breaks import applied
from forecast.inputs._cells import lowest_level, pivot, selected
from forecast.inputs._drivers import Ask, with_drivers
from forecast.inputs._exposure import Source, first_known, with_exposure

if TYPE_CHECKING:
    from forecast.specs import ModelSpec
    from forecast.workspace import Workspace


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
