"""Nothing that was published after a date reaches a training that asks for that date."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast import datasets, parts, periods, specs, vintages
from forecast.dataroom import intake
from forecast.errors import ForecastError
from forecast.sources import embedded
from forecast.workspace import Workspace

KEPT = ("000", "081", "082", "084", "101", "183", "187", "461", "751", "851", "147")
NOW = "2026-05-01"


@cache
def demo() -> dict[str, tuple[pd.DataFrame, dict[str, Any]]]:
    """Return the demonstration's frames for a few municipalities."""
    return {
        name: (frame[frame["area"].isin(KEPT)], about) for name, frame, about in embedded.read()
    }


def jittered(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Move the publication of each period's cells by up to eight months, either way."""
    column = "vintage" if "vintage" in frame else "period"
    moved = {}
    for code in frame[column].unique():
        first = frame.loc[frame[column] == code, "published"].iloc[0]
        day = pd.Timestamp(first) + pd.Timedelta(days=int(rng.integers(-250, 250)))
        moved[code] = day.date().isoformat()
    return frame.assign(published=frame[column].map(moved))


def poisoned(frame: pd.DataFrame, day: str) -> pd.DataFrame:
    """Return the frame with nonsense in every cell that was published after a day."""
    late = frame["published"] > day
    return frame.assign(value=frame["value"].where(~late, frame["value"] * 1000 + 7))


def stored(root: Path, frames: dict[str, pd.DataFrame]) -> Workspace:
    workspace = Workspace(root)
    for name, frame in frames.items():
        about = {**demo()[name][1], "known_from": NOW}
        vintages.save(workspace, name, frame, about)
    return workspace


def built(workspace: Workspace, model: str, day: str) -> str:
    """Return all that training would see, or the sentence that refuses it."""
    spec = specs.model(model)
    try:
        inputs = parts.find("inputs", spec.input).build(spec, workspace, day)
    except ForecastError as error:
        return f"refused: {str(error).replace(str(workspace.root), '')}"
    panel = inputs.panel
    exposure = b"" if panel.exposure is None else panel.exposure.tobytes()
    return str((panel.periods, panel.values.tobytes(), exposure, panel.keys.to_csv()))


@pytest.mark.parametrize("seed", [1, *(pytest.param(s, marks=pytest.mark.e2e) for s in (2, 3, 4))])
def test_training_sees_no_cell_published_later(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    day = f"{rng.integers(2021, 2025)}-{rng.integers(1, 13):02d}-15"
    frames = {name: jittered(frame, rng) for name, (frame, _) in demo().items() if len(frame)}
    clean = stored(tmp_path / "clean", frames)
    late = stored(tmp_path / "late", {n: poisoned(f, day) for n, f in frames.items()})
    seen = {model: built(clean, model, day) for model in specs.names("models")}
    assert {model: built(late, model, day) for model in seen} == seen
    later = {model: built(clean, model, "2026-04-30") for model in seen}
    assert any(later[m] != seen[m] for m in seen)  # the date does make a difference
    assert sum(not text.startswith("refused") for text in seen.values()) >= 3


DAYS = st.dates(pd.Timestamp("2012-01-01").date(), pd.Timestamp("2029-12-31").date()).map(str)


@pytest.mark.parametrize("name", [s.name for s in datasets.everyone()])
@settings(max_examples=8, deadline=None)
@given(days=st.lists(DAYS, min_size=3, max_size=3), retrieved=DAYS, known_at=DAYS)
def test_no_dataset_lets_a_later_cell_through(
    tmp_path_factory: pytest.TempPathFactory, name: str, days: list[str], retrieved: str,
    known_at: str,
) -> None:  # fmt: skip
    spec = datasets.get(name)
    period = {"A": "2020", "Q": "2020Q1", "D": "2020-02-05"}[spec.frequency]
    numbers: dict[str, Any] = dict.fromkeys(spec.numbers, 1.0)
    rows = pd.DataFrame({c: ["x"] * 3 for c in (*spec.dimensions, *spec.extras)} | numbers,
                        index=range(3))  # fmt: skip
    rows = rows.assign(measure=spec.measure, area=["101", "147", "751"], period=period,
                       value=[1.0, 2.0, 3.0], status="observed", published=days)  # fmt: skip
    workspace = Workspace(tmp_path_factory.mktemp("known"))
    about = {**intake.described(spec), "retrieved": retrieved}
    vintages.save(workspace, name, rows[list(spec.columns)], about)
    try:
        found = vintages.known(workspace, name, known_at).frame["published"].tolist()
    except ForecastError:
        found = []
    assert sorted(found) == sorted(d for d in days if d <= known_at)


def test_periods_of_the_calendar_are_dated_after_they_end() -> None:
    """A count cannot be known before it was made; budgets and projections look ahead."""
    for spec in datasets.everyone():
        if spec.schema not in ("count", "share", "mean") or not spec.lag:
            continue
        code = {"A": "2020", "Q": "2020Q3", "D": "2020-02-05"}[spec.frequency]
        day = intake.published(spec, code, "")
        assert day > periods.parse(code).end.isoformat(), spec.name
