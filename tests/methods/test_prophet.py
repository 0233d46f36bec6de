"""Prophet: the same numbers as the library, from a state that needs no library."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from forecast.errors import MethodError
from forecast.methods import State, prophet
from forecast.panel import Panel

YEARS = tuple(str(y) for y in range(2010, 2025))


def panel(rows: list[list[float]], periods: tuple[str, ...] = YEARS) -> Panel:
    values = np.array(rows, dtype=np.float64)
    return Panel(values, pd.DataFrame({"area": [str(i) for i in range(len(rows))]}), periods)


def wandering(seed: int, points: int = 15) -> list[float]:
    rng = np.random.default_rng(seed)
    return list(1000 + np.cumsum(20 + 30 * rng.standard_normal(points)))


def library(y: list[float], dates: pd.DatetimeIndex, places: list[int]) -> Any:
    model = prophet._library()(
        changepoints=[dates[p] for p in places],
        yearly_seasonality=False,
        weekly_seasonality=False,
        daily_seasonality=False,
        changepoint_prior_scale=prophet.FLEXIBILITY,
        scaling="minmax",
    )
    model.fit(pd.DataFrame({"ds": dates, "y": y}), seed=1)
    return model


@pytest.fixture(scope="module")
def pair() -> tuple[State, Any]:
    y = wandering(3)
    dates = pd.to_datetime([f"{year}-12-31" for year in YEARS])
    state = prophet.fit(panel([y]), scale="identity")
    return state, library(y, dates, [2, 4, 6, 7, 9, 11, 13])


def future(years: int) -> pd.DataFrame:
    return pd.DataFrame({"ds": pd.to_datetime([f"{2025 + k}-12-31" for k in range(years)])})


def test_path_is_the_librarys_own(pair: tuple[State, Any]) -> None:
    state, model = pair
    expected = model.predict(future(6))["yhat"].to_numpy()
    np.testing.assert_allclose(prophet.point(state, 6)[0], expected, rtol=1e-8)


def test_draws_spread_as_the_librarys_own(pair: tuple[State, Any]) -> None:
    state, model = pair
    held = np.random.get_state()
    try:
        np.random.seed(1)
        model.uncertainty_samples = 4000
        theirs = model.predictive_samples(future(6))["yhat"]
    finally:
        np.random.set_state(held)
    ours = prophet.simulate(state, 6, 4000, np.random.default_rng(1))[0]
    assert ours.shape == theirs.shape == (6, 4000)
    np.testing.assert_allclose(ours.std(axis=1), theirs.std(axis=1), rtol=0.08)
    np.testing.assert_allclose(ours.mean(axis=1), theirs.mean(axis=1), rtol=0.002)


def test_straight_line_is_continued() -> None:
    line = [100.0 + 7 * k for k in range(15)]
    state = prophet.fit(panel([line]), scale="identity")
    np.testing.assert_allclose(prophet.point(state, 4)[0], [205, 212, 219, 226], rtol=2e-3)


def test_late_bend_is_followed() -> None:
    bend = [100.0] * 12 + [120.0, 140.0, 160.0]
    path = prophet.point(prophet.fit(panel([bend]), scale="identity", flexibility=5.0), 2)[0]
    np.testing.assert_allclose(path, [180, 200], rtol=0.02)  # the first 80 % alone are level


def test_scale_of_the_units_does_not_matter() -> None:
    y = wandering(5)
    one = prophet.point(prophet.fit(panel([y])), 5)
    thousand = prophet.point(prophet.fit(panel([[1000 * v for v in y]])), 5)
    np.testing.assert_allclose(thousand, 1000 * one, rtol=1e-6)


def test_falling_counts_stay_at_or_above_zero() -> None:
    falling = [300.0 - 20 * k for k in range(15)]
    for scale in ("log", "identity"):
        state = prophet.fit(panel([falling]), scale=scale)
        assert prophet.point(state, 12).min() >= 0
        assert prophet.simulate(state, 12, 50, np.random.default_rng(1)).min() >= 0


def test_jump_at_the_end_does_not_run_away() -> None:
    jump = [10.0, 11, 10, 12, 11, 10, 11, 12, 11, 10, 12, 11, 40, 160, 640]
    path = prophet.point(prophet.fit(panel([jump]), flexibility=5.0), 6)[0]
    assert path.max() <= 640 * (640 / 10) * 1.01
    assert np.isfinite(path).all()


def test_every_series_is_answered_and_says_where_it_was_not_fitted() -> None:
    nan = np.nan
    rows = [
        [nan] * 11 + [5.0, 6, 7, 8],
        [nan] * 15,
        [9.0] * 15,
        [0.0] * 15,
        [1.0, nan, 2, nan, 3, nan, 4, nan, 5, nan, 6, nan, 7, nan, nan],
    ]
    state = prophet.fit(panel(rows))
    path = prophet.point(state, 3)
    assert np.isfinite(path).all()
    np.testing.assert_allclose(path[0], 8)
    np.testing.assert_allclose(path[2], 9)
    np.testing.assert_allclose(path[3], 0, atol=1e-9)
    assert path[4, 0] > 7
    reasons = state.values["fallback"]
    assert isinstance(reasons, list)
    assert reasons[0] == "4 points, fewer than 6: last value held"
    assert [bool(r) for r in reasons] == [True, True, False, False, False]


def test_quarters_keep_their_season() -> None:
    periods = tuple(f"{2018 + k // 4}Q{k % 4 + 1}" for k in range(24))
    season = [10.0, -5.0, -15.0, 10.0]
    y = [200 + 2 * k + season[k % 4] for k in range(24)]
    path = prophet.point(prophet.fit(panel([y], periods), scale="identity"), 4)[0]
    np.testing.assert_allclose(
        path, [200 + 2 * k + season[k % 4] for k in range(24, 28)], rtol=0.01
    )


def test_regressors_act_as_in_the_library_from_each_series_own_end() -> None:
    rng = np.random.default_rng(6)
    late, early = rng.standard_normal((2, 18))
    y = 500 + 3 * np.arange(15) + 25 * late[:15] - 10 * early[:15] + rng.standard_normal(15)
    silent = np.append(y[:13], [np.nan, np.nan])
    given = {"late": np.stack([late, late]), "early": np.stack([early, early])}
    state = prophet.fit(panel([list(y), list(silent)]), scale="identity", regressors=given)
    path = prophet.point(state, 5)
    places = {15: [2, 4, 6, 7, 9, 11, 13], 13: [2, 4, 6, 7, 9, 11]}
    for row, points in enumerate(places):
        dates = pd.to_datetime([f"{year}-12-31" for year in YEARS[:points]])
        model = prophet._library()(
            changepoints=[dates[k] for k in places[points]],
            yearly_seasonality=False,
            weekly_seasonality=False,
            daily_seasonality=False,
            changepoint_prior_scale=prophet.FLEXIBILITY,
            scaling="minmax",
        )
        model.add_regressor("late")
        model.add_regressor("early")
        known = {"late": late[:points], "early": early[:points]}
        model.fit(pd.DataFrame({"ds": dates, "y": y[:points], **known}), seed=1)
        stays = {"late": [*late[15:], late[-1], late[-1]], "early": [*early[15:], *[early[-1]] * 2]}
        expected = model.predict(future(5).assign(**stays))["yhat"].to_numpy()
        np.testing.assert_allclose(path[row], expected, rtol=1e-8)


def test_regressor_that_does_not_cover_the_panel_is_refused() -> None:
    holes = np.ones((1, 16))
    holes[0, 3] = np.nan
    with pytest.raises(MethodError, match=r"x: \(1, 14\) does not cover 1 × 15"):
        prophet.fit(panel([wandering(1)]), regressors={"x": np.ones((1, 14))})
    with pytest.raises(MethodError, match="row 0, column 3"):
        prophet.fit(panel([wandering(1)]), regressors={"x": holes})


def test_global_random_state_and_temporary_files_are_left_alone() -> None:
    import cmdstanpy

    before = np.random.get_state()[1].copy()  # type: ignore[index]
    prophet.fit(panel([wandering(1)]))
    left: set[Path] = set(Path(cmdstanpy._TMPDIR).rglob("prophet_model*"))
    prophet.fit(panel([wandering(2)]))
    after = np.random.get_state()[1]  # type: ignore[index]
    np.testing.assert_array_equal(before, after)
    grown = set(Path(cmdstanpy._TMPDIR).rglob("prophet_model*")) - left
    assert not [p for p in grown if p.is_file()]


STORED = """
import sys
import numpy as np
from forecast.methods import State, prophet
arrays = dict(np.load(sys.argv[1], allow_pickle=False))
state = State(arrays, {"scale": "identity", "rate": False, "frequency": "A", "fallback": [""]})
path, draws = prophet.point(state, 6), prophet.simulate(state, 6, 9, np.random.default_rng(4))
assert "prophet" not in sys.modules
sys.stdout.write(path.tobytes().hex() + draws.tobytes().hex())
"""
AGAIN = """
import sys
import numpy as np
import pandas as pd
from forecast.methods import prophet
from forecast.panel import Panel
values = np.load(sys.argv[1], allow_pickle=False)
panel = Panel(values, pd.DataFrame({"area": ["0"]}), tuple(str(y) for y in range(2010, 2025)))
state = prophet.fit(panel, scale="identity")
sys.stdout.write(b"".join(state.arrays[name].tobytes() for name in sorted(state.arrays)).hex())
"""


def run(script: str, file: Path) -> str:
    """What a fresh process writes; a word on its error stream fails the test."""
    done = subprocess.run(
        [sys.executable, "-c", script, str(file)], capture_output=True, check=True, text=True
    )
    assert done.stderr == ""
    return done.stdout


def test_stored_state_gives_the_same_bytes_without_the_library(
    pair: tuple[State, Any], tmp_path: Path
) -> None:
    state, _ = pair
    np.savez(tmp_path / "state.npz", **state.arrays)  # type: ignore[arg-type]
    draws: NDArray[np.float64] = prophet.simulate(state, 6, 9, np.random.default_rng(4))
    expected = prophet.point(state, 6).tobytes().hex() + draws.tobytes().hex()
    assert run(STORED, tmp_path / "state.npz") == expected


def test_fit_in_a_fresh_process_is_silent_and_gives_the_same_bytes(
    pair: tuple[State, Any], tmp_path: Path
) -> None:
    state, _ = pair
    np.save(tmp_path / "values.npy", np.array([wandering(3)]))
    expected = b"".join(state.arrays[name].tobytes() for name in sorted(state.arrays)).hex()
    assert run(AGAIN, tmp_path / "values.npy") == expected
