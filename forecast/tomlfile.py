"""TOML files and their tables as dataclasses; a key too many, too few or mistyped is an error."""

from __future__ import annotations

import dataclasses
import math
import tomllib
import types
import typing
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from forecast.errors import SpecError, suggestion

T = TypeVar("T")
_WORDS = {  # what a field of a type wants: one of it, and several in a list
    str: ("a text in quotation marks", 'texts, such as ["…"]'),
    float: ("a number", "numbers, such as [0.5, 1]"),
    int: ("a whole number", "whole numbers, such as [1, 2]"),
    bool: ("true or false", "true or false, such as [true]"),
    dict: ("a table", "tables"),
    date: ("a date, such as 2025-05-23", "dates, such as [2025-05-23]"),
}


def read(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        SpecError: the file is missing, is not text, or is not TOML; the sentence names the line.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # Windows' editors mark UTF-8
    except FileNotFoundError:
        raise SpecError(f"{path} does not exist") from None
    except IsADirectoryError:
        raise SpecError(f"{path} is a folder; name the file in it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{path} cannot be read as UTF-8 text: {error}") from None
    except tomllib.TOMLDecodeError as error:  # a duplicate key is one of these
        raise SpecError(f"{path}: {error}; mend the TOML there") from None


def record(cls: type[T], table: dict[str, Any], where: str) -> T:
    """Make a dataclass of a TOML table; every key must be a field, of the field's type.

    Raises:
        SpecError: a key is unknown, missing or of another type; `where` begins the sentence.
    """
    hints = typing.get_type_hints(cls)
    fields = {f.name: f for f in dataclasses.fields(cls)}  # type: ignore[arg-type]  # T is one
    for key in table:
        if key not in fields:
            near = suggestion(key, sorted(fields))
            raise SpecError(f"{where}: unknown key {key!r}{near} (known: {', '.join(fields)})")
    missing = [n for n, f in fields.items() if n not in table and not _has_default(f)]
    if missing:
        raise SpecError(
            f"{where}: {', '.join(missing)} missing; add {'it' if len(missing) == 1 else 'them'}"
        )
    values = {k: _checked(v, hints[k], f"{where}: {k}") for k, v in table.items()}
    return cls(**values)


def _has_default(f: dataclasses.Field[Any]) -> bool:
    return (
        f.default is not dataclasses.MISSING
        or f.default_factory is not dataclasses.MISSING
        or not f.init
    )


def _checked(value: Any, hint: Any, where: str) -> Any:
    """Return the value in the form its field wants: lists become tuples, tables dataclasses."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise SpecError(f"{where} is {_shown(value)}; expected a table")
        return record(hint, value, where)
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        inner = [a for a in typing.get_args(hint) if a is not type(None)]
        return _checked(value, inner[0], where) if len(inner) == 1 else value
    if origin is tuple:
        return _many(value, typing.get_args(hint)[0], where)
    if origin is dict:
        return _table(value, typing.get_args(hint)[1], where)
    return _scalar(value, hint, where)


def _many(value: Any, hint: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        several = _WORDS[hint][1] if hint in _WORDS else "tables"
        raise SpecError(f"{where} is {_shown(value)}; expected a list of {several}")
    tables = dataclasses.is_dataclass(hint)  # people count these from 1: the first adjustment
    return tuple(
        _checked(v, hint, f"{where} {i + 1}" if tables else f"{where}[{i}]")
        for i, v in enumerate(value)
    )


def _table(value: Any, hint: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SpecError(f"{where} is {_shown(value)}; expected a table")
    return {k: _checked(v, hint, f"{where}.{k}") for k, v in value.items()}


def _scalar(value: Any, hint: Any, where: str) -> Any:
    if hint is Any:
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise SpecError(f"{where} is {_shown(value)}; expected {_WORDS[hint][0]}")
    if isinstance(value, float) and math.isnan(value):  # TOML has a word for it
        raise SpecError(f"{where} is nan; expected a number")
    return value


def _shown(value: Any) -> str:
    """Return a value as it stands in TOML; of a table only that it is one."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    return repr(value) if isinstance(value, str | list) else str(value)
