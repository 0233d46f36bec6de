"""Findings of a training in sentences: drivers tried, members left out, jumps measured."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from forecast import services

if TYPE_CHECKING:
    import pandas as pd

_AGES = re.compile(r"\d+(-\d+|\+)")
REASONS = {
    "no_gain": "past forecasts did not get better",
    "no_effect": "its elasticity exceeded its standard error at too few past origins",
    "too_few_origins": "too few past origins knew it",
    "no_spread": "it does not differ between areas",
}
LEFT_OUT = {
    "too_many": "so many series would take a slow member minutes",
    "gaps": "too much is unobserved for a member that knows no gaps",
    "frequency": "it does not know this frequency",
    "no_exposure": "there is no population that a rate could refer to",
}


def drivers(table: pd.DataFrame) -> list[str]:
    """Return a sentence a driver: where it is admitted, by how much, and where it is not."""
    return [_driver(str(name), rows) for name, rows in table.groupby("driver", sort=False)]


def members(table: pd.DataFrame) -> list[str]:
    """Return a sentence a member that was named and left out."""
    return [
        f"{row['member']} is left out for the {row['level']} ({row['series']} series): "
        f"{LEFT_OUT[row['why']]}"
        for row in table.to_dict("records")
    ]


def jumps(table: pd.DataFrame) -> list[str]:
    """Return a sentence a registered break: how large its jump was found to be."""
    return [_jumped(str(name), rows) for name, rows in table.groupby("break", sort=False)]


def _jumped(name: str, rows: pd.DataFrame) -> str:
    found = ", ".join(
        f"{100 * row['jump']:+.1f} %{_of(row['group'])}" for row in rows.to_dict("records")
    )
    return f"break {name}: jump in {rows['period'].iloc[0]}, taken out of history: {found}"


def _driver(name: str, rows: pd.DataFrame) -> str:
    taken = rows[rows["finding"] == "admitted"]
    parts = [
        f"admitted{_of(row['group'])} (elasticity {row['elasticity']:+.2f}, error of the first "
        f"year {100 * row['gain']:.1f} % smaller, {100 * row['lower']:.1f} to "
        f"{100 * row['upper']:.1f})"
        for row in taken.to_dict("records")
    ]
    for finding, why in REASONS.items():
        groups = [_named(str(g)) for g in rows[rows["finding"] == finding]["group"] if g]
        if (rows["finding"] == finding).any():
            where = f" for {', '.join(groups)}" if groups else ""
            parts.append(f"not admitted{where}: {why}")
    return f"driver {name}: " + "; ".join(parts)


def _of(group: object) -> str:
    return f" for {_named(str(group))}" if group else ""


def _named(group: str) -> str:
    """Return what a reader calls a group: its services by name, its ages in years."""
    parts = [services.title(part, "en") for part in group.split(" · ") if part]
    return " · ".join(f"{part} years" if _AGES.fullmatch(part) else part for part in parts)
