from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks import accuracy, datasets, scoring
from benchmarks.datasets import Source
from benchmarks.metrics import LEVELS
from benchmarks.peers import Answer
from benchmarks.scoring import Scored


@pytest.fixture
def judged() -> Scored:
    """Twelve series in four areas; `naive` misses by 2, `engine` by 1, both with flat fans."""
    rng = np.random.default_rng(2)
    rows = [
        (f"s{i:02d}", ds, 100 + y, f"area{i % 4}")
        for i in range(12)
        for ds, y in enumerate(rng.normal(size=9).cumsum())
    ]
    frame = pd.DataFrame(rows, columns=["unique_id", "ds", "y", "area"])
    source = Source("made", frame, 2, 5, cluster="area")
    tasks = [datasets.cut(source, back, 2) for back in (2, 3)]
    answers = {
        name: [
            Answer(np.repeat(t.actual[..., None] + miss, 1 + len(LEVELS), axis=2), 0.12)
            for t in tasks
        ]
        for name, miss in (("naive", 2.0), ("engine", 1.0), ("other", 1.5), ("AutoETS", 3.0))
    }
    return scoring.scored(tasks, answers)


def test_halved_errors_halve_owa_and_losses_with_certainty(judged: Scored) -> None:
    assert judged.owa("naive") == 1.0
    assert judged.owa("engine") == pytest.approx(0.5, abs=0.01)
    assert judged.ratio("engine", "naive", "pinball") == pytest.approx(0.5)
    low, high = judged.ratio_interval("engine", "naive", "pinball")
    assert low == pytest.approx(0.5)
    assert high == pytest.approx(0.5)


def test_the_best_peer_is_never_the_engine(judged: Scored) -> None:
    assert judged.best_peer("pinball") == "other"


def test_clusters_are_areas_and_costs_are_per_series_and_origin(judged: Scored) -> None:
    assert set(judged.clusters) == {"area0", "area1", "area2", "area3"}
    assert judged.milliseconds["engine"] == pytest.approx(1000 * 0.24 / 24)
    assert len(judged.origins) == 24


def test_the_table_says_how_sure_a_ratio_is(judged: Scored) -> None:
    rows = [dict(zip(accuracy.HEAD, row, strict=True)) for row in accuracy.rows(judged)]
    assert [row["method"] for row in rows] == ["**engine**", "other", "naive", "AutoETS"]
    assert rows[0]["pinball ÷ best peer (95 % interval)"] == "0.667 (0.667–0.667)"
    assert rows[1]["pinball ÷ best peer (95 % interval)"] == "1.000 (1.000–1.000)"
    low, high = judged.ratio_interval("engine", "naive", "mase")
    assert low <= judged.ratio("engine", "naive", "mase") <= high
