"""A panel as it was known at an origin: its exposure is that day's, its level today's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.engine import breaks
from forecast.methods._working import bridged
from forecast.panel import Panel

Floats = NDArray[np.float64]
WINDOW = 3  # years: populations change their growth slowly, and the newest tell most
FADE = 0.95


def projected(history: Floats, horizon: int) -> Floats:
    """Continue an exposure (n, T) by the fading mean log growth of its last years.

    Holes in the history take the nearest earlier value; a series without any takes 1.
    """
    filled = _filled(history)
    steps = np.diff(np.log(filled), axis=1)[:, -WINDOW:]
    growth = steps.mean(axis=1) if steps.shape[1] else np.zeros(len(filled))
    ahead = np.cumsum(FADE ** np.arange(1, horizon + 1))
    return filled[:, -1:] * np.exp(growth[:, None] * ahead)


def beyond_trend(exposure: Floats, known: int, horizon: int) -> Floats:
    """Return (n, horizon) a projected exposure over the one that goes on as it did; 1 without.

    Args:
        exposure: (n, T) history, and what is projected after it.
        known: how many periods are history.
        horizon: periods ahead.
    """
    past = _filled(exposure[:, :known])
    ahead = exposure[:, known : known + horizon]
    ratio = np.ones((len(exposure), horizon))
    told = _told(ahead)
    trend = projected(past, horizon)[:, : ahead.shape[1]]
    ratio[:, : ahead.shape[1]] = np.where(told, ahead / trend, 1.0)
    return ratio


def at(panel: Panel, cut: int, horizon: int) -> Panel:
    """Return the panel as of a cut: what was known then, with exposure through the horizon.

    History before a registered jump is on the level after it, as measured with what was known.
    The future's exposure is the projection of that day where the panel holds it, continued where
    it ends, and is projected from history where none is held.

    Args:
        panel: the whole panel.
        cut: how many periods were observed at the origin.
        horizon: how many periods ahead the exposure is wanted.
    """
    past = panel if cut == len(panel.periods) else panel.until(panel.periods[cut - 1])
    past = replace(past, projected={})
    if past.exposure is None:
        return breaks.levelled(past)
    before = _filled(past.exposure[:, :cut])
    ahead = _continued(before, past.exposure[:, cut:], horizon)
    return breaks.levelled(replace(past, exposure=np.concatenate([before, ahead], axis=1)))


def without_holes(panel: Panel) -> Panel:
    """Return the panel with each series' exposure carried over holes and beyond its own end.

    A sum over series is wrong in a period that only some of them tell. What no series tells, and
    the time before a series' first exposure, stay unknown.
    """
    if panel.exposure is None:
        return panel
    t = len(panel.periods)
    given, ahead = panel.exposure[:, :t], panel.exposure[:, t:]
    before = np.where(np.maximum.accumulate(_told(given), axis=1), _filled(given), given)
    if not ahead.shape[1]:
        return replace(panel, exposure=before)
    whole = _continued(_filled(given), ahead, ahead.shape[1])
    ahead = np.where(_told(ahead).any(axis=0), whole, np.nan)
    return replace(panel, exposure=np.concatenate([before, ahead], axis=1))


def _continued(past: Floats, published: Floats, horizon: int) -> Floats:
    """Take the published projection (n, any) where it says something, and continue it.

    It may end earlier for one series than for another; a hole within it is bridged.
    """
    known = published[:, :horizon]
    told = _told(known)
    ahead = np.where(told, known, projected(past, horizon)[:, : known.shape[1]])
    reach = np.where(told, np.arange(1, known.shape[1] + 1), 0).max(axis=1, initial=0)
    partly = (reach > 0) & ~told.all(axis=1)
    for far in np.unique(reach[partly]):
        rows = partly & (reach == far)
        said = np.where(told[rows, :far], known[rows, :far], np.nan)
        drawn = _drawn(past[rows], said, known.shape[1])
        ahead[rows] = np.where(told[rows], known[rows], drawn)
    missing = horizon - ahead.shape[1]
    if missing == 0:
        return ahead
    line = np.concatenate([past, ahead], axis=1)
    return np.concatenate([ahead, projected(line, missing)], axis=1)


def _drawn(past: Floats, said: Floats, horizon: int) -> Floats:
    """Bridge the holes of what is said (n, far), and go on from its end to the horizon."""
    line = np.exp(bridged(np.log(np.concatenate([past, said], axis=1))))
    ahead, missing = line[:, past.shape[1] :], horizon - said.shape[1]
    if missing == 0:
        return ahead
    return np.concatenate([ahead, projected(line, missing)], axis=1)


def _told(exposure: Floats) -> NDArray[np.bool_]:
    return np.isfinite(exposure) & (exposure > 0)


def _filled(exposure: Floats) -> Floats:
    usable = _told(exposure)
    place = np.maximum.accumulate(np.where(usable, np.arange(exposure.shape[1]), -1), axis=1)
    first = np.argmax(usable, axis=1)[:, None]
    filled = np.take_along_axis(exposure, np.where(place >= 0, place, first), axis=1)
    return np.where(usable.any(axis=1, keepdims=True), filled, 1.0)
