"""What differs between the records of two versions: specification, data, seed, software."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from forecast import registry, software

if TYPE_CHECKING:
    from forecast.registry import VersionInfo
    from forecast.workspace import Workspace

_COMMENTS = "specification: its comments or layout only"


def of(workspace: Workspace, old: VersionInfo, new: VersionInfo) -> tuple[str, ...]:
    """Return what differs between two versions' records, in words, old → new."""
    found = list(specified(*(registry.spec_of(workspace, info) for info in (old, new))))
    for key, name in (("seed", "seed"), ("known_at", "known at")):
        if old.tags.get(key) != new.tags.get(key):
            found.append(f"{name}: {old.tags.get(key) or '–'} → {new.tags.get(key) or '–'}")
    ids = [{str(s["id"]) for s in registry.facts(workspace, i, "sources")} for i in (old, new)]
    found += [f"data: without {name}" for name in sorted(ids[0] - ids[1])]
    found += [f"data: with {name}" for name in sorted(ids[1] - ids[0])]
    programs = [registry.facts(workspace, i, "software") for i in (old, new)]
    found += [
        f"software: {name} {a[:12] or '–'} → {b[:12] or '–'}"
        for name, (a, b) in software.differences(programs[0], programs[1]).items()
    ]
    return tuple(found)


def specified(old: str, new: str) -> Iterator[str]:
    """Yield what differs between two specifications, key by key, such as `backtest.origins`."""
    if old == new:
        return
    before, after = (dict(_flat(tomllib.loads(text), "")) for text in (old, new))
    keys = [k for k in {**before, **after} if before.get(k) != after.get(k)]
    for key in keys:
        yield f"specification: {key} {_shown(before.get(key))} → {_shown(after.get(key))}"
    if not keys:
        yield _COMMENTS


def _flat(table: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Yield values by their dotted keys; a table without any, such as a method's, as itself."""
    for key, value in table.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _shown(value: Any) -> str:
    if value is None:
        return "left out"
    return "as it comes" if value == {} else str(value)
