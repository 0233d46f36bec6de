"""Explained changes of cost, kept in the workspace: working one out takes minutes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast import files, software
from forecast.errors import ProjectionError
from forecast.versions import bundlechanges, revisions
from forecast.versions.bundlechanges import CostChange
from forecast.versions.splitting import Wanted

if TYPE_CHECKING:
    import pandas as pd

    from forecast.bundle import Bundle
    from forecast.workspace import Workspace

FOLDER = "explanations"


def explain(workspace: Workspace, old: Bundle, new: Bundle, wanted: Wanted) -> CostChange:
    """Return why an area's cost changed between two bundles; what was worked out before counts.

    Raises:
        ForecastError: see `bundlechanges.explain`; or a kept explanation cannot be read.
    """
    path = _path(workspace, old, new, wanted)
    held = _read(path) if path.is_file() else {}
    if held.get("tried") == wanted.tried and held.get("program") == _program():
        return _change(held, path)
    found = bundlechanges.explain(workspace, old, new, wanted)
    about = {"tried": wanted.tried, "program": _program()}
    files.write_json(path, {**about, **found.plain()})
    return found


def kept(workspace: Workspace, old: Bundle, new: Bundle, area: str) -> CostChange | None:
    """Return what was worked out of the new bundle's budget year, by whichever program, or none.

    Raises:
        ProjectionError: the file cannot be read.
    """
    path = _path(workspace, old, new, Wanted(area))
    return _change(_read(path), path) if path.is_file() else None


def _path(workspace: Workspace, old: Bundle, new: Bundle, wanted: Wanted) -> Path:
    """Name the file by ids, code and year, none of which is text from data."""
    year = new.meta["budget_year"] if wanted.year is None else wanted.year
    return workspace.root / FOLDER / f"{old.id}-{new.id}-{wanted.area}-{int(year)}.json"


def _program() -> str:
    return software.describe()["code"]


def _read(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise _damaged(path) from None
    if not isinstance(read, dict):
        raise _damaged(path)
    return read


def _change(held: dict[str, Any], path: Path) -> CostChange:
    import pandas as pd

    try:
        return CostChange(
            old=str(held["old"]),
            new=str(held["new"]),
            area=str(held["area"]),
            year=int(held["year"]),
            terms=pd.DataFrame(held["terms"], columns=["function", "term", "value"]),
            before=_series(held["before"]),
            after=_series(held["after"]),
            cells=pd.DataFrame(held["cells"], columns=list(revisions.COLUMNS)).astype(
                dict.fromkeys(("old", "new", "effect"), "float64")
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _damaged(path) from None


def _series(held: dict[str, Any]) -> pd.Series[float]:
    import pandas as pd

    values = {str(code): float(value) for code, value in held.items()}
    return pd.Series(values, name="value", dtype="float64").rename_axis("function")


def _damaged(path: Path) -> ProjectionError:
    return ProjectionError(
        f"{path} holds no explanation that can be read; remove it, and it is worked out again"
    )
