"""Pooled growth: the last value times a fading growth that its group shares.

On social panels a single area's own trend misleads more than it helps; what its neighbours have in
common carries. The group's growth is the median over its series and recent years; a share of the
series' own may be mixed in, up to all of it.
"""

from __future__ import annotations

import numpy as np

from forecast.errors import MethodError
from forecast.methods import Needs, State, _groups, _growth, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=2, gaps=True)
MIDDLES = ("mean", "median")


def fit(  # noqa: PLR0913  # one keyword an option of the model file
    panel: Panel,
    *,
    groups: tuple[str, ...] = (),
    rate: bool = False,
    damping: float = 0.9,
    window: int = 0,
    own: float = 0.0,
    own_window: int = 0,
    middle: str = "median",
) -> State:
    """Measure the growth of each group, and of each series where its own counts.

    Args:
        panel: series by periods.
        groups: key columns; series that agree in them share their growth (none: all share).
        rate: work on rates where the panel has exposure.
        damping: factor by which the growth fades each period, in (0, 1].
        window: how many of the last changes make the group's growth (0: all).
        own: share of the series' own growth, 0 to 1.
        own_window: how many of the last changes make the own growth (0: all).
        middle: whether the own growth is the `mean` or the `median` of its changes.

    Raises:
        MethodError: an option is out of range, or a group column is not a key.
    """
    if not 0 < damping <= 1 or window < 0 or not 0 <= own <= 1 or middle not in MIDDLES:
        raise MethodError(
            f"pooled_growth: damping {damping} must lie in (0, 1], window {window} be ≥ 0, own "
            f"{own} lie in 0 to 1 and middle {middle!r} be mean or median"
        )
    work = _working.working(panel, rate=rate)
    change = _growth.relative(work.z)
    pooled = _of_groups(change[:, -window:], _groups.codes(panel, tuple(groups)))
    alone = _middle(change[:, -own_window:], middle)
    growth = np.clip(own * alone + (1 - own) * pooled, -_growth.CAP, _growth.CAP)
    state = work.state(
        level=work.last, growth=growth, sigma=_working.spread(np.diff(work.z, axis=1))
    )
    return State(state.arrays, {**state.values, "damping": damping})


def _of_groups(change: _working.Floats, codes: _working.Ints) -> _working.Floats:
    """Return (n,) median change of each series' group; none where nothing is known."""
    growth = np.zeros(len(change))
    for code in range(int(codes.max()) + 1):
        members = codes == code
        known = change[members][np.isfinite(change[members])]
        growth[members] = float(np.median(known)) if len(known) else 0.0
    return growth


def _middle(change: _working.Floats, middle: str) -> _working.Floats:
    """Return (n,) mean or median of each series' own changes; none where it has none."""
    seen = np.isfinite(change)
    known = seen.any(axis=1)
    if middle == "mean":
        total = np.where(seen, change, 0.0).sum(axis=1)
        return np.asarray(total / np.maximum(seen.sum(axis=1), 1))
    growth = np.zeros(len(change))
    growth[known] = np.nanmedian(change[known], axis=1)
    return growth


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): last value times the fading growth."""
    return _working.original(state, _growth.path, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) random walks along the growth."""
    return _working.simulated(state, _growth.path, horizon, size, rng)
