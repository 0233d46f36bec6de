"""Sums of wide rows: one by one, and the same as all at once."""

from __future__ import annotations

import numpy as np

from forecast.engine import levels


def test_wide_rows_add_up_as_narrow_ones_do() -> None:
    rng = np.random.default_rng(3)
    values, code = rng.normal(size=(40, levels.WIDE + 1)), rng.integers(0, 5, 40)
    code[:5] = np.arange(5)
    narrow = [levels.summed(values[:, [k]], code) for k in range(values.shape[1])]
    np.testing.assert_array_equal(levels.summed(values, code), np.concatenate(narrow, axis=1))
