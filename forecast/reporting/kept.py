"""Kept: whether intervals held what came as often as they promise, beyond what chance gives."""

from __future__ import annotations

import math

PROMISED = 0.8
CHANCE = 0.05  # that an interval which keeps its promise held so seldom, or so often
MUCH = 0.1  # a share of times that an interval held, from what it promised


def side(share: float, tries: float) -> str:
    """Return whether 80 % intervals have been too `narrow`, too `wide`, or neither ("").

    Few tries hold any interval often or seldom by chance, so they say neither. Areas of one origin
    share what surprised them all, so many areas tried from one origin tell less than they look:
    who tells of this tells how many origins there were.

    Args:
        share: how often the interval held; NaN where it was not tried.
        tries: of how many.
    """
    from scipy.special import bdtr

    if math.isnan(share) or math.isnan(tries):
        return ""
    held = round(share * tries)
    if share < PROMISED - MUCH and bdtr(held, int(tries), PROMISED) < CHANCE:
        return "narrow"
    if share > PROMISED + MUCH and 1 - bdtr(held - 1, int(tries), PROMISED) < CHANCE:
        return "wide"
    return ""
