"""The audit trail: who made which version a champion, when, from what, and why.

MLflow's aliases keep no history, so each event is a tag on the registered model. It lies with
the versions, in the file or on the server, and is written in one statement.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from forecast.errors import RegistryError
from forecast.files import canonical
from forecast.registry.faults import again, told
from forecast.registry.names import registered
from forecast.registry.store import Store, exists, open_store

if TYPE_CHECKING:
    from forecast.workspace import Workspace

_KEY = "event."
_LONGEST = 2_000  # characters of a reason; a tag holds 5,000


@dataclass(frozen=True)
class Event:
    """One change of which version is used.

    Attributes:
        when: ISO time, from the edge.
        who: from the environment.
        action: registered, first, promoted, rolled back, or noted (found by a check).
        version: the version that the event made champion (`registered`: the new version).
        previous: the champion before, 0 for none.
        because: the reason that was given.
        evidence: the comparison that the decision rests on, in words.
    """

    when: str
    who: str
    action: str
    version: int
    previous: int = 0
    because: str = ""
    evidence: str = ""


MAKES_CHAMPION = ("first", "promoted", "rolled back", "noted")


def history(workspace: Workspace, model: str) -> list[Event]:
    """Return all that happened to a model's versions, the oldest first."""
    registered(model)
    if not exists(workspace):
        return []
    store = open_store(workspace)
    with told(store.name):
        return events(store, model)


def events(store: Store, model: str) -> list[Event]:
    """Return the events of a model in an opened store, the oldest first."""
    tags = dict(store.client.get_registered_model(registered(model)).tags)
    found = [(key, value) for key, value in tags.items() if key.startswith(_KEY)]
    try:
        return [Event(**json.loads(value)) for _, value in sorted(found)]
    except (ValueError, TypeError):
        raise RegistryError(
            f"the history of {model} in {store.name} was changed by another program; "
            "put back a copy of the store"
        ) from None


def add(store: Store, model: str, event: Event) -> None:
    """Append an event; two at once both stay, for the key holds a digest of what it says."""
    if len(event.because) > _LONGEST:
        raise RegistryError(f"the reason has {len(event.because)} characters; {_LONGEST} fit")
    text = canonical(asdict(event))
    place = len(events(store, model)) + 1
    key = f"{_KEY}{place:06d}.{sha256(text.encode()).hexdigest()[:12]}"
    again(lambda: store.client.set_registered_model_tag(registered(model), key, text))


def champion_said(told_events: list[Event]) -> int:
    """Return the version that the history says is champion, 0 for none."""
    made = [event.version for event in told_events if event.action in MAKES_CHAMPION]
    return made[-1] if made else 0


def before(told_events: list[Event], version: int) -> int:
    """Return the champion that was in force before a version last took over, 0 for none."""
    took_over = [
        event.previous
        for event in told_events
        if event.version == version and event.action in ("first", "promoted")
    ]
    return took_over[-1] if took_over else 0
