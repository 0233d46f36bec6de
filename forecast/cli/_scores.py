"""Scores as an analyst reads them: what each is called, and how its numbers are written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

SHOWN = {
    "mase": ("MASE", ".2f"),
    "wape": ("WAPE", ".1%"),
    "bias": ("bias", "+.1%"),
    "pinball": ("pinball", ".4g"),
    "msis": ("MSIS", ".2f"),
    "coverage50": ("in 50%", ".1%"),
    "coverage80": ("in 80%", ".1%"),
    "coverage95": ("in 95%", ".1%"),
    "skill_vs_benchmark": ("skill", "+.1%"),
    "skill_lower": ("from", "+.1%"),
    "skill_upper": ("to", "+.1%"),
    "ratio_vs_bottom_up": ("÷ bottom_up", ".3f"),
}
CHIEF = ("mase", "wape", "bias", "coverage80", "coverage95")  # of a version


def headings(names: Iterable[str]) -> list[str]:
    """Return what scores are called."""
    return [SHOWN[name][0] for name in names]


def cells(row: Mapping[Any, Any], names: Iterable[str]) -> list[str]:
    """Return scores as texts; a dash where there is none."""
    return [_written(row.get(name), SHOWN[name][1]) for name in names]


def _written(value: object, form: str) -> str:
    known = isinstance(value, int | float) and not math.isnan(value)
    return format(value, form) if known else "–"
