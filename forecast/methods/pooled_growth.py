"""Pooled growth: last value times the damped median growth of its group.

On social panels a single area's own trend misleads more than it helps; what its neighbours have
in common carries. The group's growth is the median over series of their mean log change in a
recent window, shrunk toward none where the group is small, and fades with the horizon.
"""

from __future__ import annotations

import numpy as np

from forecast.errors import MethodError
from forecast.methods import Needs, State, _groups, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=2, gaps=True)
PRIOR = 4.0  # series' worth of belief in no growth


def fit(
    panel: Panel,
    *,
    groups: tuple[str, ...] = (),
    rate: bool = False,
    damping: float = 0.9,
    window: int = 4,
) -> State:
    """Measure each group's median growth.

    Args:
        panel: series by periods.
        groups: key columns; series that agree in them share their growth (none: all share).
        rate: work on rates where the panel has exposure.
        damping: factor by which the growth fades each period, in (0, 1].
        window: how many of the last changes count.

    Raises:
        MethodError: damping or window out of range, or a group column that is not a key.
    """
    if not 0 < damping <= 1 or window < 1:
        raise MethodError(f"pooled_growth: damping {damping} or window {window} out of range")
    work = _working.working(panel, scale="log", rate=rate)
    codes = _groups.codes(panel, tuple(groups))
    changes = np.diff(work.z, axis=1)[:, -window:]
    own = _mean(changes)
    growth = np.zeros(len(own))
    for code in range(codes.max() + 1):
        members = own[(codes == code) & np.isfinite(own)]
        middle = float(np.median(members)) if len(members) else 0.0
        growth[codes == code] = middle * len(members) / (len(members) + PRIOR)
    growth = np.where(work.back["_kind"] == 1, growth, 0.0)  # a log growth says nothing elsewhere
    state = work.state(level=work.last, slope=growth, sigma=_working.spread(changes))
    return State(state.arrays, {**state.values, "damping": damping})


def _mean(changes: _working.Floats) -> _working.Floats:
    count = np.isfinite(changes).sum(axis=1)
    total = np.nansum(changes, axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _path(state: State, steps: int) -> _working.Floats:
    fade = float(state.values["damping"])  # type: ignore[arg-type]
    total = np.cumsum(fade ** np.arange(1, steps + 1))
    return np.asarray(state.arrays["level"][:, None] + state.arrays["slope"][:, None] * total)


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): last value times the group's fading growth."""
    return _working.original(state, _path, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) random walks along the group's growth."""
    return _working.simulated(state, _path, horizon, size, rng)
