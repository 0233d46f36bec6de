"""Keep a file with the run of a version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from forecast.registry.faults import told
from forecast.registry.store import open_store

if TYPE_CHECKING:
    from forecast.registry.names import VersionInfo
    from forecast.workspace import Workspace


def attach(workspace: Workspace, info: VersionInfo, path: Path, folder: str) -> None:
    """Copy a file into a folder of a version's run; a file of that name there is replaced.

    Raises:
        RegistryError: the store does not answer or has no such run.
    """
    store = open_store(workspace)
    with store.writing(), told(store.name):
        store.client.log_artifact(info.run_id, str(path), folder)
