"""Panel: what was known at a period."""

import numpy as np
import pandas as pd
import pytest

from forecast.errors import DataError
from forecast.panel import Panel

KEYS = pd.DataFrame({"area": ["751", "101"]})
YEARS = ("2021", "2022", "2023")


def panel() -> Panel:
    exposure = np.arange(10.0).reshape(2, 5) + 1
    then = np.full((2, 4), 7.0)
    return Panel(np.ones((2, 3)), KEYS, YEARS, exposure, "placed", {"2022": then})


def test_an_earlier_origin_sees_the_projection_of_its_day() -> None:
    then = panel().until("2022")
    assert then.periods == ("2021", "2022")
    assert then.horizon == 2
    np.testing.assert_array_equal(then.exposure, 7.0)


def test_without_a_projection_of_the_day_the_exposure_ends_with_the_origin() -> None:
    then = panel().until("2021")
    assert then.exposure is not None
    assert then.exposure.shape == (2, 1)
    assert then.projected == {}


def test_the_future_follows_the_last_period() -> None:
    assert panel().future(2) == ("2024", "2025")


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DataError, match="2 keys"):
        Panel(np.ones((3, 3)), KEYS, YEARS)
    with pytest.raises(DataError, match="exposure"):
        Panel(np.ones((2, 3)), KEYS, YEARS, np.ones((2, 2)))
