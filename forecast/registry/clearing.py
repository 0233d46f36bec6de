"""Clearing: files that no version needs, found and removed without touching another store's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from forecast.registry.store import Store

if TYPE_CHECKING:
    from mlflow.entities import Run


def unknown(store: Store, models: set[str]) -> Iterator[Path]:
    """Yield the folders that belong to no training of a store.

    Where only this store keeps files, that is every folder it knows nothing of. Where others may
    keep theirs beside it, only those of trainings that it once had and has no more.

    Args:
        store: whose files are looked at.
        models: ids of the logged models that are there.
    """
    place = _place(store)
    if place is None or not place.is_dir():
        return
    runs = {str(run.info.run_id) for run in runs_of(store)} | {"models"}
    found = [path for path in _folders(place) if path.name not in runs]
    gone = [path for path in _folders(place / "models") if path.name not in models]
    if store.alone:
        yield from (*found, *gone)
        return
    deleted = {str(run.info.run_id) for run in runs_of(store, deleted=True)}
    yield from (path for path in found if path.name in deleted)
    yield from (path for path in gone if _once_had(store, path.name))


def runs_of(store: Store, *, deleted: bool = False) -> list[Run]:
    """Return all runs of a store, or those that were deleted from it."""
    from mlflow.entities import ViewType

    view = ViewType.DELETED_ONLY if deleted else ViewType.ACTIVE_ONLY
    found: list[Run] = []
    token: str | None = None
    while True:
        page = store.client.search_runs([store.experiment()], run_view_type=view, page_token=token)
        found += page
        token = page.token
        if not token:
            return found


def remove_files(store: Store, name: str, location: str) -> None:
    """Remove the files of a run or model; a database without a server has them in a folder."""
    if store.folder is not None:
        shutil.rmtree(store.folder / name, ignore_errors=True)
    elif (path := _local(location)) is not None:
        for folder in (path, *path.parents):
            if folder.name == Path(name).name:  # the thing's own folder, never one that is shared
                shutil.rmtree(folder, ignore_errors=True)


def removed(path: Path) -> str:
    """Remove a file or folder, and say so."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    return "removed"


def _place(store: Store) -> Path | None:
    """Return the folder in which a store keeps files; None where a server does."""
    if store.folder is not None or store.served:
        return store.folder
    return _local(str(store.client.get_experiment(store.experiment()).artifact_location))


def _local(location: str) -> Path | None:
    return Path(url2pathname(urlsplit(location).path)) if location.startswith("file:") else None


def _folders(place: Path) -> list[Path]:
    """Return what lies in a folder; what was never finished is told of by its own name."""
    there = sorted(place.iterdir()) if place.is_dir() else []
    return [path for path in there if not path.name.endswith(".part")]


def _once_had(store: Store, model: str) -> bool:
    """Whether a database had a logged model that was deleted; its client never tells of those."""
    from mlflow.exceptions import MlflowException

    with suppress(MlflowException):
        store.client._tracking_client.store.get_logged_model(model, allow_deleted=True)
        return True
    return False
