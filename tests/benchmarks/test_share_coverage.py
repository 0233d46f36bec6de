from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import share_coverage
from forecast import specs
from forecast.engine.scores import QUANTILES, Sheet


def sheet() -> Sheet:
    """One sum at two origins: 0.4, then 0.95 and nothing, of intervals from 0 to 1."""
    actual = np.array([[[0.4, 0.93]], [[0.99, np.nan]]])
    said = np.broadcast_to(np.array(QUANTILES), (2, 1, 2, len(QUANTILES)))
    one = np.ones(1, dtype=np.intp)
    return Sheet("nation", actual, {}, said, np.ones((2, 1)), one, "naive", False, one, {})


def test_what_came_is_counted_by_origin_and_year_ahead() -> None:
    rows = pd.DataFrame(share_coverage.cells("made", sheet()))
    assert rows[["origin", "horizon"]].to_numpy().tolist() == [[0, 1], [0, 2], [1, 1]]
    assert rows["coverage50"].tolist() == [1.0, 0.0, 0.0]
    assert rows["coverage80"].tolist() == [1.0, 0.0, 0.0]
    assert rows["coverage95"].tolist() == [1.0, 1.0, 0.0]


def test_the_table_tells_tries_dates_and_what_is_too_narrow() -> None:
    rows = pd.DataFrame(list(share_coverage.cells("made", sheet())) * 4)
    last = share_coverage.table(rows).splitlines()[-1]
    assert last == "| made | nation | all | 33 · 33 · 67 | 12 | 2 | too narrow |"


@pytest.mark.shared
def test_no_year_that_is_held_out_is_seen(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def judged(name: str, panel: object, *_: object) -> list[dict[str, object]]:
        seen.append(f"{name} {panel.periods[-1]}")  # type: ignore[attr-defined]
        return []

    monkeypatch.setattr(share_coverage, "judged", judged)
    spec = specs.model(share_coverage.MODEL)
    list(share_coverage.danish(spec, shared))
    list(share_coverage.english(spec, shared))
    assert seen[0] == "BU43 2022"
    held = pd.read_parquet(shared / "benchmark" / "england_placements.parquet")
    mine = held[(held["split"] == "test") & held["category"].str.startswith("cla_")]
    first = mine["ds"].min()
    assert len(seen) == 7
    assert all(int(line.split()[-1]) < first for line in seen[1:])
