"""Standings of series of which nothing is known but the size of their changes."""

from __future__ import annotations

import numpy as np

from forecast.engine.standing import SIGNS, Standing


def plain(shape: tuple[int, int], scale: float) -> Standing:
    """Return the standing (o, n) of series without signs, of twenty observed periods each."""
    return Standing(
        scale=np.full(shape, scale),
        signs=np.zeros((*shape, SIGNS)),
        floor=np.zeros(shape),
        whole=np.zeros(shape, dtype=np.bool_),
        run=np.zeros(shape, dtype=np.intp),
        length=np.full(shape, 20.0),
    )
