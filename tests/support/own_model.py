"""A dataset and a model that only one workspace has, one TOML each."""

from __future__ import annotations

from pathlib import Path

from forecast.dataroom import intake
from forecast.sources import table
from forecast.workspace import Workspace

NAME = "bostoette"
DATASET = """
purpose = "People with support at home"
publisher = "Own municipality"
licence = "Own data"
schema = "count"
measure = "recipients"
unit = "people"
frequency = "A"
source = "table"
lag = 60
dimensions = ["age"]
[title]
da = "Borgere med bostøtte"
en = "People with support at home"
[file.columns.age]
about = "Age group"
"""
MODEL = """
measure = "recipients"
data = "bostoette"
scale = "log"
horizon = 5
[title]
da = "Bostøtte i eget hjem"
en = "Support at home"
[methods]
naive = {}
drift = {}
"""
PLACES = ("101", "461", "615", "751", "851")


def specified(workspace: Workspace, model: str = MODEL) -> None:
    """Write both specifications into a workspace."""
    for kind, text in (("data", DATASET), ("models", model)):
        file = workspace.specs / kind / f"{NAME}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def rows(last: int, revised: float = 1.0) -> str:
    """Counts that grow, as a file has them; one figure of Aarhus may be another."""
    lines = ["area,age,period,value"]
    for n, area in enumerate(PLACES):
        for year in range(2012, last + 1):
            factor = revised if (area, year) == ("751", 2021) else 1.0
            grown = 100 * (n + 1) + (7 + n) * (year - 2012) + 5 * ((year * (n + 3)) % 4)
            lines.append(f"{area},18+,{year},{round(grown * factor)}")
    return "\n".join(lines) + "\n"


def brought(workspace: Workspace, folder: Path, text: str, now: str) -> None:
    """Import counts from a file."""
    file = folder / "counts.csv"
    file.write_text(text, encoding="utf-8")
    intake.load(workspace, intake.Request(NAME, file, table.mapping(None), now))
