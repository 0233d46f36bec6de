"""Residual checks: whether what was left over is centred, and as wide as promised."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from forecast.reporting.document import Column, Number, Row, Section, Table
from forecast.reporting.view import View
from forecast.sections import _common, _misses

FORMS = {"n": "int", "mean": "two", "spread": "two", "above": "pct", "outside": "pct"}


def build(view: View) -> Section | None:
    """Return, by horizon, how misses are centred and spread, in half-widths of the interval."""
    found: dict[float, list[float]] = defaultdict(list)
    for miss in _misses.read(view):
        found[miss.horizon].append(miss.scaled)
    if not found:
        return None
    words = view.words
    columns = (
        Column(words.text("accuracy.horizon")),
        *(Column(words.text(f"residuals.{name}"), form) for name, form in FORMS.items()),
    )
    model = next(iter(view.meta["models"]))
    rows = tuple(
        _row(_common.ahead(view, model, f"{h:g}"), np.array(values))
        for h, values in sorted(found.items())
    )
    table = Table("residuals", words.text("residuals.table"), columns, rows)
    said = words.say("residuals.intro")
    return Section("residuals", words.text("residuals.title"), (said, table))


def _row(horizon: str, values: np.ndarray) -> Row:
    numbers = (
        len(values), values.mean(), values.std(), (values > 0).mean(), (abs(values) > 1).mean()
    )  # fmt: skip
    return Row((horizon, *(Number(float(v)) for v in numbers)))
