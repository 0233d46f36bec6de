"""A workspace of demonstration data, and a projection of it by models that need no training."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from forecast import vintages
from forecast.bundle import Bundle
from forecast.projection import LoadModels, Prepared, evaluate, prepare
from forecast.projection.demand import Loaded
from forecast.sources import embedded
from forecast.workspace import Workspace
from support.futures import steady

MONEY = (
    *("regk31", "budk32", "price_estimate", "refund_thresholds", "service_frame", "own_cases"),
    *("folk1a", "frkm", "hand01", "hand02a", "anbaar9", "anbaar12", "isbu02"),
    *("smdbv001", "krise1", "herfor1"),
)


def stocked(root: Path, left_out: tuple[str, ...] = ()) -> Workspace:
    """Store the demonstration's data on money and demand in a workspace."""
    workspace = Workspace(root)
    for name, frame, manifest in embedded.read():
        if name in MONEY and name not in left_out:
            vintages.save(workspace, name, frame, manifest)
    return workspace


def loader(models: Mapping[str, Loaded]) -> LoadModels:
    """Return what reads models, for `projection.prepare`."""

    def load(workspace: Workspace, versions: Mapping[str, int | str]) -> dict[str, Loaded]:
        del workspace, versions
        return dict(models)

    return load


def prepared(workspace: Workspace, models: Mapping[str, Loaded] | None = None) -> Prepared:
    """Prepare a small projection of the budget year 2027."""
    held = steady(workspace) if models is None else models
    return prepare(workspace, 2027, size=40, seed=7, today="2026-05-01", load_models=loader(held))


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="money-")  # removed when the tests end


@cache
def shared_base() -> Prepared:
    """Return one projection that all tests of a process read and none changes."""
    return prepared(stocked(Path(_folder().name)))


@cache
def shared_bundle() -> Bundle:
    """Return the bundle of that projection, without adjustments."""
    return evaluate(shared_base())
