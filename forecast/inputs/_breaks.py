"""What the register of breaks does to a model's panel: start after, dummy, mask, or only a note."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import periods
from forecast.dataroom import breaks
from forecast.errors import DataError
from forecast.panel import Panel, Shift

if TYPE_CHECKING:
    from forecast.dataroom.breaks import Break

PLACES = ("area", "region")


def applied(panel: Panel, dataset: str) -> tuple[Panel, tuple[str, ...]]:
    """Return a panel in which the register's breaks act, and a sentence on each that does.

    `start_after` blanks what lies before the break and `mask` the period itself; `dummy` leaves
    the values and tells the engine of a jump in level, which it measures over the panel.
    """
    known = breaks.of(dataset)
    panel, blanked = _blanked(panel, known)
    shifts = [_shift(panel, entry) for entry in known if entry.action == "dummy"]
    real = tuple(s for s in shifts if 0 < s.first < len(panel.periods) and (s.codes >= 0).any())
    notes = [
        f"{s.name}: a jump in level in {panel.periods[s.first]} is measured over the panel and "
        "taken out of history"
        for s in real
    ]
    return replace(panel, breaks=real), (*blanked, *notes)


def _blanked(panel: Panel, known: tuple[Break, ...]) -> tuple[Panel, tuple[str, ...]]:
    """Return the panel without the figures that the register leaves out, from the first left."""
    values, notes = panel.values.copy(), []
    for entry in known:
        blank = np.ix_(_concerned(panel, entry), _left_out(panel.periods, entry))
        lost = int(np.isfinite(values[blank]).sum())
        if lost:
            values[blank] = np.nan
            when = "of" if entry.action == "mask" else "before"
            notes.append(f"{entry.id}: {lost} figures {when} {entry.date} are left out")
    seen = np.isfinite(values).any(axis=0)
    if notes and not seen.any():
        raise DataError(f"{notes[-1]}, and with them all there is; look at {breaks.REGISTER}")
    begin = int(np.argmax(seen)) if notes else 0
    return replace(panel, values=values[:, begin:], periods=panel.periods[begin:]), tuple(notes)


def _left_out(line: tuple[str, ...], entry: Break) -> NDArray[np.bool_]:
    """Return (T,) which periods of a panel a break's action leaves out."""
    date, parsed = periods.parse(entry.date), [periods.parse(p) for p in line]
    if entry.action == "start_after":
        return np.array([p.end < date.start for p in parsed])
    masked = entry.action == "mask"
    return np.array([masked and p.start <= date.end and p.end >= date.start for p in parsed])


def _concerned(panel: Panel, entry: Break) -> NDArray[np.bool_]:
    """Return (n,) which series a break is about."""
    chosen = np.ones(len(panel.keys), dtype=bool)
    for column, wanted in (("service", entry.services), ("area", entry.areas)):
        if wanted:
            known = panel.keys[column] if column in panel.keys.columns else None
            chosen &= False if known is None else known.isin(wanted).to_numpy()
    return chosen


def _shift(panel: Panel, entry: Break) -> Shift:
    """Return a jump, measured together over the areas of each service and age."""
    opens, concerned = periods.parse(entry.date).start, _concerned(panel, entry)
    first = sum(periods.parse(p).end < opens for p in panel.periods)
    columns = [c for c in panel.keys.columns if c not in PLACES]
    names = panel.keys[columns].astype(str).agg(" · ".join, axis=1) if columns else None
    if names is None:
        return Shift(entry.id, first, np.where(concerned, 0, -1).astype(np.intp), ("",))
    groups = sorted(set(names[concerned]))
    at = {name: k for k, name in enumerate(groups)}
    codes = [at[n] if c else -1 for n, c in zip(names, concerned, strict=True)]
    return Shift(entry.id, first, np.array(codes, dtype=np.intp), tuple(groups))
