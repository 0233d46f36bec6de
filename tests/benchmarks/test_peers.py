from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks import datasets, peers
from benchmarks.datasets import Source, Task
from benchmarks.metrics import LEVELS, MEAN, MEDIAN

pytest.importorskip("statsforecast", reason="peers come with the extra `bench`")


@pytest.fixture(scope="module")
def task() -> Task:
    rng = np.random.default_rng(5)
    rows = [
        (name, ds, y)
        for name, start in (("b", 50.0), ("a", 400.0))
        for ds, y in enumerate(start + rng.normal(2, 3, size=18).cumsum(), start=1)
    ]
    frame = pd.DataFrame(rows, columns=["unique_id", "ds", "y"])
    return datasets.cut(Source("made", frame, 3, 5), 3, 3)


@pytest.mark.parametrize("name", ["naive", "drift", "AutoETS", "sm Theta", "sm local trend"])
def test_every_peer_answers_in_order_with_a_rising_fan(task: Task, name: str) -> None:
    answer = peers.PEERS[name](task, 1)
    assert answer.failed == 0
    assert answer.values.shape == (2, 3, 1 + len(LEVELS))
    assert (np.diff(answer.values[..., 1:], axis=2) > 0).all()
    last = task.history.groupby("unique_id")["y"].last().to_numpy()
    assert answer.values[:, 0, MEAN] == pytest.approx(last, abs=25)


def test_naive_holds_the_last_value_and_widens_with_the_root_of_the_horizon(task: Task) -> None:
    values = peers.PEERS["naive"](task, 1).values
    last = task.history.groupby("unique_id")["y"].last().to_numpy()
    assert values[..., MEDIAN] == pytest.approx(np.repeat(last[:, None], 3, axis=1))
    width = values[..., -1] - values[..., 1]
    assert width[:, 2] / width[:, 0] == pytest.approx(np.sqrt(3))


def test_where_a_library_fails_naive_stands_in_and_is_counted(task: Task) -> None:
    def fails_on_large(history: np.ndarray, horizon: int) -> np.ndarray:
        if history[0] > 200:
            raise ValueError("no")
        return np.zeros((horizon, 1 + len(LEVELS)))

    answer = peers.looped(fails_on_large)(task, 1)
    assert answer.failed == 1
    assert (answer.values[1] == 0).all()
    last = task.history.loc[task.history["unique_id"] == "a", "y"].iloc[-1]
    assert answer.values[0, :, MEAN] == pytest.approx([last] * 3)


def test_statsmodels_damped_trend_goes_on_with_a_straight_line() -> None:
    pytest.importorskip("statsmodels")
    values = peers.statsmodels_ets(np.linspace(10.0, 48.0, 20), 2)
    assert values[:, MEAN] == pytest.approx([50.0, 52.0], abs=0.5)


def test_a_task_of_one_series_is_answered(task: Task) -> None:
    one = replace(
        task,
        ids=task.ids[:1],
        history=task.history[task.history["unique_id"] == "a"].reset_index(drop=True),
    )
    assert peers.PEERS["drift"](one, 1).values.shape == (1, 3, 1 + len(LEVELS))
