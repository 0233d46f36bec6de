"""Find, describe and read registered versions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from forecast.errors import RegistryError, suggestion
from forecast.registry.faults import told
from forecast.registry.folders import digest_of, inspect
from forecast.registry.names import CHALLENGER, CHAMPION, PREFIX, VersionInfo, registered
from forecast.registry.store import Store, exists, open_store

if TYPE_CHECKING:
    import pandas as pd

    from forecast.engine.trained import Trained
    from forecast.workspace import Workspace


_SPEC = re.compile(r"(data|models|reports)/[A-Za-z0-9_-]+\.toml")


def models(workspace: Workspace) -> list[str]:
    """Return the names of all models that have been registered."""
    if not exists(workspace):
        return []
    store = open_store(workspace)
    with told(store.name):
        return sorted(model_names(store))


def versions(workspace: Workspace, model: str) -> list[VersionInfo]:
    """Return all versions of a model, the oldest first; none where it was never trained."""
    registered(model)
    if not exists(workspace):
        return []
    store = open_store(workspace)
    with told(store.name):
        return versions_in(store, model)


def champions(workspace: Workspace) -> dict[str, int]:
    """Return the champion's version by model, for the models that have one."""
    if not exists(workspace):
        return {}
    store = open_store(workspace)
    with told(store.name):
        held = {model: aliases_of(store, model) for model in model_names(store)}
    return {model: aliases[CHAMPION] for model, aliases in held.items() if CHAMPION in aliases}


def version(workspace: Workspace, model: str, which: str | int = "champion") -> VersionInfo:
    """Return one version by number or alias.

    Raises:
        RegistryError: the model was not trained, or has no such version.
    """
    registered(model)
    store = open_store(workspace)
    with told(store.name):
        return describe(store, model, str(which))


def load(
    workspace: Workspace, model: str, which: str | int = "champion"
) -> tuple[Trained, VersionInfo]:
    """Read a version with the installed code, after comparing its files with its record.

    Raises:
        RegistryError: there is no such version, or its files are not those that were registered.
    """
    store = open_store(workspace)
    with told(store.name):
        info = describe(store, model, str(which))
    with _state(store, info) as folder:
        return _read(folder), info


def table(workspace: Workspace, info: VersionInfo, name: str) -> pd.DataFrame:
    """Return one of the tables that a training kept, such as scores or backtest.

    Raises:
        RegistryError: the tables are not those that were registered, or there is none so named.
    """
    import pandas as pd

    store = open_store(workspace)
    with _artifact(store, info.run_id, "tables") as folder:
        if digest_of(folder) != info.tags.get("tables_sha256"):
            raise RegistryError(
                f"the tables of {info.reference} are not those that were stored "
                f"(their sha256 differs); {_remedy(info)}"
            )
        known = sorted(p.stem for p in folder.glob("*.parquet"))
        if name not in known:
            raise RegistryError(f"{info.reference} has no table {name!r}; has {', '.join(known)}")
        return pd.read_parquet(folder / f"{name}.parquet")


def spec_of(workspace: Workspace, info: VersionInfo) -> str:
    """Return the TOML that a version was trained with."""
    return specs_of(workspace, info)[f"models/{info.model}.toml"]


def specs_of(workspace: Workspace, info: VersionInfo) -> dict[str, str]:
    """Return a version's TOML and all that its workspace had of its own, by path below specs/."""
    store = open_store(workspace)
    with _artifact(store, info.run_id, "specs") as folder:
        found = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*.toml"))}
        own = {name: path for name, path in found.items() if _SPEC.fullmatch(name)}
        return {name: path.read_text(encoding="utf-8") for name, path in own.items()}


def facts(workspace: Workspace, info: VersionInfo, name: str) -> Any:
    """Return what a training recorded as JSON: `sources` or `software`."""
    store = open_store(workspace)
    with _artifact(store, info.run_id, f"{name}.json") as path:
        return json.loads(path.read_text(encoding="utf-8"))


def metrics(workspace: Workspace, info: VersionInfo) -> dict[str, float]:
    """Return the aggregate scores of a version's training."""
    store = open_store(workspace)
    with told(store.name):
        return dict(store.client.get_run(info.run_id).data.metrics)


def describe(store: Store, model: str, which: str) -> VersionInfo:
    """Return one version of an opened store by number or alias."""
    from mlflow.exceptions import MlflowException

    name = registered(model)
    try:
        found = (
            store.client.get_model_version(name, which)
            if which.isdigit()
            else store.client.get_model_version_by_alias(name, which)
        )
    except MlflowException as error:
        if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            raise
        raise RegistryError(_missing(store, model, which)) from None
    return _info(model, found, aliases_of(store, model))


def versions_in(store: Store, model: str) -> list[VersionInfo]:
    """Return all versions of an opened store's model, the oldest first."""
    held = aliases_of(store, model)
    found = _paged(store.client.search_model_versions, f"name = '{registered(model)}'")
    return sorted((_info(model, v, held) for v in found), key=lambda info: info.version)


def aliases_of(store: Store, model: str) -> dict[str, int]:
    """Return the version number by alias; none for a model that was never registered."""
    name = registered(model)
    found = _paged(store.client.search_registered_models, f"name = '{name}'")
    return {a: int(v) for m in found for a, v in dict(m.aliases).items()}


def files_of(store: Store, info: VersionInfo) -> str:
    """Return the address of the files of a version's model."""
    name = registered(info.model)
    return str(store.client.get_model_version_download_uri(name, str(info.version)))


def intact(store: Store, info: VersionInfo) -> str:
    """Return what is wrong with a version's files, nothing where they are as registered."""
    try:
        with _state(store, info):
            return ""
    except RegistryError as error:
        return str(error)


def model_names(store: Store) -> list[str]:
    """Return the names of all models registered in an opened store."""
    found = _paged(store.client.search_registered_models, f"name LIKE '{PREFIX}%'")
    return [str(m.name).removeprefix(PREFIX) for m in found]


def _paged(search: Any, condition: str) -> list[Any]:
    found: list[Any] = []
    token = None
    while True:
        page = search(condition, max_results=500, page_token=token)
        found += page
        token = page.token
        if not token:
            return found


def _info(model: str, found: Any, held: dict[str, int]) -> VersionInfo:
    number, tags = int(found.version), dict(found.tags)
    names = tuple(sorted(a for a, v in held.items() if v == number))
    return VersionInfo(model, number, str(found.run_id), tags.get("sha256", ""), tags, names)


def _missing(store: Store, model: str, which: str) -> str:
    there = [info.version for info in versions_in(store, model)]
    if not there:
        near = suggestion(model, model_names(store))
        to_do = "`forecast models list` shows all" if near else f"run `forecast train {model}`"
        return f"no version of {model!r} is registered{near or ';'} {to_do}"
    if which.isdigit():
        return f"{model} has no version {which}; it has {there[0]} to {there[-1]}"
    held = aliases_of(store, model)
    if which == CHALLENGER and held.get(CHAMPION) == there[-1]:
        return (
            f"{model} has no challenger: its newest version, {there[-1]}, is the champion; "
            f"train another with `forecast train {model}`"
        )
    return f"{model} has no {which}; name one with `forecast models promote {model}@{there[-1]}`"


def _read(folder: Path) -> Trained:
    from forecast.engine import storage

    return storage.load(folder)


@contextmanager
def _state(store: Store, info: VersionInfo) -> Iterator[Path]:
    with told(store.name):
        address = files_of(store, info)
    with ExitStack() as held:
        try:
            folder = held.enter_context(_downloaded(store, f"{address}/data/state"))
            inspect(folder)
        except RegistryError as error:
            raise RegistryError(f"{info.reference}: {error}; {_remedy(info)}") from error
        if not info.sha256 or digest_of(folder) != info.sha256:
            raise RegistryError(
                f"the files of {info.reference} are not those that were registered "
                f"(their sha256 differs); {_remedy(info)}"
            )
        yield folder


@contextmanager
def _artifact(store: Store, run_id: str, path: str) -> Iterator[Path]:
    with told(store.name):
        root = str(store.client.get_run(run_id).info.artifact_uri)
    with _downloaded(store, f"{root}/{path}") as found:
        yield found


@contextmanager
def _downloaded(store: Store, address: str) -> Iterator[Path]:
    """Yield files where they lie on this machine, else a copy that is thrown away."""
    import mlflow.artifacts

    with TemporaryDirectory(prefix="social-forecast-") as scratch:
        with told(store.name):
            found = Path(
                mlflow.artifacts.download_artifacts(
                    artifact_uri=address, dst_path=None if store.embedded else scratch,
                    tracking_uri=store.client.tracking_uri,
                )
            )  # fmt: skip
        yield found


def _remedy(info: VersionInfo) -> str:
    return (
        f"put back a copy, or choose another version with `forecast models rollback {info.model}`"
    )
