"""Kept explanations: read as they were written, refused with a sentence when they are not."""

from pathlib import Path

import pandas as pd
import pytest
from support.bundles import bundle

from forecast.bundle import Bundle
from forecast.errors import ProjectionError
from forecast.versions import bundlechanges, explanations
from forecast.versions.bundlechanges import CostChange
from forecast.versions.splitting import Wanted
from forecast.workspace import Workspace


def change(old: str = "a" * 16, new: str = "b" * 16, area: str = "751") -> CostChange:
    """An explanation of two functions, two causes and one revised figure."""
    codes = pd.Index(["5.28.20", "5.38.52"], name="function")
    terms = pd.DataFrame(
        [
            ("5.28.20", "prices", 1_000.0),
            ("5.38.52", "prices", 2_000.1),
            ("5.38.52", "data revised", -0.3),
        ],
        columns=["function", "term", "value"],
    )
    cell = ("hand01", area, "2024Q4", {"service": "s107"}, 1, 414.0, 455.0, 0.1 + 0.2)
    rest: tuple[object, ...] = ("hand01", "", "", {}, 7, float("nan"), float("nan"), 0.0)
    columns = ["dataset", "area", "period", "keys", "number", "old", "new", "effect"]
    return CostChange(
        old, new, area, 2027, terms,
        pd.Series([10_000.0, 20_000.0], codes, name="value"),
        pd.Series([11_000.0, 21_999.8], codes, name="value"),
        pd.DataFrame([cell, rest], columns=columns),
    )  # fmt: skip


@pytest.fixture
def pair() -> tuple[Bundle, Bundle]:
    """Two bundles with ids."""
    found = bundle(), bundle(seed=2)
    for made, letter in zip(found, "ab", strict=True):
        made.meta["id"] = letter * 16
    return found


def test_worked_out_once_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pair: tuple[Bundle, Bundle]
) -> None:
    workspace, times = Workspace(tmp_path), []

    def explain(*_: object) -> CostChange:
        times.append(1)
        return change()

    monkeypatch.setattr(bundlechanges, "explain", explain)
    assert explanations.kept(workspace, *pair, "751") is None
    first = explanations.explain(workspace, *pair, Wanted("751"))
    again = explanations.explain(workspace, *pair, Wanted("751"))
    held = explanations.kept(workspace, *pair, "751")
    assert held is not None
    assert first.plain() == again.plain() == held.plain()
    assert len(times) == 1
    explanations.explain(workspace, *pair, Wanted("751", tried=5))
    assert len(times) == 2
    assert explanations.kept(workspace, *pair, "101") is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"old": 1, "terms": 3}', "\x00"])
def test_a_damaged_file_is_named(tmp_path: Path, text: str, pair: tuple[Bundle, Bundle]) -> None:
    path = tmp_path / "explanations" / f"{'a' * 16}-{'b' * 16}-751-2027.json"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProjectionError, match=r"751-2027\.json holds no explanation"):
        explanations.kept(Workspace(tmp_path), *pair, "751")
