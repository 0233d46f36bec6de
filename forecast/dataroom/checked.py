"""Checked: what `forecast data check` found of the data that a workspace holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from forecast.errors import DataError

if TYPE_CHECKING:
    from forecast.workspace import Workspace


def kept(workspace: Workspace) -> list[dict[str, Any]]:
    """Return dataset, vintages, and name and outcome of each check that was last run on them.

    Raises:
        DataError: a file of results is damaged.
    """
    found = []
    for path in sorted((workspace.output / "checks").glob("*.json")):
        try:
            section = json.loads(path.read_text(encoding="utf-8"))
            checks = [{"name": str(c["name"]), "passed": c["passed"]} for c in section["checks"]]
            vintages = [str(name) for name in section["vintages"]]
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{path.name}: the results of a check are damaged ({type(error).__name__}); run "
                f"again: forecast data check {path.stem}"
            ) from None
        found.append({"dataset": path.stem, "vintages": vintages, "checks": checks})
    return found
