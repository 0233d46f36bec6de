"""Train a version again from what it recorded, and say whether the result is the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from forecast import registry, software, specs, vintages
from forecast.errors import VintageError
from forecast.files import write_text
from forecast.registry import VersionInfo
from forecast.registry.folders import digest_of
from forecast.versions import plans, record, training
from forecast.versions.plans import Plan
from forecast.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

CLOSE = 1e-8  # relative; other processors and libraries round differently, a model does not


@dataclass(frozen=True)
class Reproduction:
    """What came of training a version again.

    Attributes:
        info: the version.
        state: whether the model's files are the same, byte by byte.
        draws: whether the simulated futures are the same, bit by bit.
        largest: largest relative difference between the two forecasts.
        differs: what is not as it was then, in sentences: data, program, packages.
    """

    info: VersionInfo
    state: bool
    draws: bool
    largest: float
    differs: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Whether files and futures are the same."""
        return self.state and self.draws

    @property
    def confirmed(self) -> bool:
        """Whether the forecast is the same, but for rounding."""
        return self.identical or self.largest <= CLOSE


def reproduce(workspace: Workspace, info: VersionInfo) -> Reproduction:
    """Train a version again from its recorded vintages, specification and seed.

    Raises:
        RegistryError: the version's record cannot be read.
        VintageError: a recorded vintage is no longer there, or is not the one that was read.
    """
    from forecast.engine import storage

    changed = program_changes(workspace, info)
    with restored(workspace, info) as then, TemporaryDirectory() as scratch:
        plan, seed = planned(then, info), int(info.tags["seed"])
        trained = training.fit(plan, seed)
        storage.save(trained, Path(scratch))
        futures = record.forecast_of(trained, plan, seed)
        said = registry.table(workspace, info, "forecast")
        return Reproduction(
            info,
            digest_of(Path(scratch)) == info.sha256,
            record.digest(futures) == info.tags["draws_sha256"],
            _largest(said, record.long(futures)),
            changed,
        )


@contextmanager
def restored(workspace: Workspace, info: VersionInfo) -> Iterator[Workspace]:
    """Yield a workspace with just the vintages and specifications that a version was trained on."""
    with TemporaryDirectory(prefix="social-forecast-") as name:
        then = Workspace(Path(name))
        put(workspace, then, registry.facts(workspace, info, "sources"))
        for path, text in registry.specs_of(workspace, info).items():
            write_text(then.specs / path, text)
        yield then


def planned(then: Workspace, info: VersionInfo) -> Plan:
    """Return what a restored workspace's training would use."""
    spec = specs.model(info.model, then)
    text = specs.path("models", info.model, then).read_text(encoding="utf-8")
    return plans.planned(spec, text, then, info.tags.get("known_at") or None)


def recorded(workspace: Workspace, source: dict[str, Any]) -> vintages.Vintage:
    """Return a vintage that a version recorded.

    Raises:
        VintageError: it is gone, or its figures are not those of the record.
    """
    held = {v.id: v for v in vintages.listing(workspace, str(source["dataset"]))}
    vintage = held.get(str(source["id"]))
    if vintage is None:
        raise VintageError(
            f"the vintage {source['id']}, which the version was trained on, is not in "
            f"{workspace.vintages}; put it back from a copy of the workspace"
        )
    if vintage.manifest["sha256"] != source["sha256"]:
        raise VintageError(
            f"the vintage {source['id']} is not the one that the version was trained on "
            "(its sha256 differs); put it back from a copy of the workspace"
        )
    vintage.verify()
    return vintage


def program_differences(
    workspace: Workspace, info: VersionInfo
) -> tuple[tuple[str, str, str], ...]:
    """Return name, then and now of what of the installed program is not as it trained a version.

    `code` is the program's own source; the others are packages, Python and the platform.
    """
    then = registry.facts(workspace, info, "software")
    found = software.differences(then, software.describe())
    return tuple((name, _short(old), _short(new)) for name, (old, new) in found.items())


def program_changes(workspace: Workspace, info: VersionInfo) -> tuple[str, ...]:
    """Return how the installed program differs from the one that trained a version, in words."""
    words = {"code": "the program's own source"}
    return tuple(
        f"{words.get(name, name)} was {old or 'not recorded'}, is {new or 'not recorded'}"
        for name, old, new in program_differences(workspace, info)
    )


def put(workspace: Workspace, then: Workspace, sources: Iterable[dict[str, Any]]) -> None:
    """Copy recorded vintages from a workspace into another.

    Raises:
        VintageError: one is gone, or its figures are not those of the record.
    """
    for source in sources:
        vintage = recorded(workspace, source)
        target = then.vintages / vintage.dataset / vintage.folder.name
        if not target.exists():
            shutil.copytree(vintage.folder, target)


def _largest(old: pd.DataFrame, new: pd.DataFrame) -> float:
    """Return the largest relative difference between two forecasts; infinite for other rows."""
    import numpy as np

    keys = [c for c in old.columns if c != "value"]
    if list(new.columns) != list(old.columns) or not old[keys].equals(new[keys]):
        return float("inf")
    before, after = (frame["value"].to_numpy(dtype=float) for frame in (old, new))
    return float(np.max(np.abs(after - before) / np.maximum(np.abs(before), 1.0), initial=0.0))


def _short(text: str) -> str:
    return text[:12]
