"""Status: what is in a workspace, what a real report still lacks, and the next command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forecast import datasets, sources, specs, vintages

if TYPE_CHECKING:
    from forecast.datasets import DatasetSpec
    from forecast.vintages import Vintage
    from forecast.workspace import Workspace

POPULATION = ("folk1a", "frkm")
MONEY = ("regk31", "budk32", "price_estimate")
HELPFUL = ("refund_thresholds", "service_frame")


@dataclass(frozen=True)
class Need:
    """One dataset, what needs it, and how it comes here.

    Attributes:
        state: `here`, `missing`, or `optional` where a report only gets shorter without it.
        vintage: id of the newest snapshot, empty where there is none.
        command: what brings it.
    """

    dataset: str
    title: str
    wanted_by: tuple[str, ...]
    state: str
    vintage: str
    synthetic: bool
    command: str


@dataclass(frozen=True)
class Status:
    """What is here, what is missing, and what to do next.

    Attributes:
        models: version of the champion by model, 0 where there is none.
        next: the next command towards a real report.
    """

    root: str
    needs: tuple[Need, ...]
    models: dict[str, int]
    bundles: tuple[str, ...]
    next: str

    def plain(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        needs = [vars(n) | {"wanted_by": list(n.wanted_by)} for n in self.needs]
        return {**vars(self), "needs": needs, "bundles": list(self.bundles)}


def status(workspace: Workspace, language: str = "en") -> Status:
    """Look at a workspace; nothing is created or changed."""
    newest = {v.dataset: v for v in vintages.listing(workspace)}
    wanted = _wanted(workspace).items()
    needs = tuple(
        _need(datasets.get(n, workspace), by, newest.get(n), language) for n, by in wanted
    )
    models = champions(workspace)
    bundles = tuple(sorted(p.name for p in workspace.bundles.glob("[!.]*")))
    command = next_command(needs, models, bundles)
    return Status(str(workspace.root), needs, models, bundles, command)


def champions(workspace: Workspace) -> dict[str, int]:
    """Return the champion's version of every model, 0 where none is trained."""
    found = dict.fromkeys(specs.names("models", workspace), 0)
    if not workspace.store.exists():
        return found
    from forecast import registry

    return {**found, **registry.champions(workspace)}


def next_command(needs: tuple[Need, ...], models: dict[str, int], bundles: tuple[str, ...]) -> str:
    """Return the next step from what is there to a real report."""
    missing = [n for n in needs if n.state == "missing"]
    pulled = [n for n in missing if n.command.startswith("forecast data pull")]
    if pulled:
        return "forecast data pull --all" if len(pulled) > 1 else pulled[0].command
    if missing:
        return missing[0].command
    if not all(models.values()):
        return "forecast train"
    if not bundles:
        return "forecast project --budget-year YEAR"
    return "forecast report budget --municipality NAME --budget-year YEAR"


def _wanted(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    """Return who needs each dataset: models first, then population, money and what helps."""
    wanted: dict[str, list[str]] = {}
    for name in specs.names("models", workspace):
        spec = specs.model(name, workspace)
        for dataset in (spec.data, *(POPULATION if spec.exposure else ())):
            wanted.setdefault(dataset, []).append(name)
    for dataset in MONEY:
        wanted.setdefault(dataset, []).append("cost")
    for dataset in HELPFUL:
        wanted.setdefault(dataset, [])
    return {name: tuple(by) for name, by in wanted.items()}


def _need(
    spec: DatasetSpec, wanted_by: tuple[str, ...], newest: Vintage | None, language: str
) -> Need:
    command = f"forecast data {'pull' if sources.asked(spec) else 'template'} {spec.name}"
    state = "here" if newest else ("missing" if wanted_by else "optional")
    return Need(
        spec.name, spec.title[language], wanted_by, state,
        newest.id if newest else "", bool(newest and newest.synthetic), command,
    )  # fmt: skip
