"""Headcount: rows are added up, sums are of what is there, holes lie on a line."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecast import areas
from forecast.dataroom import headcount

KEYS = ["area", "age", "period"]


def table(rng: np.random.Generator, rows: int) -> pd.DataFrame:
    """Return rows of whole persons, some of them of the same area, age and period."""
    return pd.DataFrame(
        {
            "area": rng.choice(["751", "101", "851"], rows),
            "age": rng.choice(["0-4", "5-9", "10+"], rows),
            "period": rng.choice(["2024", "2023", "2022"], rows),
            "value": rng.integers(0, 1000, rows).astype(float),
        }
    )


def test_rows_are_added_up_as_pandas_does() -> None:
    rng = np.random.default_rng(5)
    frame = table(rng, 60)
    frame.loc[::7, "value"] = np.nan
    found = headcount.of(frame.astype({"age": "category"}))
    expected = frame.dropna().groupby(KEYS)["value"].sum().unstack("period")
    whole = pd.MultiIndex.from_product([found.areas, found.ages], names=KEYS[:2])
    wanted = expected.reindex(whole).to_numpy().reshape(found.persons.shape)
    assert np.array_equal(found.persons, wanted, equal_nan=True)
    assert [found.areas, found.periods] == [["101", "751", "851"], ["2022", "2023", "2024"]]


def test_a_range_leaves_out_areas_and_periods_without_figures() -> None:
    rows = [("101", "0-4", "2024", 1.0), ("101", "5+", "2023", 2.0), ("751", "5+", "2023", 3.0)]
    people = headcount.of(pd.DataFrame(rows, columns=[*KEYS, "value"]))
    codes, line, persons = people.within("0-4")
    assert (codes, line, persons.tolist()) == (["101"], ["2024"], [[1.0]])


def test_regions_are_summed_from_whom_there_is_and_the_nation_from_all() -> None:
    codes = areas.municipalities()
    persons = np.arange(2.0 * len(codes)).reshape(len(codes), 2)
    rows, summed = headcount.with_sums(codes, persons)
    assert rows == [*codes, *sorted(areas.regions()), areas.NATION]
    assert np.array_equal(summed[-1], persons.sum(axis=0))
    assert np.array_equal(summed[len(codes) : -1].sum(axis=0), summed[-1])
    some, _ = headcount.with_sums(codes[1:], persons[1:])
    assert areas.NATION not in some
    assert headcount.with_sums(["000"], persons[:1])[0] == ["000"]


def test_holes_lie_on_a_line_as_pandas_draws_it() -> None:
    rng = np.random.default_rng(5)
    persons = rng.normal(size=(20, 12))
    persons[rng.uniform(size=persons.shape) < 0.4] = np.nan
    persons[3] = np.nan
    expected = pd.DataFrame(persons).interpolate(axis=1, limit_area="inside")
    assert np.array_equal(headcount.on_lines(persons), expected.to_numpy(), equal_nan=True)
