"""Revised figures: which are tried, and what is said of each."""

import numpy as np
import pandas as pd

from forecast.versions import revisions
from forecast.versions.mixing import Cells

KEYS = ("area", "period", "service")


def _cells(rows: list[tuple[str, str, float, float]], dataset: str = "hand01") -> Cells:
    both = pd.DataFrame(rows, columns=["area", "period", "value_old", "value_new"])
    both = both.assign(service="s107", status_old="observed", status_new="observed", _merge="both")
    return Cells(dataset, KEYS, both)


def _sum(cells: Cells) -> revisions.Undone:
    """A forecast that is the sum of all figures."""

    def undone(dataset: str, mask: "pd.Series[bool] | None") -> float:
        keep = mask if mask is not None and dataset == cells.dataset else cells.revised & False
        return float(np.where(keep, cells.both["value_old"], cells.both["value_new"]).sum())

    return undone


def test_largest_effect_comes_first_and_others_are_counted_together() -> None:
    cells = _cells(
        [
            ("751", "2023", 10.0, 14.0),
            ("751", "2022", 10.0, 3.0),
            ("751", "2021", 10.0, 10.0),
            ("101", "2023", 10.0, 12.0),
            ("081", "2023", 10.0, 11.0),
        ]
    )
    found = revisions.effects([cells], ("751",), _sum(cells), tried=3)
    assert list(found["effect"]) == [-7.0, 4.0, 3.0]
    assert list(found["area"]) == ["751", "751", ""]
    assert list(found["number"]) == [1, 1, 2]
    assert found.loc[0, "keys"] == {"service": "s107"}
    assert list(found["old"].isna()) == [False, False, True]


def test_only_so_many_are_tried_the_recent_first() -> None:
    cells = _cells([("751", "2024", 10.0, 14.0), ("751", "2004", 10.0, 15.0)])
    found = revisions.effects([cells], ("751",), _sum(cells), tried=1)
    assert dict(zip(found["period"], found["effect"], strict=True)) == {"": 5.0, "2024": 4.0}


def test_nothing_revised_and_nothing_asked_name_no_figure() -> None:
    same = _cells([("751", "2024", 10.0, 10.0)])
    moved = _cells([("751", "2024", 10.0, 11.0)])
    assert revisions.effects([same], ("751",), _sum(same), tried=3).empty
    assert revisions.effects([moved], ("751",), _sum(moved), tried=0).empty


def test_a_case_is_never_named() -> None:
    row = pd.DataFrame(
        [("751", "2024", 10.0, 11.0)], columns=["area", "period", "value_old", "value_new"]
    )
    row = row.assign(case="sag 17", age="18+", status_old="x", status_new="x", _merge="both")
    cells = Cells("own_cases", ("area", "period", "case", "age"), row)
    found = revisions.effects([cells], ("751",), _sum(cells), tried=3)
    assert "sag 17" not in repr(revisions.plain(found))
