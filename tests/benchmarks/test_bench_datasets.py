from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import datasets, own
from benchmarks.datasets import Source


def source(**changes: object) -> Source:
    """Two long series that end in different years, one short, one with a hole at an origin."""
    rows = [("a", ds, float(ds)) for ds in range(2001, 2013)]
    rows += [("b", ds, 10.0 * ds) for ds in range(2001, 2011)]
    rows += [("short", ds, 1.0) for ds in range(2008, 2012)]
    rows += [("hole", ds, 5.0) for ds in range(2001, 2013) if ds != 2009]
    frame = pd.DataFrame(rows, columns=["unique_id", "ds", "y"])
    return replace(Source("made", frame, 3, 5), **changes)  # type: ignore[arg-type]


def test_a_task_knows_nothing_after_each_series_own_origin() -> None:
    task = datasets.cut(source(), 3, 3)
    assert task.ids == ("a", "b", "hole")
    last = task.history.groupby("unique_id")["ds"].max()
    assert last.to_dict() == {"a": 2009, "b": 2007, "hole": 2008}
    assert task.last.tolist() == [2009, 2007, 2008]


def test_what_came_is_counted_from_each_series_own_origin() -> None:
    task = datasets.cut(source(), 3, 3)
    assert task.actual[0].tolist() == [2010.0, 2011.0, 2012.0]
    assert task.actual[1].tolist() == [20080.0, 20090.0, 20100.0]
    assert np.isnan(task.actual[2, 0])
    assert task.actual[2, 1:].tolist() == [5.0, 5.0]


def test_scale_comes_from_the_history_only() -> None:
    before = datasets.cut(source(), 3, 3)
    changed = source()
    late = changed.frame["ds"] > 2009
    changed.frame.loc[late, "y"] = 1e9
    after = datasets.cut(changed, 3, 3)
    assert before.scale[0] == after.scale[0] == 1.0


@pytest.mark.shared
def test_development_never_sees_a_held_out_year(shared: Path) -> None:
    tasks = datasets.development_tasks(shared)
    for panel in datasets.judged(shared):
        held = panel.frame[panel.frame["split"] == "test"].set_index(["unique_id", "ds"]).index
        for task in (t for t in tasks if t.source.name == panel.name):
            known = task.history.set_index(["unique_id", "ds"]).index
            judged = pd.MultiIndex.from_arrays(
                [
                    np.repeat(task.ids, task.horizon),
                    (task.last[:, None] + np.arange(1, task.horizon + 1)).ravel(),
                ]
            )[~np.isnan(task.actual).ravel()]
            assert not known.isin(held).any()
            assert not judged.isin(held).any()
    assert {t.source.name for t in tasks} >= {"m1", "m4", "placements", "bu43", "folk-old"}


@pytest.mark.shared
def test_the_last_final_origin_is_the_split_of_the_file(shared: Path) -> None:
    for panel in datasets.judged(shared):
        task = datasets.final_tasks(panel)[0]
        train = panel.frame[panel.frame["split"] == "train"]
        kept = train[train["unique_id"].isin(task.ids)]
        assert len(task.history) == len(kept)
        assert task.last.tolist() == kept.groupby("unique_id")["ds"].max().tolist()


def test_future_exposure_is_projected_from_the_history() -> None:
    made = source(exposure="people")
    made.frame["people"] = 100.0 * 1.1 ** (made.frame["ds"] - 2001)
    task = datasets.cut(made, 3, 3)
    made.frame.loc[made.frame["ds"] > 2009, "people"] = 1.0  # what really came is not looked at
    again = datasets.cut(made, 3, 3)
    for known in (task, again):
        frame = own.with_future(known)
        future = frame[(frame["unique_id"] == "a") & frame["y"].isna()]
        assert future["ds"].tolist() == [2010, 2011, 2012]
        expected = 100.0 * 1.1 ** (future["ds"].to_numpy() - 2001)
        assert future["people"].to_numpy() == pytest.approx(expected)


def test_an_answer_must_hold_every_series_period_and_quantile() -> None:
    task = datasets.cut(source(), 3, 3)
    cells = [
        (name, int(last) + step, level, 100 * step + (0 if np.isnan(level) else level))
        for name, last in zip(task.ids, task.last, strict=True)
        for step in (1, 2, 3)
        for level in (np.nan, *datasets_levels())
    ]
    out = pd.DataFrame(cells, columns=["unique_id", "ds", "quantile", "value"])
    values = own.aligned(out.sample(frac=1, random_state=1), task)
    assert values[1, 2, 0] == 300
    assert values[0, 0, 5] == 100.5
    with pytest.raises(SystemExit, match="unanswered, the first is hole"):
        own.aligned(out[out["unique_id"] != "hole"], task)


def datasets_levels() -> tuple[float, ...]:
    from benchmarks.metrics import LEVELS

    return LEVELS
