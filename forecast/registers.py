"""Registers: files of named entries, each of them one record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from forecast import tomlfile
from forecast.errors import SpecError, suggestion

T = TypeVar("T")


def records(
    kind: type[T], entries: Mapping[str, Mapping[str, Any]], file: str, key: str
) -> dict[str, T]:
    """Return the records of a register by name, in its order.

    Args:
        kind: dataclass of a record.
        entries: the register's tables by name.
        file: its path below the assets, such as `data/registers/measures.toml`.
        key: the field that holds a record's name.

    Raises:
        SpecError: a key is unknown or missing, or a value is of another type.
    """
    return {
        name: tomlfile.record(kind, {key: name, **entry}, f"{file} [{name}]")
        for name, entry in entries.items()
    }


def pick(known: Mapping[str, T], name: str, what: str, file: str) -> T:
    """Return one record of a register; `what` is what a record is called.

    Raises:
        SpecError: there is none of that name.
    """
    if name not in known:
        near = suggestion(name, sorted(known))
        raise SpecError(f"unknown {what} {name!r}{near} ({file} holds them)")
    return known[name]
