"""What was known of a dataset that a projection can do without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forecast import vintages

if TYPE_CHECKING:
    from forecast.vintages import Known
    from forecast.workspace import Workspace


def optional(workspace: Workspace, dataset: str, known_at: str | None) -> Known | None:
    """Return what was known on a date; None where nothing is stored or was published by then.

    Raises:
        VintageError: what is stored is damaged.
    """
    stored = vintages.listing(workspace, dataset)
    if not stored:
        return None
    if known_at is not None:
        first = min(str(v.frame(["published"])["published"].min()) for v in stored)
        if first > known_at:
            return None
    return vintages.known(workspace, dataset, known_at)
