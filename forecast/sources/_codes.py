"""Codes: a table's own code lists compared with what a dataset's specification expects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from forecast import ages, areas
from forecast.datasets import DatasetSpec, Variable
from forecast.errors import DataError, SourceError
from forecast.sources import _cells

SEXES = {
    "men": "men", "mænd": "men", "drenge": "men", "boys": "men", "women": "women",
    "kvinder": "women", "piger": "women", "girls": "women", "i alt": "total", "total": "total",
}  # fmt: skip
LISTED = 6


@dataclass(frozen=True)
class Reading:
    """How one variable of one table is read.

    Attributes:
        id: the variable's code in this table.
        column: our column; empty where it only selects.
        values: our value by the table's code; only these codes are asked for.
        every: whether these are all of the table's codes.
    """

    id: str
    column: str
    values: Mapping[str, str]
    every: bool

    @property
    def folds(self) -> bool:
        """Whether several codes become one value, so that their cells are added."""
        count = len(set(self.values.values())) if self.column else 1
        return len(self.values) > count


def readings(info: Mapping[str, Any], spec: DatasetSpec) -> list[Reading]:
    """Return how each variable of a table is read, from the table's own metadata.

    Raises:
        SourceError: a variable or a code is not what the specification expects; the sentence
            lists by name what differs and where to write it down.
    """
    table = {str(v["id"]).upper(): v for v in info["variables"]}
    named = {c: _find(table, variable) for c, variable in spec.statbank.variables.items()}
    _all_variables(info, spec, table, named)
    found = []
    for column, entry in named.items():
        if entry is not None:
            found.append(_reading(info, spec, column, entry))
    return found


def _find(table: Mapping[str, Any], variable: Variable) -> Mapping[str, Any] | None:
    codes = (variable.code, *variable.aliases)
    return next((table[c.upper()] for c in codes if c.upper() in table), None)


def _all_variables(
    info: Mapping[str, Any],
    spec: DatasetSpec,
    table: Mapping[str, Any],
    named: Mapping[str, Mapping[str, Any] | None],
) -> None:
    used = {str(v["id"]).upper() for v in named.values() if v is not None}
    extra = [f"{v['id']} ({v['text']})" for k, v in table.items() if k not in used]
    lost = [
        f"{v.code} ({v.text})"
        for c, v in spec.statbank.variables.items()
        if named[c] is None and not v.optional
    ]
    if extra or lost:
        parts = [f"the table has {', '.join(extra)}"] * bool(extra)
        parts += [f"{spec.name} expects {', '.join(lost)}"] * bool(lost)
        raise _differs(info, spec, "its variables: " + "; ".join(parts))


def _reading(
    info: Mapping[str, Any], spec: DatasetSpec, column: str, entry: Mapping[str, Any]
) -> Reading:
    variable = spec.statbank.variables[column]
    labels = {str(v["id"]): str(v["text"]) for v in entry["values"]}
    readers: dict[str, Callable[[], dict[str, str]]] = {
        "area": lambda: _areas(info, spec, variable, labels),
        "sex": lambda: _sexes(labels),
        "age": lambda: _ages(labels),
        "time": lambda: _times(labels, spec),
        "label": lambda: dict(labels),
    }
    mapped = partial(_mapped, info, spec, variable, labels)
    values = readers.get(variable.role, mapped)()
    if not values:
        raise _differs(info, spec, f"{entry['id']} ({entry['text']}): no code could be read")
    kept = column if variable.keep else ""
    return Reading(str(entry["id"]), kept, values, len(values) == len(labels))


def _mapped(
    info: Mapping[str, Any], spec: DatasetSpec, variable: Variable, labels: Mapping[str, str]
) -> dict[str, str]:
    lost = [c for c in variable.values if c not in labels]
    known = {*variable.values, *variable.skip}
    extra = [] if variable.rest == "skip" else [c for c in labels if c not in known]
    changed = [
        c for c, part in variable.texts.items()
        if c in labels and _folded(part) not in _folded(labels[c])
    ]  # fmt: skip
    parts = []
    if lost:
        parts.append("gone are " + _list(f"{c} (for {variable.values[c]})" for c in lost))
    if extra:
        parts.append("new are " + _list(f"{c} = «{labels[c]}»" for c in extra))
    if changed:
        parts.append("other text have " + _list(f"{c} = «{labels[c]}»" for c in changed))
    if parts:
        raise _differs(info, spec, f"{variable.code} ({variable.text}): " + "; ".join(parts))
    return dict(variable.values)


def _areas(
    info: Mapping[str, Any], spec: DatasetSpec, variable: Variable, labels: Mapping[str, str]
) -> dict[str, str]:
    """Read areas by code, and hold each municipality's name against the table's label."""
    known = set(areas.table()["code"])
    found: dict[str, str] = {}
    unknown = []
    for code, label in labels.items():
        ours = code.zfill(3)
        if code in variable.skip or (len(code) == 2 and ours not in known):
            continue  # a group of municipalities, an unknown residence, or a landsdel
        if ours not in known or not _same_area(ours, label):
            unknown.append(f"{code} = «{label}»")
        found[code] = ours
    if unknown:
        raise _differs(info, spec, f"{variable.code} ({variable.text}): " + _list(unknown))
    return found


def _same_area(code: str, label: str) -> bool:
    ours = areas.get(code)
    if ours.level == "nation":
        return True  # «Hele landet», «All Denmark», «I alt»
    short = areas.fold(label).removeprefix("region ").removesuffix(" kommune")
    return short in areas.fold(ours.name) or areas.fold(ours.name) in short


def _sexes(labels: Mapping[str, str]) -> dict[str, str]:
    found = {c: SEXES[t.casefold()] for c, t in labels.items() if t.casefold() in SEXES}
    if {"men", "women"} <= set(found.values()):
        return {c: s for c, s in found.items() if s != "total"}
    return {c: s for c, s in found.items() if s == "total"}


def _ages(labels: Mapping[str, str]) -> dict[str, str]:
    """Read ages by label; of groups that overlap, the finest are taken."""
    spans = []
    for code, label in labels.items():
        age = _cells.age(label)
        try:
            low, high = ages.bounds(age) if age else (0, 0)
        except DataError:
            continue  # a total, or «not stated»
        spans.append((high - low, low, high, code, age))
    taken: dict[str, str] = {}
    covered: set[int] = set()
    for _, low, high, code, age in sorted(spans):
        span = set(range(low, high + 1))
        if not span & covered:
            covered |= span
            taken[code] = age
    return taken


def _times(labels: Mapping[str, str], spec: DatasetSpec) -> dict[str, str]:
    months = spec.statbank.months == "mean"
    return {c: c[:4] if months else _cells.period(c, spec.frequency) for c in labels}


def _differs(info: Mapping[str, Any], spec: DatasetSpec, what: str) -> SourceError:
    state = "" if spec.statbank.verified else " (its codes were not verified before)"
    return SourceError(
        f"table {info['id']} differs from data/{spec.name}.toml{state} in {what}. Compare, write "
        f"the codes into specs/data/{spec.name}.toml in the workspace and pull again; the last "
        "good vintage stays in use"
    )


def _list(items: Any) -> str:
    found = list(items)
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    return ", ".join(found[:LISTED]) + more


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
