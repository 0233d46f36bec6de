"""Whether intervals held what came as often as they promise, and who says so."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from forecast.engine.backtest import Backtest
from forecast.panel import Panel
from forecast.reporting import kept
from forecast.reporting.accuracy import Tried

AREAS = 40


@pytest.mark.parametrize(
    ("share", "tries", "said"),
    [
        (0.61, 980, "narrow"), (0.71, 980, ""), (0.5, 3, ""), (0.5, 10, "narrow"),
        (0.91, 980, "wide"), (1.0, 5, ""), (1.0, 40, "wide"), (float("nan"), 0, ""),
    ],
)  # fmt: skip
def test_few_tries_and_small_differences_say_nothing(share: float, tries: int, said: str) -> None:
    assert kept.side(share, tries) == said


def test_what_is_called_narrow_is_rarer_than_chance() -> None:
    for tries in (5, 20, 200):
        held = [k for k in range(tries + 1) if kept.side(k / tries, tries) == "narrow"]
        assert held
        assert binom.cdf(max(held), tries, kept.PROMISED) < kept.CHANCE


def tried(shares: dict[int, float]) -> Tried:
    """Return a backtest whose 80 % intervals held these shares at one, two … years ahead."""
    rows, table = [], []
    for h, share in shares.items():
        origins = len(shares) - h + 1
        rows.append(("combination", "municipality", "all", h, "coverage80", share, AREAS * origins))
        table += [{"origin": str(2020 - k), "horizon": h} for k in range(h, h + origins)]
    mean = float(np.mean(list(shares.values())))
    rows.append(("combination", "municipality", "all", 0, "coverage80", mean, 400))
    rows.append(("combination", "municipality", "small", 0, "coverage80", 0.1, 400))
    names = ["method", "level", "size_class", "horizon", "metric", "value", "n"]
    result = SimpleNamespace(scores=pd.DataFrame(rows, columns=names), table=pd.DataFrame(table))
    panel = SimpleNamespace(keys=pd.DataFrame({"area": ["751", "101"]}))
    return Tried("made_up", cast("Panel", panel), cast("Backtest", result), real_time=True)


def test_a_backtest_names_the_years_at_which_intervals_are_too_narrow() -> None:
    found = tried({1: 0.8, 2: 0.78, 3: 0.4})
    rows: list[dict[Any, Any]] = found.narrow().to_dict("records")
    assert [(row["horizon"], row["n"], row["origins"]) for row in rows] == [
        (3, AREAS, 1),
        (0, 400, 3),
    ]
    assert found.warnings() == [
        "municipality: 80 % intervals are too narrow; they held 40 % 3 ahead (40 tries from "
        "1 origin), 66 % over all horizons (400 tries from 3 origins)"
    ]


def test_a_backtest_whose_intervals_hold_says_nothing() -> None:
    assert tried({1: 0.8, 2: 0.78, 3: 0.8}).warnings() == []


def test_a_backtest_without_an_origin_says_nothing() -> None:
    none = tried({1: 0.8}).result
    empty = SimpleNamespace(scores=none.scores.iloc[:0], table=none.table.iloc[:0])
    panel = SimpleNamespace(keys=pd.DataFrame({"area": ["000"]}))
    found = Tried("made_up", cast("Panel", panel), cast("Backtest", empty), real_time=True)
    assert found.warnings() == []
    assert list(found.narrow()) == ["level", "horizon", "coverage80", "n", "origins"]
