"""What the champion said beside what came."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.few_places import MODEL, PLACES

from forecast import registry, software, vintages
from forecast.versions import monitoring, plans, record
from forecast.workspace import Workspace


def _count_of_2024(workspace: Workspace, factor: float) -> None:
    """Store a later vintage in which the last count is some times the one that came."""
    last = vintages.newest(workspace, MODEL)
    assert last is not None
    frame = last.frame()
    cell = frame["period"].str.startswith("2024")
    frame.loc[cell, "value"] = (frame.loc[cell, "value"] * factor).round()
    day = {"retrieved": "2026-07-01", "published": "2026-07-01", "known_from": "2026-07-01"}
    vintages.save(workspace, MODEL, frame, {**last.manifest, **day})


def test_first_version_is_held_against_the_count_that_came(twice: Workspace) -> None:
    info = registry.version(twice, MODEL, 1)
    found = monitoring.monitor(twice, info)
    assert found.periods == ("2024",)
    assert found.count == len(PLACES) * 3
    said = registry.table(twice, info, "forecast")
    history = record.history(plans.plan(twice, MODEL))
    came = history[history["period"] == "2024"].set_index(["area", "age"])["value"]
    wide = said[said["period"] == "2024"].pivot_table(
        index=["area", "age"], columns="quantile", values="value"
    )
    inside = ((came >= wide[0.1]) & (came <= wide[0.9])).mean()
    assert found.inside80 == pytest.approx(inside)
    assert found.bias == pytest.approx((came.sum() - wide[0.5].sum()) / wide[0.5].sum())
    assert found.due
    assert found.reasons[0].startswith("figures of 2024 have come since")
    worst = found.misses.iloc[0]
    assert abs(worst["times"]) == found.misses["times"].abs().max()
    assert {"area", "age", "period", "said", "came"} <= set(found.misses.columns)


def test_count_far_above_is_seen_in_coverage_bias_and_misses(copied: Workspace) -> None:
    _count_of_2024(copied, factor=5.0)
    found = monitoring.monitor(copied, registry.version(copied, MODEL, 1))
    assert found.inside80 < 0.3
    assert found.bias > 1
    assert found.above > 0.9
    assert any("80 % interval held" in reason for reason in found.reasons)
    assert any("lie above its median" in reason for reason in found.reasons)
    assert (found.misses["times"] > 1).all()


def test_nothing_new_is_no_reason(twice: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    info = registry.version(twice, MODEL, 2)
    recorded = registry.facts(twice, info, "software")
    monkeypatch.setattr(software, "describe", lambda: recorded)
    found = monitoring.monitor(twice, info)
    assert found.count == 0
    assert not found.due
    assert "no figure has come since" in found.sentence
    assert found.plain()["inside80"] is None


def test_known_at_hides_what_came_later(twice: Workspace) -> None:
    info = registry.version(twice, MODEL, 1)
    assert monitoring.monitor(twice, info, known_at="2023-12-31").count == 0


def test_new_vintage_and_changed_specification_are_reasons(copied: Workspace) -> None:
    _count_of_2024(copied, factor=1.0)
    own = copied.specs / "models" / f"{MODEL}.toml"
    own.parent.mkdir(parents=True)
    info = registry.version(copied, MODEL, 2)
    own.write_text(registry.spec_of(copied, info) + "\n# changed\n")
    reasons = monitoring.monitor(copied, info).reasons
    assert any("its specification in models/ was changed" in r for r in reasons)


def test_misses_are_in_half_widths_of_the_interval() -> None:
    met = pd.DataFrame(
        {
            "area": ["101", "751"], "period": ["2024", "2024"], "came": [130.0, 90.0],
            "low95": [60.0, 60.0], "low80": [80.0, 80.0], "median": [100.0, 100.0],
            "high80": [120.0, 120.0], "high95": [140.0, 140.0],
        }
    )  # fmt: skip
    misses = monitoring._largest(met)
    assert list(misses["area"]) == ["101", "751"]
    assert np.allclose(misses["times"], [1.5, -0.5])


def test_sentence_of_a_version_that_met_figures(twice: Workspace) -> None:
    found = monitoring.monitor(twice, registry.version(twice, MODEL, 1))
    text = replace(found, inside80=0.8, inside95=0.95, above=0.5, bias=0.012).sentence
    assert "80% within its 80 % interval, 95% within its 95 %, 50% above its median" in text
    assert text.endswith("together they are +1.2% off")
