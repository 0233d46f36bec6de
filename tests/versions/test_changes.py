"""Why a number changed: the causes sum to the change, and the revised figure is named."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.few_places import MODEL, trained

from forecast import areas, registry, specs
from forecast.errors import RegistryError
from forecast.reporting import causes, wording
from forecast.reporting.document import Paragraph, Table, number_of
from forecast.versions import changes, reproduction, splitting
from forecast.versions.splitting import Wanted
from forecast.workspace import Workspace

FACTORS = ["a", "b", "c"]


def _number(state: frozenset[str]) -> "pd.Series[float]":
    """A number with an interaction: a and b together give more than each alone."""
    value = 10.0 + 3.0 * ("a" in state) + 5.0 * ("b" in state) + 4.0 * (state >= {"a", "b"})
    return pd.Series([value], index=pd.Index(["x"], name="service"))


def test_steps_take_factors_in_one_after_the_other() -> None:
    found = splitting.steps(FACTORS, _number)
    assert {k: v["x"] for k, v in found.items()} == {"a": 3.0, "b": 9.0, "c": 0.0}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=8))
def test_parts_sum_to_the_whole_for_any_function(values: list[float]) -> None:
    states = {frozenset(f for k, f in enumerate(FACTORS) if n >> k & 1): n for n in range(8)}

    def number(state: frozenset[str]) -> "pd.Series[float]":
        return pd.Series([values[states[state]]], index=pd.Index(["x"], name="service"))

    found = splitting.steps(FACTORS, number)
    assert sum(v["x"] for v in found.values()) == pytest.approx(values[7] - values[0], abs=1e-6)


@pytest.fixture(scope="module")
def explained(twice: Workspace) -> changes.Explanation:
    old, new = (registry.version(twice, MODEL, n) for n in (1, 2))
    return changes.explain(twice, old, new, Wanted("751"))


def test_terms_sum_exactly_to_what_the_two_versions_said(
    explained: changes.Explanation, twice: Workspace
) -> None:
    said = []
    for number in (1, 2):
        frame = registry.table(twice, registry.version(twice, MODEL, number), "forecast")
        mean = frame[frame["quantile"].isna() & (frame["area"] == "751")]
        mean = mean[mean["period"] == str(explained.year)]
        said.append(mean.set_index("age")["value"].sort_index())
    summed = explained.terms.groupby("age")["value"].sum()
    assert np.allclose(summed, said[1] - said[0], rtol=0, atol=1e-9)
    assert explained.before.sum() == pytest.approx(said[0].sum())
    assert abs(explained.total.sum() - (said[1].sum() - said[0].sum())) < 1e-9


def test_each_cause_that_differs_is_there_and_no_other(explained: changes.Explanation) -> None:
    moved = explained.total[explained.total != 0]
    assert {"data added", "data revised", "population"} >= set(moved.index) - {"software"}
    assert {"data added", "data revised"} <= set(moved.index)
    assert explained.total["software"] == 0  # both ends were trained with this very program


def test_revised_figure_is_named_with_its_effect(explained: changes.Explanation) -> None:
    first = explained.cells.iloc[0]
    assert (first["dataset"], first["area"], first["period"]) == (MODEL, "751", "2022-02-07")
    assert first["keys"]["age"] == "30+"
    assert first["new"] == round(first["old"] * 1.5)
    assert abs(first["effect"]) == explained.cells["effect"].abs().max() > 0
    assert explained.total["data revised"] != 0


@pytest.mark.parametrize(
    ("language", "whole", "cause"),
    [
        ("en", "Aarhus, 2028, Homeless persons: version 1 expected ", "revised figures ("),
        ("da", "Aarhus, 2028, Hjemløse: version 1 ventede ", "reviderede tal ("),
    ],
)
def test_words_name_place_versions_and_causes(
    explained: changes.Explanation, language: str, whole: str, cause: str
) -> None:
    said, because, *_ = [
        block.text
        for block in causes.of_forecast(explained, specs.model(MODEL), wording.load(language))
        if isinstance(block, Paragraph)
    ]
    assert said.startswith(whole)
    assert cause in because


@pytest.mark.parametrize(
    ("language", "called"), [("da", "Hele landet,"), ("en", "All of Denmark,")]
)
def test_a_change_of_the_nation_is_told_in_the_reports_language(
    explained: changes.Explanation, language: str, called: str
) -> None:
    whole = replace(explained, area=areas.NATION)
    first = causes.of_forecast(whole, specs.model(MODEL), wording.load(language))[0]
    assert isinstance(first, Paragraph)
    assert first.text.startswith(called)


def test_table_of_causes_ends_in_the_change(explained: changes.Explanation) -> None:
    blocks = causes.of_forecast(explained, specs.model(MODEL), wording.load("en"))
    table = next(b for b in blocks if isinstance(b, Table) and b.name == "causes")
    *parts, whole = (number_of(row.cells[1]).value for row in table.rows)
    assert sum(parts) == pytest.approx(whole, abs=1e-9)
    assert whole == pytest.approx(float(explained.after.sum() - explained.before.sum()), abs=1e-9)


def test_nothing_is_trained_for_the_ends_while_the_program_is_the_same(
    twice: Workspace, monkeypatch: pytest.MonkeyPatch, explained: changes.Explanation
) -> None:
    """What another program would train at both ends is what was registered: it is the same one."""
    old, new = (registry.version(twice, MODEL, n) for n in (1, 2))
    assert not reproduction.program_differences(twice, old)
    monkeypatch.setattr(
        reproduction, "program_differences", lambda *_: (("numpy", "1.0", "another"),)
    )
    again = changes.explain(twice, old, new, Wanted("751", tried=0))
    assert np.allclose(again.terms["value"], explained.terms["value"], rtol=0, atol=1e-12)
    assert again.cells.empty
    said = causes.of_forecast(again, specs.model(MODEL), wording.load("da"))[-1]
    assert isinstance(said, Paragraph)
    assert "numpy (1.0 → another)" in said.text


def test_equal_trainings_have_no_cause(copied: Workspace) -> None:
    trained(copied)
    found = changes.explain(
        copied,
        registry.version(copied, MODEL, 2),
        registry.version(copied, MODEL, 3),
        Wanted("751"),
    )
    assert (found.terms["value"] == 0).all()
    assert set(found.terms["term"]) == {"software"}


def test_year_that_one_of_them_does_not_forecast_is_refused(twice: Workspace) -> None:
    old, new = (registry.version(twice, MODEL, n) for n in (1, 2))
    with pytest.raises(RegistryError, match="year 2040 is not forecast by both"):
        changes.explain(twice, old, new, Wanted("751", 2040))
