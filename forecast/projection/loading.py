"""Loading: the versions of models that a projection is made with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from forecast.errors import ProjectionError
from forecast.projection.demand import Loaded

if TYPE_CHECKING:
    from forecast.projection.prepared import Asked
    from forecast.workspace import Workspace

UNIT_COSTS = "unit_costs"  # the one model that is not of demand


def models(workspace: Workspace, asked: Asked) -> dict[str, Loaded]:
    """Return the models that a projection is to be made with, by name.

    Raises:
        ProjectionError: none of demand is trained, or one has seen more than was known then.
    """
    known_at, named = asked.get("known_at"), asked.get("versions") or {}
    if "load_models" in asked:
        found = asked["load_models"](workspace, named)
    else:
        found = _load(workspace, {**_chosen(workspace, known_at), **named})
    if not set(found) - {UNIT_COSTS}:
        raise ProjectionError(_untrained(workspace, known_at))
    _check_known(found, known_at)
    return found


def _chosen(workspace: Workspace, known_at: str | None) -> dict[str, int | str]:
    """Return each trained model's champion, or its newest version that knew no more than a date.

    A model without such a version is left out.
    """
    from forecast import registry

    if not known_at:
        return dict(registry.champions(workspace))
    found: dict[str, int | str] = {}
    for name in registry.models(workspace):
        for info in registry.versions(workspace, name):
            if "" < info.tags.get("known_at", "") <= known_at:
                found[name] = info.version
    return found


def _load(workspace: Workspace, versions: Mapping[str, int | str]) -> dict[str, Loaded]:
    """Load a version, by number or alias, of each model that is named."""
    from forecast import registry

    found = {}
    for name, which in sorted(versions.items()):
        trained, info = registry.load(workspace, name, which)
        version = {
            "version": info.version,
            "run_id": info.run_id,
            "sha256": info.sha256,
            "sources": registry.facts(workspace, info, "sources"),
            "known_at": str(info.tags.get("known_at", "")),
        }
        found[name] = Loaded(name, trained, version)
    return found


def _check_known(models: Mapping[str, Loaded], known_at: str | None) -> None:
    """Refuse models that have seen data from after the date whose knowledge is wanted."""
    if not known_at:
        return
    for name, model in models.items():
        seen = str(model.version.get("known_at", ""))
        if not seen or seen > known_at:
            raise ProjectionError(
                f"{name} version {model.version.get('version')} was trained on what was known "
                f"{'on ' + seen if seen else 'today'}, which is more than on {known_at}; train it "
                f"with `forecast train {name} --known-at {known_at}` and name that version"
            )


def _untrained(workspace: Workspace, known_at: str | None) -> str:
    """Return why there is nothing to project, and the command that mends it."""
    if not known_at:
        return f"no model of demand is trained in {workspace.root}; run `forecast train` first"
    return (
        f"no model of demand in {workspace.root} was trained on what was known on {known_at}; "
        f"run `forecast train --known-at {known_at}` first"
    )
