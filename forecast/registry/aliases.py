"""Which version is used: champion and challenger, and how one takes the other's place."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from forecast.errors import RegistryError
from forecast.registry import trail
from forecast.registry.names import CHALLENGER, CHAMPION, VersionInfo
from forecast.registry.reading import aliases_of, describe, intact
from forecast.registry.record import Made, Record
from forecast.registry.store import Store, open_store
from forecast.registry.trail import Event

if TYPE_CHECKING:
    from forecast.workspace import Workspace


_PATIENCE = 6  # looks, half a second apart, for the champion that another is just naming


@dataclass(frozen=True)
class Decision:
    """Why a version becomes champion: a reason, or a comparison that speaks for it, or both."""

    made: Made
    because: str = ""
    evidence: str = ""


def arrived(store: Store, record: Record, version: int) -> None:
    """Give a new version its alias: champion when there is none yet, else challenger."""
    model = record.model
    event = Event(record.made.when, record.made.who, "registered", version)
    if _has_champion(store, model, version):
        trail.add(store, model, event)
        store.name_alias(model, CHALLENGER, version)
        return
    trail.add(store, model, replace(event, action="first", because="the first version"))
    store.name_alias(model, CHAMPION, version)


def _has_champion(store: Store, model: str, version: int) -> bool:
    """Whether a model has a champion, or is about to: the first of two at once on a server is."""
    for _ in range(1 if version == 1 or store.embedded else _PATIENCE):
        if CHAMPION in aliases_of(store, model):
            return True
        time.sleep(0 if store.embedded or version == 1 else 0.5)
    return False


def promote(workspace: Workspace, model: str, which: str, decision: Decision) -> VersionInfo:
    """Make a version the champion and write down who did it and why.

    The caller has compared it with the champion; this only checks that its files are whole.

    Raises:
        RegistryError: there is no such version, its files are damaged, or it is champion already.
    """
    store = open_store(workspace)
    with store.writing():
        info = describe(store, model, which)
        current = aliases_of(store, model).get(CHAMPION, 0)
        if info.version == current:
            raise RegistryError(f"{info.reference} is the champion already")
        _enthrone(store, info, "promoted", decision)
        return describe(store, model, str(info.version))


def rollback(workspace: Workspace, model: str, decision: Decision) -> VersionInfo:
    """Make the champion before this one champion again.

    Raises:
        RegistryError: there was none before, or its files are damaged.
    """
    store = open_store(workspace)
    with store.writing():
        current = describe(store, model, CHAMPION)
        earlier = trail.before(trail.events(store, model), current.version)
        if not earlier:
            raise RegistryError(
                f"{model} had no champion before version {current.version}; "
                f"choose one with `forecast models promote {model}@N --because …`"
            )
        _enthrone(store, describe(store, model, str(earlier)), "rolled back", decision)
        return describe(store, model, str(earlier))


def _enthrone(store: Store, info: VersionInfo, action: str, decision: Decision) -> None:
    """Write the event first: a change that is cut off is then seen, never one without a trace."""
    wrong = intact(store, info)
    if wrong:
        raise RegistryError(wrong)
    made = decision.made
    held = aliases_of(store, info.model)
    event = Event(made.when, made.who, action, info.version, held.get(CHAMPION, 0))
    trail.add(
        store,
        info.model,
        replace(event, because=decision.because, evidence=decision.evidence),
    )
    store.name_alias(info.model, CHAMPION, info.version)
    if held.get(CHALLENGER) == info.version:
        store.drop_alias(info.model, CHALLENGER)
