"""Shares of regions and the nation are judged at the origins at which municipalities are."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from support.shares import MODEL, panel, sizes, store
from support.shown import build, table, view

from forecast import areas
from forecast.bundle import Bundle
from forecast.dataroom import breaks
from forecast.dataroom.breaks import Break
from forecast.engine import backtest
from forecast.engine.options import EngineOptions
from forecast.engine.sheets import Origin
from forecast.engine.trained import Trained
from forecast.engine.training import train
from forecast.panel import Panel
from forecast.projection import project, sharetrials
from forecast.projection.demand import Loaded
from forecast.projection.sharetrials import Past, Whole
from forecast.reporting import wording
from forecast.reporting.document import Paragraph
from forecast.workspace import Workspace

CODES = areas.municipalities()
YEARS = tuple(str(y) for y in range(2013, 2023))
OPTIONS = EngineOptions(methods={"naive": {}, "drift": {}, "pooled_growth": {}}, horizon=3)
SEED, UPPER = 7, 5  # the quantile of 90 per cent


def shares() -> Panel:
    """Shares that drift, as their country and by themselves; one was not reported in 2019."""
    rng = np.random.default_rng(5)
    common = rng.normal(0.01, 0.02, len(YEARS)).cumsum()
    own = rng.normal(0.0, 0.05, (len(CODES), len(YEARS))).cumsum(axis=1)
    values = 3.0 * np.exp(common + own)
    values[2, 6] = np.nan
    return replace(panel(values[:, :3]), values=values, periods=YEARS)


@cache
def trained() -> Trained:
    return train(shares(), OPTIONS, SEED)


def projected(workspace: Workspace, model: Trained | None = None, name: str = MODEL) -> Bundle:
    store(workspace, {code: {"2022Q1": n} for code, n in sizes().items()})
    made = {name: Loaded(name, model or trained())}
    return project(workspace, 2024, load_models=lambda *_: made, size=20)


def judged(made: Bundle, level: str) -> pd.DataFrame:
    rows = made.frames["accuracy"]
    return rows[(rows["level"] == level) & (rows["method"] == "combination")]


@pytest.mark.parametrize("level", ["region", "nation"])
def test_scores_are_those_of_weighted_draws(workspace: Workspace, level: str) -> None:
    """A second way: one origin, sum and year after the other, from the engine's own draws."""
    known, people = backtest.lessons(shares(), OPTIONS, SEED), sizes()
    wholes = [CODES] if level == "nation" else [areas.municipalities(r) for r in areas.regions()]
    inside, misses, levels = [], [], []
    for origin in backtest.origins(shares(), OPTIONS, known):
        for codes in wholes:
            for h in range(OPTIONS.horizon):
                at = [i for i, c in enumerate(CODES) if c in codes]
                there = [i for i in at if np.isfinite(origin.actual[i, h])]
                if not there:
                    continue
                weight = [people[CODES[i]] for i in there]
                drawn = np.average(origin.draws[there, h], axis=0, weights=weight)
                came = np.average(origin.actual[there, h], weights=weight)
                low, middle, high = np.quantile(drawn, [0.1, 0.5, 0.9])
                inside.append(low <= came <= high)
                misses.append(abs(middle - came))
                levels.append(came)
    rows = judged(projected(workspace), level)
    whole = rows[(rows["horizon"] == 0) & (rows["size_class"] == "all")].set_index("metric")
    assert whole.loc["coverage80", "value"] == pytest.approx(np.mean(inside))
    assert whole.loc["wape", "value"] == pytest.approx(sum(misses) / sum(levels))
    assert whole.loc["coverage80", "n"] == len(inside) > 0


def test_municipalities_keep_the_scores_of_the_training(workspace: Workspace) -> None:
    rows = projected(workspace).frames["accuracy"].query("level == 'municipality'")
    pd.testing.assert_frame_equal(
        rows.drop(columns="model").reset_index(drop=True),
        trained().scores.reset_index(drop=True)[rows.columns.drop("model")],
        check_dtype=False,
    )


def test_a_share_that_was_not_reported_counts_on_neither_side() -> None:
    parts = np.array([[[1.0, 2.0]], [[3.0, np.nan]]])  # (areas, 1, years ahead)
    drawn = np.repeat(np.array([[[1.0], [5.0]], [[4.0], [900.0]]]), 3, axis=2)
    origin = Origin(2, drawn[None, ..., 0], parts[:, 0], np.zeros((2, 2, 7)), drawn)
    line = np.array([[1.0, 2.0, 3.0], [2.0, 3.0, 4.0]])
    seen = panel(line, CODES[:2])
    whole = Whole(np.array([0, 1]), np.array([[50.0, 50.0, 75.0], [50.0, 50.0, 25.0]]))
    sheet = sharetrials.sheet(Past(seen, ("naive",), [origin]), "nation", [whole])
    assert sheet.actual[0, 0].tolist() == [0.75 * 1.0 + 0.25 * 3.0, 2.0]
    assert sheet.points["naive"][0, 0].tolist() == [0.75 * 1.0 + 0.25 * 4.0, 5.0]
    assert sheet.quantiles[0, 0, :, UPPER].tolist() == [1.75, 5.0]


def test_what_nobody_reported_is_not_judged() -> None:
    drawn = np.ones((2, 2, 3))
    actual = np.array([[1.0, np.nan], [3.0, np.nan]])
    origin = Origin(2, drawn[None, ..., 0], actual, np.zeros((2, 2, 7)), drawn)
    seen = panel(np.ones((2, 3)), CODES[:2])
    sheet = sharetrials.sheet(
        Past(seen, ("naive",), [origin]), "nation", [Whole(np.array([0, 1]), np.ones((2, 3)))]
    )
    assert sheet.actual[0, 0, 0] == 2.0
    assert np.isnan(sheet.actual[0, 0, 1])


def test_a_past_that_is_no_longer_the_training_s_is_not_told(workspace: Workspace) -> None:
    model = trained()
    middle = model.backtest["quantile"] == 0.5
    moved = model.backtest["value"].where(~middle, model.backtest["value"] * 1.05)
    other = replace(model, backtest=model.backtest.assign(value=moved))
    made = projected(workspace, other)
    assert set(made.frames["accuracy"]["level"]) == {"municipality"}
    assert not made.rows("demand", area="081", series="forecast").empty


@pytest.mark.parametrize("action", ["start_after", "mask"])
@pytest.mark.parametrize("year", ["2014", "2019", "2022", "2023"])
def test_a_break_registered_since_that_leaves_figures_out_ends_no_projection(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, year: str, action: str
) -> None:
    known = trained()  # before the break
    late = Break("late", (), year, "definition", action, "", "", "", "")
    monkeypatch.setattr(breaks, "of", lambda _: (late,))
    levels = set(projected(workspace, known).frames["accuracy"]["level"])
    kept = (year, action) == ("2023", "mask")  # of a year that the panel does not hold
    assert levels == ({"municipality", "region", "nation"} if kept else {"municipality"})


def test_a_model_whose_file_is_gone_is_projected_and_not_judged(workspace: Workspace) -> None:
    made = projected(workspace, name="once_there")
    assert set(made.frames["accuracy"]["level"]) == {"municipality"}
    assert not made.rows("demand", area="081", series="forecast").empty


def test_without_people_there_is_nothing_to_judge(workspace: Workspace) -> None:
    made = project(workspace, 2024, load_models=lambda *_: {MODEL: Loaded(MODEL, trained())})
    assert set(made.frames["accuracy"]["level"]) == {"municipality"}


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_a_region_whose_shares_held_too_seldom_says_so_and_its_municipalities_do_not(
    workspace: Workspace, language: str
) -> None:
    made = projected(workspace)
    rows = made.frames["accuracy"]
    cover = rows["metric"] == "coverage80"
    held = rows["value"].where(~cover, 0.8).where(~cover | (rows["level"] != "region"), 0.3)
    made.frames["accuracy"] = rows.assign(value=held, n=50.0)
    words = wording.load(language)
    said = words.text("coverage.held", share=0.3, n=50.0)
    for area, warned in (("081", True), ("000", False), ("751", False)):
        shown = table(build("demand", view(made, area, language)), f"demand_{MODEL}")
        assert any(said in note for note in shown.notes) == warned
        blocks = build("appendix", view(made, area, language)).blocks
        assert any(said in b.text for b in blocks if isinstance(b, Paragraph)) == warned
