"""Own accounts: what a file leaves out is said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from forecast import vintages
from forecast.dataroom import own
from forecast.workspace import Workspace


def money(cells: list[tuple[str, str, str, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(cells, columns=["area", "period", "function", "value"])
    return frame.assign(measure="expenditure", dranst="1", kind="net", price_unit="current")


def test_functions_left_out_and_mistyped_are_named_by_year(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path)
    mine = money([
        ("751", "2024", "5.38.50", 9.0), ("751", "2025", "5.38.50", 9.0),
        ("751", "2025", "5.99.52", 1.0), ("101", "2024", "5.38.52", 3.0),
    ])  # fmt: skip
    assert own.notes(workspace, "own_accounts", mine) == []  # nothing public to compare with
    public = money([
        ("751", "2023", "5.38.59", 7.0), ("751", "2024", "5.38.50", 10.0),
        ("751", "2024", "5.38.51", 4.0), ("751", "2024", "5.38.53", 0.0),
        ("101", "2024", "5.38.52", 5.0),
    ])  # fmt: skip
    vintages.save(workspace, "regk31", public, {"retrieved": "2025-06-01"})
    unknown, stay, count = own.notes(workspace, "own_accounts", mine)
    assert unknown == "function 5.99.52 is in no figure of regk31; is it mistyped?"
    assert stay == (
        "Aarhus 2024: functions that are not in the file stay as in regk31: 5.38.51; "
        "give 0 where nothing is spent on one"
    )
    assert count == (
        "Aarhus 2025: functions that are not in the file count as 0, since regk31 does not hold "
        "the year: 5.38.51"
    )
    assert own.notes(workspace, "own_budgets", mine) == []


def test_many_notes_are_counted(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path)
    public = money([("751", "2024", "5.38.50", 1.0)])
    vintages.save(workspace, "regk31", public, {"retrieved": "2025-06-01"})
    mine = money([("751", "2024", f"5.3{n}.50", 1.0) for n in range(9)])
    found = own.notes(workspace, "own_accounts", mine)
    assert len(found) == own.SHOWN + 1
    assert found[-1] == "and 3 more such notes"
