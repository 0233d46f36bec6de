"""Scenario files: templates to fill in, and scenarios written out again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from forecast import areas
from forecast.costs.adjustments import LEVERS, Adjustment, AdjustmentFile, common
from forecast.errors import SpecError, suggestion

EXAMPLES: dict[str, Any] = {
    "service": "s107",
    "to": "s85_home",
    "function": "5.38.52",
    "change": -0.05,
    "stay": 0.85,
    "move": 0.05,
    "exchange": 1.0,
    "effect": -0.2,
    "delay": 1.0,
    "amount": 1500.0,
    "price_level": 2027,
    "estimate": "2026-03-10",
}


def template(lever: str, author: str) -> str:
    """Return a scenario file with one lever, whose numbers are to be changed.

    Raises:
        SpecError: there is no such lever.
    """
    if lever not in LEVERS:
        near = suggestion(lever, list(LEVERS))
        raise SpecError(f"there is no lever {lever!r}{near} (levers: {', '.join(LEVERS)})")
    needed, _ = LEVERS[lever]
    values = {key: EXAMPLES[key] for key in needed}
    if lever in ("closure", "saving"):
        values["amount"] = -values["amount"]
    if lever == "unit_cost":
        values["function"] = EXAMPLES["function"]
    adjustment = Adjustment(
        name=f"{lever} 1", lever=lever, reason="why", start="2027-01", area=areas.NATION, **values
    )
    return dumped(AdjustmentFile(f"Scenario: {lever}", author or "name", (adjustment,)))


def dumped(file: AdjustmentFile) -> str:
    """Return a scenario as TOML text that reads back to the same."""
    lines = [f"{key} = {_toml(getattr(file, key))}" for key in ("title", "author", "date", "note")]
    lines = [line for line in lines if not line.endswith('""')]
    made = {f.name: getattr(file.made_for, f.name) for f in fields(file.made_for)}
    held = {key: value for key, value in made.items() if value}
    if held:
        lines += ["", "[made_for]", *(f"{key} = {_toml(value)}" for key, value in held.items())]
    for adjustment in file.adjustment:
        lines += ["", "[[adjustment]]", *_entries(adjustment)]
    for booked in file.booked:
        lines += ["", "[[booked]]", *(f"{k} = {_toml(v)}" for k, v in asdict(booked).items())]
    return "\n".join(lines) + "\n"


def _entries(adjustment: Adjustment) -> list[str]:
    needed, optional = LEVERS[adjustment.lever]
    defaults = {f.name: f.default for f in fields(Adjustment)}
    found = []
    for key in (*common(adjustment.lever), *needed, *optional):
        value = getattr(adjustment, key)
        if key in needed or value != defaults[key]:
            found.append(f"{'from' if key == 'start' else key} = {_toml(value)}")
    return found


def _toml(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return repr(value).lower()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text) + '"'
