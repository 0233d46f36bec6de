"""Cells of a workbook: blank ones cost next to nothing, one far from all others is refused."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from forecast.errors import DataError
from forecast.sources import _workbooks


def written(path: Path, rows: Iterable[list[Any]], far: tuple[int, int] | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if far is not None:
        sheet.cell(*far, value="far")
    book.save(path)
    return path


def sparse(rows: int, columns: int, every: int) -> list[list[Any]]:
    """Return a table of which one cell in so many is filled."""
    body = range(rows * columns)
    cells = [float(i) if i % every == 0 else None for i in body]
    return [cells[r * columns : (r + 1) * columns] for r in range(rows)]


@pytest.mark.parametrize("every", [1, 2, 3, 20])
def test_a_large_table_that_is_mostly_blank_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    monkeypatch.setattr(_workbooks, "FAR", 1_000)
    table = [[f"c{i}" for i in range(30)], *sparse(100, 30, every)]
    found, _ = _workbooks.read(written(tmp_path / "sparse.xlsx", table), "")
    last = max(r for r, row in enumerate(table) if any(cell is not None for cell in row))
    assert found == table[: last + 1]


def test_one_far_cell_beside_a_small_table_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "far.xlsx", sparse(10, 3, 1), far=(400_000, 3))
    with pytest.raises(DataError, match=r"others: 31 are filled, the last .* row 400000"):
        _workbooks.read(path, "")


def test_blank_cells_take_no_memory_to_speak_of(tmp_path: Path) -> None:
    path = written(tmp_path / "long.xlsx", sparse(10, 3, 1), far=(300_000, 3))
    tracemalloc.start()
    found, _ = _workbooks.read(path, "")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(found), found[-1]) == (300_000, [None, None, "far"])
    assert peak < 60e6  # a cell of openpyxl for each blank one took 420 MB
