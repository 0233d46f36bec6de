"""Exposure as it could be known at an origin: history, then a projection from history alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.panel import Panel

Floats = NDArray[np.float64]
WINDOW = 5
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


def at(panel: Panel, cut: int, horizon: int, known: Mapping[int, Floats] | None = None) -> Panel:
    """Return the panel as of a cut: values and exposure before it, later exposure projected.

    Args:
        panel: the whole panel.
        cut: how many periods were observed at the origin.
        horizon: how many periods ahead the exposure is wanted.
        known: by cut, the (n, ≥ horizon) projection that was published at that time, where kept.
    """
    values, periods = panel.values[:, :cut], panel.periods[:cut]
    if panel.exposure is None:
        return replace(panel, values=values, periods=periods)
    past = _filled(panel.exposure[:, :cut])
    published = None if known is None else known.get(cut)
    if published is None and cut == len(panel.periods) and panel.horizon:
        published = panel.exposure[:, cut:]
    ahead = _joined(past, published, horizon)
    return replace(
        panel, values=values, periods=periods, exposure=np.concatenate([past, ahead], axis=1)
    )


def _joined(past: Floats, published: Floats | None, horizon: int) -> Floats:
    """Take the published projection where there is one and continue it where it ends."""
    if published is None:
        return projected(past, horizon)
    guess = projected(past, horizon)
    known = published[:, :horizon]
    ahead = guess.copy()
    ahead[:, : known.shape[1]] = np.where(np.isfinite(known), known, guess[:, : known.shape[1]])
    missing = horizon - known.shape[1]
    if missing > 0:
        line = np.concatenate([past, ahead[:, : known.shape[1]]], axis=1)
        ahead[:, known.shape[1] :] = projected(line, missing)
    return ahead


def _filled(exposure: Floats) -> Floats:
    usable = np.isfinite(exposure) & (exposure > 0)
    place = np.maximum.accumulate(np.where(usable, np.arange(exposure.shape[1]), -1), axis=1)
    first = np.argmax(usable, axis=1)[:, None]
    filled = np.take_along_axis(exposure, np.where(place >= 0, place, first), axis=1)
    return np.where(usable.any(axis=1, keepdims=True), filled, 1.0)
