"""What a scenario was made on, so that it is not counted on another projection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from forecast.errors import SpecError


@dataclass(frozen=True)
class MadeFor:
    """What a scenario was made on; it is refused where the projection differs.

    Attributes:
        budget_year: the budget year.
        last_accounts_year: the year growth is measured from.
        price_vintage: the price estimate.
        models: version by model.
        vintages: ids of data vintages.
    """

    budget_year: int = 0
    last_accounts_year: int = 0
    price_vintage: str = ""
    models: dict[str, int] = field(default_factory=dict)
    vintages: tuple[str, ...] = ()

    def refuse_other(self, scenario: str, meta: Mapping[str, Any]) -> None:
        """Refuse a scenario that was made on other data, versions or years than a projection.

        Raises:
            SpecError: naming the scenario's file or title and the first thing that differs.
        """
        for key in ("budget_year", "last_accounts_year", "price_vintage"):
            wanted = getattr(self, key)
            if wanted and wanted != meta[key]:
                raise SpecError(
                    f"{scenario}: made for {key} {wanted}, but the projection has "
                    f"{meta[key]}; make the scenario anew with `forecast scenario new`"
                )
        for model, version in self.models.items():
            used = meta["models"].get(model, {}).get("version")
            if used != version:
                raise SpecError(
                    f"{scenario}: made on {model} version {version}, but the projection "
                    f"uses {used}; project with that version or make the scenario anew"
                )
        held = {vintage["id"] for vintage in meta["vintages"]}
        other = [vintage for vintage in self.vintages if vintage not in held]
        if other:
            raise SpecError(
                f"{scenario}: made on the data vintage {other[0]}, which the projection "
                "does not use; make the scenario anew with `forecast scenario new`"
            )
