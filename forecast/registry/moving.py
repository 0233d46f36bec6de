"""A store that was moved or copied with its workspace: the absolute paths it holds are mended.

Who may only read gets a copy of the store with the paths mended, and the workspace stays as it is.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

from forecast.registry.names import EXPERIMENT
from forecast.workspace import Workspace

WAIT = 60  # seconds another process may hold the file

# Where MLflow keeps absolute paths to a run's and a model's files.
_PATHS = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "storage_location"),
)


def mended(workspace: Workspace) -> Path:
    """Return the store to open: the workspace's own, or a mended copy where nobody may write."""
    with closing(connect(workspace.store)) as database:
        old, new = _stored(database), workspace.artifacts.as_uri()
    if old is None or old == new:
        return workspace.store
    if not writable(workspace.store):
        return _copy(workspace.store, workspace.store.stat().st_mtime_ns, old, new)
    with locked(workspace.root), closing(connect(workspace.store)) as database, database:
        _rewrite(database, old, new)
    return workspace.store


def connect(path: Path) -> sqlite3.Connection:
    """Open a store's file."""
    return sqlite3.connect(path, timeout=WAIT)


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold a workspace's store, so that two processes do not change it at once."""
    from filelock import FileLock

    with FileLock(root / ".store.lock"):
        yield


def writable(store: Path) -> bool:
    """Whether one may change a store's file, and write beside it as its lock does."""
    return all(os.access(path, os.W_OK) for path in (store, store.parent))


@lru_cache
def _copy(store: Path, changed: int, old: str, new: str) -> Path:  # noqa: ARG001  # of the cache
    """Return a copy that ends with this process; another is made when the store has changed."""
    folder = mkdtemp(prefix="social-forecast-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copy = Path(folder) / store.name
    with closing(connect(store)) as source, closing(connect(copy)) as database:
        source.backup(database)
        with database:
            _rewrite(database, old, new)
    return copy


def _rewrite(database: sqlite3.Connection, old: str, new: str) -> None:
    for table, column in _PATHS:
        # Names come from the list above, never from data.
        database.execute(
            f"UPDATE {table} SET {column} = ? || substr({column}, ?) "
            f"WHERE substr({column}, 1, ?) = ?",
            (new, len(old) + 1, len(old), old),
        )


def _stored(database: sqlite3.Connection) -> str | None:
    try:
        row = database.execute(
            "SELECT artifact_location FROM experiments WHERE name = ?", (EXPERIMENT,)
        ).fetchone()
    except sqlite3.OperationalError as error:
        if "no such" in str(error):  # MLflow itself says best what is wrong with the schema
            return None
        raise
    return None if row is None else str(row[0])
