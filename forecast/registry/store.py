"""The store of model versions: an SQLite file in the workspace, or a server that is named."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from forecast.errors import RegistryError
from forecast.files import replaced_file
from forecast.registry.faults import OLDER, again, no_store, told
from forecast.registry.library import import_mlflow, schema
from forecast.registry.moving import WAIT, connect, locked, mended, writable
from forecast.registry.names import EXPERIMENT, registered
from forecast.registry.revisions import newest
from forecast.workspace import Workspace

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

VARIABLE = "MLFLOW_TRACKING_URI"
_OTHERS = ".other-stores"  # in the workspace: a database without a server keeps files there too


@dataclass(frozen=True)
class Store:
    """An opened store.

    Attributes:
        client: MLflow's client of it.
        name: what a message calls it: the file or the server's address.
        folder: where an embedded store keeps files; None for a server.
        alone: whether nobody else keeps files in that folder.
        copied: whether it is a copy, of a store that was moved to where it can only be read.
    """

    client: MlflowClient
    name: str
    folder: Path | None
    alone: bool = False
    copied: bool = False

    @property
    def embedded(self) -> bool:
        """Whether the store is the file in the workspace."""
        return self.folder is not None

    @property
    def served(self) -> bool:
        """Whether a server stands in front of the database, and keeps the files too."""
        return _served(self.name)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the embedded store for one change; a server looks after itself."""
        guard = nullcontext() if self.folder is None else locked(self.folder.parent)
        with told(self.name), guard:
            if self.copied:  # a change of the copy would be lost
                raise PermissionError(errno.EACCES, "read-only")
            yield

    @property
    def held(self) -> bool:
        """Whether one may hold it, so that nobody trains meanwhile: not what can only be read."""
        return self.folder is not None and not self.copied and writable(Path(self.name))

    def looking(self) -> AbstractContextManager[None]:
        """Hold the embedded store for one look; who may only read it looks beside who writes."""
        return self.writing() if self.held else told(self.name)

    def name_alias(self, model: str, alias: str, version: int) -> None:
        """Let an alias name a version; the last of two at once stands."""
        again(
            lambda: self.client.set_registered_model_alias(registered(model), alias, str(version))
        )

    def drop_alias(self, model: str, alias: str) -> None:
        """Let an alias name nothing."""
        again(lambda: self.client.delete_registered_model_alias(registered(model), alias))

    def experiment(self) -> str:
        """Return the id of the experiment that all trainings are runs of, made when missing."""
        found = self.client.get_experiment_by_name(EXPERIMENT)
        if found is not None:
            return str(found.experiment_id)
        location = None if self.folder is None else self.folder.as_uri()
        return _made_once(self.client, location)


def open_store(workspace: Workspace, *, create: bool = False) -> Store:
    """Open the store of model versions that belongs to a workspace.

    Args:
        workspace: where the embedded store lies when the environment names no server.
        create: make the embedded store when there is none.

    Raises:
        RegistryError: there is no store, it cannot be read, or its server does not answer.
    """
    address = os.environ.get(VARIABLE, "").strip()
    if address:
        no_store(address, VARIABLE)
        return _server(address, workspace, create)
    name = str(workspace.store)
    if "?" in name:
        raise RegistryError(f"the workspace {workspace.root} has a ? in its name; rename it")
    with told(name):
        _prepare(workspace, create)
        if outdated(workspace):
            raise RegistryError(f"the store {name} {OLDER}")
        path = mended(workspace)
        client = _client(f"sqlite:///{path}?timeout={WAIT}")
        alone = not (workspace.root / _OTHERS).exists()
        return Store(client, name, workspace.artifacts, alone, path != workspace.store)


def exists(workspace: Workspace) -> bool:
    """Say whether there is a store to open: a named server, or the workspace's file."""
    return bool(os.environ.get(VARIABLE, "").strip()) or workspace.store.is_file()


def upgrade(workspace: Workspace) -> Path:
    """Bring an embedded store of an older MLflow up to date and return the copy that was kept.

    Raises:
        RegistryError: the store cannot be copied or brought up to date.
    """
    kept = workspace.store.with_suffix(".db.before-upgrade")
    with told(str(workspace.store)), locked(workspace.root):
        with replaced_file(kept) as copy:
            shutil.copyfile(workspace.store, copy)
        with replaced_file(workspace.store) as fresh:
            shutil.copyfile(kept, fresh)
            _migrate(fresh)
    return kept


def outdated(workspace: Workspace) -> bool:
    """Say whether an older MLflow wrote the embedded store.

    MLflow would bring some of them up to date by itself, without a copy and without a lock.

    Raises:
        RegistryError: a newer MLflow than the installed one wrote it, or it is no store at all.
    """
    if os.environ.get(VARIABLE, "").strip() or not workspace.store.is_file():
        return False
    with told(str(workspace.store)), closing(connect(workspace.store)) as database:
        row = database.execute("SELECT version_num FROM alembic_version").fetchone()
        written = "" if row is None else str(row[0])
        if written == newest():
            return False
        schema().ScriptDirectory.from_config(schema()._get_alembic_config("")).get_revision(
            written
        )  # fails by name for a revision that only a newer MLflow has
        return True


def _client(uri: str) -> MlflowClient:
    import_mlflow()
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    client.get_experiment_by_name(EXPERIMENT)  # opens it: a wrong schema is said here
    return client


def _server(address: str, workspace: Workspace, create: bool) -> Store:
    """A database that is named without a server in front keeps its files in the workspace."""
    with told(address):
        client = _client(address)
        if not _served(address):
            here = _adopt(client, workspace) == workspace.artifacts.as_uri()
            if here and address.partition("?")[0] != f"sqlite:///{workspace.store}":
                _leave_word(workspace, create)
        return Store(client, address, None)


def _served(address: str) -> bool:
    return address.startswith(("http://", "https://"))


def _adopt(client: MlflowClient, workspace: Workspace) -> str:
    """Return where a database without a server keeps files: this workspace, if nowhere yet."""
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.artifact_location)
    location = workspace.artifacts.as_uri()
    _made_once(client, location)
    return location


def _leave_word(workspace: Workspace, create: bool) -> None:
    """Note that a database keeps files in the workspace of which the embedded store knows nothing.

    Without the note, `models check --repair` without the database would clear them away.
    """
    note = workspace.root / _OTHERS
    with suppress(OSError):  # what can only be read cannot be cleared away either
        if create:
            workspace.root.mkdir(parents=True, exist_ok=True)
        if workspace.root.is_dir() and not note.exists():
            note.touch()


def _made_once(client: MlflowClient, location: str | None) -> str:
    """Make the experiment; where another did so at the same moment, take that one."""
    from mlflow.exceptions import MlflowException

    try:
        return str(client.create_experiment(EXPERIMENT, artifact_location=location))
    except MlflowException:
        made = client.get_experiment_by_name(EXPERIMENT)
        if made is None:
            raise
        return str(made.experiment_id)


def _prepare(workspace: Workspace, create: bool) -> None:
    if not workspace.store.is_file():
        if not create:
            raise RegistryError(
                f"no model has been trained in the workspace {workspace.root}; "
                "run `forecast train` first"
            )
        _create(workspace)


def _create(workspace: Workspace) -> None:
    """Two processes that create the same file leave it half migrated for good: one at a time."""
    workspace.root.mkdir(parents=True, exist_ok=True)
    with locked(workspace.root):
        if workspace.store.is_file():
            return
        with replaced_file(workspace.store) as temporary:
            _migrate(temporary)


def _migrate(path: Path) -> None:
    import sqlalchemy

    tables = schema()
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    try:
        if "experiments" in sqlalchemy.inspect(engine).get_table_names():
            tables._upgrade_db(engine)
        else:
            tables._initialize_tables(engine)
    finally:
        engine.dispose()
