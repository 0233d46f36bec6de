"""The data room at a glance: which datasets there are, and what is here of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from forecast import datasets, sources, specs, vintages
from forecast.datasets import DatasetSpec

if TYPE_CHECKING:
    from forecast.vintages import Vintage
    from forecast.workspace import Workspace

SHOWN = ("title", "part", "published", "retrieved", "known_from", "rows", "synthetic", "origin",
         "query", "updated", "publisher", "licence", "sha256")  # fmt: skip


def overview(workspace: Workspace) -> list[dict[str, Any]]:
    """Return one row a dataset: title, source, purpose and the newest vintage that is here."""
    return [_row(spec, workspace) for spec in datasets.everyone(workspace)]


def stored(workspace: Workspace, dataset: str | None = None) -> list[dict[str, Any]]:
    """Return one row a vintage, with its dates and origin.

    Raises:
        SpecError: there is no such dataset.
    """
    if dataset is not None:
        specs.path("data", dataset, workspace)
    return [described(v) for v in vintages.listing(workspace, dataset)]


def described(vintage: Vintage) -> dict[str, Any]:
    """Return what is worth knowing of a vintage, as plain values."""
    shown = {key: vintage.manifest.get(key, "") for key in SHOWN}
    return {"id": vintage.id, "dataset": vintage.dataset, **shown}


def _row(spec: DatasetSpec, workspace: Workspace) -> dict[str, Any]:
    held = vintages.listing(workspace, spec.name)
    last = held[-1] if held else None
    here = "" if last is None else "synthetic" if last.synthetic else "real"
    return {
        "dataset": spec.name,
        "title": spec.title["en"],
        "title_da": spec.title["da"],
        "source": sources.label(spec, "file"),
        "purpose": spec.purpose,
        "unit": spec.unit,
        "verified": spec.statbank.verified,
        "here": here or "-",
        "known_from": last.known_from if last else "",
        "rows": last.manifest["rows"] if last else 0,
        "vintages": len(held),
    }  # fmt: skip
