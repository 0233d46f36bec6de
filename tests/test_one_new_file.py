"""A new method, source, section, format or way to a panel is one new file, and no other changes."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support import reports
from support.own_model import DATASET, MODEL, NAME, brought, rows, specified

from forecast import datasets, parts, reporting, vintages
from forecast.dataroom import pulling, room
from forecast.sources._http import Connection
from forecast.status import status
from forecast.versions import plans, training
from forecast.workspace import Workspace

Add = Callable[[str, str, str], None]
METHOD = """
import numpy as np
from forecast.methods import Needs, State, _working

NEEDS = Needs(minimum=1, gaps=True)

def fit(panel, *, scale="identity", rate=False):
    work = _working.working(panel, scale=scale, rate=rate)
    level = np.nanmean(work.z[:, -2:], axis=1)
    return work.state(level=level, sigma=_working.spread(np.diff(work.z, axis=1)))

def point(state, horizon):
    return _working.original(state, _working.flat, horizon)

def simulate(state, horizon, size, rng):
    return _working.simulated(state, _working.flat, horizon, size, rng)
"""
INPUT = """
from dataclasses import replace
from forecast.inputs import measure

def build(spec, workspace, known_at):
    found = measure.build(spec, workspace, known_at)
    return replace(found, panel=replace(found.panel, values=2 * found.panel.values))
"""
SECTION = """
from forecast.reporting.document import Paragraph, Run, Section

def build(view):
    return Section("greeting", "Greeting", (Paragraph((Run(f"This is {view.name}."),)),))
"""
WRITER = """
SUFFIX = ".txt"

def render(report):
    return "\\n".join(section.title for section in report.sections).encode()
"""
SOURCE = """
import pandas as pd
from forecast.sources import Fetched

def connect():
    return "an open line"

def tables(connection):
    return {"T1": {"updated": "2025-03-01T08:00:00"}}

def of(spec, listed):
    return [(spec.options["table"], "")]

def fetch(connection, task, folder):
    frame = pd.DataFrame({
        "area": ["751", "851"], "age": "18+", "period": "2024", "value": [7.0, 9.0],
        "published": task.published("2024"),
    })
    frame.to_parquet(folder / "rows.parquet")
    return Fetched(folder / "rows.parquet", connection, task.table)

def label(spec):
    return f"Other bank {spec.options['table']}"
"""


@pytest.fixture
def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Add]:
    """Put a file into one of the package's folders, for one test."""
    made: list[str] = []

    def put(folder: str, name: str, code: str) -> None:
        package = importlib.import_module(f"forecast.{folder}")
        place = tmp_path / "added" / folder
        place.mkdir(parents=True)
        (place / f"{name}.py").write_text(code, encoding="utf-8")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(place)])
        made.append(f"forecast.{folder}.{name}")
        parts._names.cache_clear()

    yield put
    parts._names.cache_clear()
    for module in made:
        sys.modules.pop(module, None)


def test_a_method(add: Add, tmp_path: Path) -> None:
    add("methods", "mean_of_two", METHOD)
    workspace = Workspace(tmp_path / "w")
    specified(workspace, MODEL + "mean_of_two = {}\n")
    brought(workspace, tmp_path, rows(2023), "2024-05-01T09:00:00")
    trained = training.fit(plans.plan(workspace, NAME), 1)
    assert "mean_of_two" in set(trained.weights["method"])
    assert "mean_of_two" in set(trained.scores["method"])
    assert np.isfinite(trained.simulate(2, 10, 1).values).all()


def test_a_way_to_a_panel(add: Add, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    specified(workspace)
    brought(workspace, tmp_path, rows(2023), "2024-05-01T09:00:00")
    before = plans.plan(workspace, NAME).inputs.panel.values
    add("inputs", "doubled", INPUT)
    specified(workspace, 'input = "doubled"\n' + MODEL)
    after = plans.plan(workspace, NAME).inputs.panel.values
    np.testing.assert_array_equal(after, 2 * before)


def test_a_section_and_a_format(add: Add, tmp_path: Path) -> None:
    add("sections", "greeting", SECTION)
    add("writers", "outline", WRITER)
    workspace = Workspace(tmp_path / "w")
    file = workspace.specs / "reports" / "short.toml"
    file.parent.mkdir(parents=True)
    file.write_text('sections = ["greeting"]\n[title]\nda = "Kort"\nen = "Short"\n', "utf-8")
    spec = reporting.spec("short", workspace)
    report = reporting.build(spec, reporting.sources(reports.saved()), "751", "en")
    html = reporting.write(report, "html", tmp_path / "short.html").read_text(encoding="utf-8")
    assert "This is Aarhus." in html
    assert reporting.write(report, "outline", tmp_path / "o.txt").read_text() == "Greeting"


@pytest.fixture
def otherbank(add: Add, tmp_path: Path) -> Workspace:
    """A workspace whose own dataset comes from a publisher that is one new file."""
    workspace = Workspace(tmp_path / "w")
    specified(workspace)
    asked = DATASET.replace('source = "table"', 'source = "otherbank"')
    spec = asked.replace("[title]", '[options]\ntable = "T1"\n[title]')
    (workspace.specs / "data" / f"{NAME}.toml").write_text(spec, encoding="utf-8")
    add("sources", "otherbank", SOURCE)
    return workspace


def test_a_source(otherbank: Workspace) -> None:
    workspace = otherbank
    assert datasets.get(NAME, workspace).source == "otherbank"
    assert NAME in pulling.names(workspace)
    first, again = (
        pulling.pull(workspace, [NAME], f"2025-04-0{day}T09:00:00")[0] for day in (1, 2)
    )
    assert (first.state, again.state) == (pulling.PULLED, pulling.CURRENT)
    [vintage] = vintages.listing(workspace, NAME)
    assert vintage.manifest["origin"] == "an open line"
    frame: pd.DataFrame = vintage.frame()
    assert frame[["area", "value", "published"]].to_numpy().tolist() == [
        ["751", 7.0, "2025-03-01"], ["851", 9.0, "2025-03-01"],
    ]  # fmt: skip
    [row] = [r for r in room.overview(workspace) if r["dataset"] == NAME]
    assert (row["source"], row["here"]) == ("Other bank T1", "real")
    [need] = [n for n in status(workspace).needs if n.dataset == NAME]
    assert need.command == f"forecast data pull {NAME}"


def test_a_publisher_that_is_not_reached_does_not_stop_another(otherbank: Workspace) -> None:
    nowhere = Connection("http://127.0.0.1:9/v1", attempts=1, pause=0.0)
    done = pulling.pull(
        otherbank, ["hand01", NAME], "2025-04-01T09:00:00", connected={"statbank": nowhere}
    )
    assert [(o.dataset, o.state) for o in done] == [
        ("hand01", pulling.FAILED), (NAME, pulling.PULLED),
    ]  # fmt: skip


@pytest.mark.parametrize("name", parts.names("sources"))
def test_every_source_is_asked_or_reads_what_is_there(name: str) -> None:
    module = parts.find("sources", name)
    offers = {f for f in ("connect", "tables", "of", "fetch", "label") if hasattr(module, f)}
    assert len(offers) == 5 or (not offers and hasattr(module, "read"))
