"""Look for what a cut-off training or promotion left behind, name it, and clear it away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.registry import clearing, trail
from forecast.registry.names import CHALLENGER, CHAMPION, VersionInfo
from forecast.registry.reading import aliases_of, intact, model_names, versions_in
from forecast.registry.record import Made
from forecast.registry.store import Store, exists, open_store, outdated, upgrade
from forecast.registry.trail import Event

if TYPE_CHECKING:
    from forecast.workspace import Workspace

_DAY = 86_400_000  # milliseconds; a run elsewhere that is older than this is not at work


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be.

    Attributes:
        kind: `run`, `files`, `version`, `champion`, `alias`, `history` or `schema`.
        what: the thing, by id, path or reference.
        text: what is wrong with it, as a sentence.
        mended: whether `--repair` cleared it away, and how; empty where it did not.
    """

    kind: str
    what: str
    text: str
    mended: str = ""


def check(workspace: Workspace, made: Made, *, repair: bool = False) -> list[Finding]:
    """Return everything in the store that is not whole.

    Args:
        workspace: whose store is looked at.
        made: who looks, and when (ISO time from the edge).
        repair: clear away what a cut-off training left; versions are never removed.

    Raises:
        RegistryError: the store cannot be read at all.
    """
    found = list(_temporary(workspace, repair))
    if outdated(workspace):
        text = f"{workspace.store} was written by another MLflow than the one installed"
        if not repair:
            return [*found, Finding("schema", workspace.store.name, text)]
        kept = upgrade(workspace)
        found.append(Finding("schema", workspace.store.name, text, f"upgraded; copy in {kept}"))
    if not exists(workspace):
        return found
    store = open_store(workspace)
    with store.writing() if repair else store.looking():
        found += _runs(store, repair)
        found += _orphans(store, repair)
        for model in model_names(store):
            found += _model(store, model, made if repair else None)
    return found


def _temporary(workspace: Workspace, repair: bool) -> Iterator[Finding]:
    """Files that were being written; a temporary name never becomes a real one any more."""
    roots = (workspace.root, workspace.artifacts)
    for path in sorted(p for root in roots for p in root.glob(".*.part")):
        mended = clearing.removed(path) if repair else ""
        yield Finding("files", path.name, f"{path} was never finished", mended)


def _runs(store: Store, repair: bool) -> Iterator[Finding]:
    """Runs without a version: cut off while writing, or between writing and registering."""
    used = {info.run_id for model in model_names(store) for info in versions_in(store, model)}
    for run in clearing.runs_of(store):
        run_id, status = str(run.info.run_id), str(run.info.status)
        if run_id in used or _at_work(store, run):
            continue
        words = "was cut off" if status == "RUNNING" else "was finished but never registered"
        model = run.data.tags.get("forecast.model", "a model")
        mended = ""
        if repair:
            store.client.delete_run(run_id)
            clearing.remove_files(store, run_id, str(run.info.artifact_uri))
            mended = "removed"
        yield Finding("run", run_id, f"a training of {model} {words}", mended)


def _at_work(store: Store, run: Any) -> bool:
    """Whether a run may still be written: nobody trains into a store that is held."""
    import os
    import platform
    import time

    if store.held or str(run.info.status) != "RUNNING":
        return False
    host, _, process = run.data.tags.get("forecast.process", "").rpartition(":")
    if host != platform.node():
        # The clock is that of the server's entry, so nothing reproducible hangs on it.
        return bool(time.time() * 1000 - run.info.start_time < _DAY)
    return process.isdigit() and int(process) != os.getpid() and Path(f"/proc/{process}").exists()


def _orphans(store: Store, repair: bool) -> Iterator[Finding]:
    """Logged models without a version, and folders that the store knows nothing of."""
    known: set[str] = set()
    used = _used_locations(store)
    for model in _logged_models(store):
        known.add(str(model.model_id))
        run_alive = any(
            str(r.info.run_id) == model.source_run_id and _at_work(store, r)
            for r in clearing.runs_of(store)
        )
        if str(model.artifact_location) in used or run_alive:
            continue
        mended = ""
        if repair:
            store.client.delete_logged_model(model.model_id)
            clearing.remove_files(store, f"models/{model.model_id}", str(model.artifact_location))
            mended = "removed"
        yield Finding("files", str(model.model_id), "a model's files without a version", mended)
    for path in clearing.unknown(store, known):
        mended = clearing.removed(path) if repair else ""
        yield Finding("files", path.name, f"{path} belongs to no training", mended)


def _model(store: Store, model: str, mender: Made | None) -> Iterator[Finding]:
    """Damaged versions, a missing champion, aliases and history that do not fit together."""
    there = versions_in(store, model)
    for info in there:
        wrong = intact(store, info)
        if wrong:
            yield Finding("version", info.reference, wrong)
    held = aliases_of(store, model)
    numbers = {info.version for info in there}
    for alias, number in held.items():
        if number not in numbers:
            mended = ""
            if mender:
                store.drop_alias(model, alias)
                mended = "alias removed"
            text = f"{alias} of {model} names version {number}, which is gone"
            yield Finding("alias", f"{model}@{alias}", text, mended)
    yield from _champion(store, model, there, mender)
    if there:
        yield from _trail(store, model, mender)


def _champion(
    store: Store, model: str, there: list[VersionInfo], mender: Made | None
) -> Iterator[Finding]:
    """A first training that was cut off just before its version became champion."""
    whole = [info for info in there if not intact(store, info)]
    if CHAMPION in aliases_of(store, model) or not there:
        return
    mended = ""
    if mender and whole:
        newest = whole[-1]
        trail.add(store, model, Event(mender.when, mender.who, "noted", newest.version))
        store.name_alias(model, CHAMPION, newest.version)
        if CHALLENGER in newest.aliases:
            store.drop_alias(model, CHALLENGER)
        mended = f"version {newest.version} made champion"
    yield Finding("champion", model, f"{model} has versions but no champion", mended)


def _trail(store: Store, model: str, mender: Made | None) -> Iterator[Finding]:
    """The alias says what is used; a history that says otherwise gets a line that owns it."""
    champion = aliases_of(store, model).get(CHAMPION, 0)
    said = trail.champion_said(trail.events(store, model))
    if champion == said or not champion:
        return
    mended = ""
    text = f"the history of {model} ends with champion {said}, in use is version {champion}"
    if mender:
        because = "a change was cut off, or made outside this program"
        trail.add(
            store,
            model,
            Event(mender.when, mender.who, "noted", champion, previous=said, because=because),
        )
        mended = "noted in the history"
    yield Finding("history", model, text, mended)


def _used_locations(store: Store) -> set[str]:
    from forecast.registry.reading import files_of

    return {
        files_of(store, info) for model in model_names(store) for info in versions_in(store, model)
    }


def _logged_models(store: Store) -> list[Any]:
    found: list[Any] = []
    token: str | None = None
    while True:
        page = store.client.search_logged_models([store.experiment()], page_token=token)
        found += page
        token = page.token
        if not token:
            return found
