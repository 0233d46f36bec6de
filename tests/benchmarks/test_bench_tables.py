from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import tables
from benchmarks.tables import Check
from forecast.errors import DataError


@pytest.mark.parametrize(
    ("check", "kept"),
    [
        (Check("x", 0.95, None, 0.95), True),
        (Check("x", 0.951, None, 0.95), False),
        (Check("x", 75.9, 76, 84), False),
        (Check("x", 84.0, 76, 84), True),
        (Check("x", np.nan, None, 1.0), False),
    ],
)
def test_a_promise_is_kept_inside_its_bounds_only(check: Check, kept: bool) -> None:
    assert check.kept is kept
    assert ("PASS" if kept else "FAIL") in tables.verdicts([check])


def test_only_the_marked_part_of_a_page_changes(tmp_path: Path) -> None:
    page = tmp_path / "method.md"
    page.write_text("before\n<!-- bench:speed -->\nold\n<!-- /bench:speed -->\nafter\n")
    tables.write_part(page, "speed", ["new", "| a |"])
    text = page.read_text()
    assert text.startswith("before\n<!-- bench:speed -->\n\nnew\n\n| a |")
    assert text.endswith("<!-- /bench:speed -->\nafter\n")
    assert "old" not in text
    tables.write_part(page, "speed", ["new", "| a |"])
    assert page.read_text() == text


@pytest.mark.parametrize(("value", "code"), [(0.5, 0), (1.5, 1)])
def test_a_benchmark_is_printed_dated_and_fails_where_a_promise_is_not_kept(
    value: float, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "method.md"
    page.write_text("<!-- bench:speed -->\n<!-- /bench:speed -->\n")
    asked = Namespace(write=page, date="2026-11-23")
    assert tables.told("speed", asked, ["| a |", "| b |"], [Check("x", value, None, 1.0)]) == code
    assert capsys.readouterr().out == "| a |\n\n| b |\n"
    assert "\n\nMeasured on 2026-11-23.\n\n| a |\n\n| b |\n\n" in page.read_text()


def test_a_page_without_markers_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "method.md"
    page.write_text("nothing here\n")
    with pytest.raises(DataError, match="bench:accuracy"):
        tables.write_part(page, "accuracy", ["x"])
    assert page.read_text() == "nothing here\n"
