"""Exposure told for some of the years ahead, or of some series only, is carried on from there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from support.panels import panel, social

from forecast.engine import exposures, levels, trying
from forecast.engine.options import EngineOptions
from forecast.series import forecast_frame

NAN = np.nan
LEVEL = [100.0] * 4


def _ahead(told: list[float], past: list[float] = LEVEL) -> np.ndarray:
    exposure = np.array([[*past, *told], [*LEVEL, *([100.0] * len(told))]])
    whole = panel(np.full((2, len(past)), 5.0), exposure)
    found = exposures.at(whole, len(past), len(told)).exposure
    assert found is not None
    return np.asarray(found[0, len(past) :])


def test_what_is_told_for_the_first_year_is_not_forgotten_in_the_second() -> None:
    growth = np.log(1.2) / 3  # of the last three years, two of which stood still
    expected = 120 * np.exp(growth * exposures.FADE * np.array([0, 1, 1 + exposures.FADE]))
    np.testing.assert_allclose(_ahead([120.0, NAN, NAN]), expected)


def test_a_year_that_is_left_out_lies_between_its_neighbours() -> None:
    np.testing.assert_allclose(_ahead([120.0, NAN, 30.0]), [120, 60, 30])
    np.testing.assert_allclose(_ahead([NAN, 400.0, 400.0]), [200, 400, 400])


def test_without_anything_told_growth_goes_on_as_it_did() -> None:
    past = [100.0, 110, 121, 133.1]
    given = _ahead([NAN, NAN], past)
    np.testing.assert_array_equal(given, exposures.projected(np.array([past]), 2)[0])


def test_zero_is_no_population() -> None:
    np.testing.assert_array_equal(_ahead([120.0, 0.0, 0.0]), _ahead([120.0, NAN, NAN]))


def test_a_sum_does_not_shrink_where_only_some_of_its_series_are_told() -> None:
    source = social()
    assert source.exposure is not None
    holes = source.exposure.copy()
    holes[::2, -2:] = NAN  # half of the series are told a year ahead only
    holes[::3, 5] = NAN  # and a third was not counted in one year
    options = EngineOptions(groups=("service",), levels=("region",), horizon=3, origins=2)
    towers = [
        trying.run(replace(source, exposure=e), options).towers for e in (source.exposure, holes)
    ]
    for full, partial in zip(*towers, strict=True):
        assert full.panel.exposure is not None
        assert partial.panel.exposure is not None
        ratio = partial.panel.exposure / full.panel.exposure
        assert np.abs(ratio - 1).max() < 0.02


def test_what_no_series_tells_stays_unknown_in_the_sum() -> None:
    given = np.array([[NAN, 10, 10, 11, NAN], [20.0, 20, 20, NAN, NAN]])
    source = panel(np.full((2, 3), 5.0), given)
    expected = np.array([[NAN, 10, 10, 11, NAN], [20.0, 20, 20, 20, NAN]])
    assert exposures.without_holes(replace(source, exposure=None)).exposure is None
    for width in (5, 3):
        found = exposures.without_holes(replace(source, exposure=given[:, :width])).exposure
        assert found is not None
        np.testing.assert_allclose(found, expected[:, :width])


def test_a_forecast_does_not_fall_back_where_the_projection_ends() -> None:
    rows = [
        (f"s{k:02d}", 2010 + t, 50.0 + 5 * k + (t * (k + 3)) % 7, "ab"[k % 2], 1000.0)
        for k in range(10)
        for t in range(12)
    ]
    frame = pd.DataFrame(rows, columns=["unique_id", "ds", "y", "region", "people"])
    last = frame[frame["ds"] == 2021]
    told = pd.concat([frame, last.assign(ds=2022, y=NAN, people=2000.0)])
    asked = {"horizon": 3, "levels": ["region"], "exposure": "people", "quantiles": (0.5,)}
    out = forecast_frame(told, **asked)  # type: ignore[arg-type]
    mean = out[out["quantile"].isna()].pivot(index="unique_id", columns="ds", values="value")
    assert (mean[2023] > 0.95 * mean[2022]).all()
    assert (mean[2024] > 0.95 * mean[2023]).all()


def test_levels_of_a_panel_without_holes_are_what_they_were() -> None:
    source = social()
    for level in levels.of(source, EngineOptions(groups=("service",), levels=("region",))):
        first, second = (
            levels.panel_of(p, level).exposure for p in (source, exposures.without_holes(source))
        )
        np.testing.assert_array_equal(first, second)
