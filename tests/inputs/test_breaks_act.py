"""The register of breaks acts on a model's panel: start after, mask and dummy."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecast.dataroom import breaks
from forecast.dataroom.breaks import Break
from forecast.errors import DataError
from forecast.inputs._breaks import applied
from forecast.panel import Panel


def entry(action: str, date: str, **more: Any) -> Break:
    given: dict[str, Any] = {
        "id": "mine", "datasets": ("hand01",), "date": date, "kind": "level", "action": action,
        "da": "x", "en": "x", "source": "x", "source_da": "x",
    }  # fmt: skip
    return Break(**(given | more))


def panel(*codes: str) -> Panel:
    keys = pd.DataFrame({
        "area": ["101", "751", "101", "751"], "region": ["084", "082"] * 2,
        "service": ["s85", "s85", "s107", "s107"],
    })  # fmt: skip
    return Panel(np.arange(4.0 * len(codes)).reshape(4, -1) + 1, keys, codes)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> list[Break]:
    """A register that a test fills."""
    held: list[Break] = []
    monkeypatch.setattr(breaks, "of", lambda _: tuple(held))
    return held


def test_start_after_begins_the_panel_there(register: list[Break]) -> None:
    register.append(entry("start_after", "2020"))
    found, notes = applied(panel("2018", "2019", "2020", "2021"), "hand01")
    assert found.periods == ("2020", "2021")
    assert np.isfinite(found.values).all()
    assert notes == ("mine: 8 figures before 2020 are left out",)


def test_start_after_of_one_service_leaves_the_others(register: list[Break]) -> None:
    register.append(entry("start_after", "2020Q3", services=("s107",)))
    found, _ = applied(panel("2020Q1", "2020Q2", "2020Q3"), "hand01")
    assert np.isfinite(found.values[:2]).all()
    assert np.isnan(found.values[2:, :2]).all()
    assert np.isfinite(found.values[2:, 2]).all()


@pytest.mark.parametrize(("date", "line"), [
    ("2020", ("2019", "2020", "2021")),
    ("2020Q2", ("2020Q1", "2020Q2", "2020Q3")),
    ("2020-02-07", ("2019", "2020", "2021")),
])  # fmt: skip
def test_mask_blanks_the_period_alone(
    register: list[Break], date: str, line: tuple[str, ...]
) -> None:
    register.append(entry("mask", date, areas=("751",)))
    found, notes = applied(panel(*line), "hand01")
    assert found.periods == line
    np.testing.assert_array_equal(np.isnan(found.values[[1, 3]]), [[False, True, False]] * 2)
    assert np.isfinite(found.values[[0, 2]]).all()
    assert notes == (f"mine: 2 figures of {date} are left out",)


def test_dummy_leaves_the_values_and_tells_the_engine(register: list[Break]) -> None:
    register.append(entry("dummy", "2020", services=("s107",)))
    source = panel("2018", "2019", "2020", "2021")
    found, notes = applied(source, "hand01")
    np.testing.assert_array_equal(found.values, source.values)
    (shift,) = found.breaks
    assert (shift.name, shift.first, shift.groups) == ("mine", 2, ("s107",))
    np.testing.assert_array_equal(shift.codes, [-1, -1, 0, 0])
    assert "a jump in level in 2020 is measured" in notes[0]


@pytest.mark.parametrize("date", ["2017", "2018", "2022"])
def test_a_dummy_outside_the_panel_does_nothing(register: list[Break], date: str) -> None:
    register.append(entry("dummy", date))
    found, notes = applied(panel("2018", "2019", "2020", "2021"), "hand01")
    assert (found.breaks, notes) == ((), ())


def test_a_note_changes_nothing(register: list[Break]) -> None:
    register.append(entry("note", "2020"))
    found, notes = applied(panel("2019", "2020"), "hand01")
    assert np.isfinite(found.values).all()
    assert notes == ()


def test_a_register_that_leaves_nothing_is_an_error(register: list[Break]) -> None:
    register.append(entry("start_after", "2030"))
    with pytest.raises(DataError, match="all there is"):
        applied(panel("2019", "2020"), "hand01")
