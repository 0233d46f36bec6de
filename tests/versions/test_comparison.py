from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.few_places import MADE, MODEL, trained

from forecast import registry
from forecast.errors import RegistryError
from forecast.registry import VersionInfo
from forecast.reporting import modelview
from forecast.versions import comparison, differences, promotion
from forecast.workspace import Workspace

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


def _backtest(width: float, places: int = 30) -> pd.DataFrame:
    """Forecasts whose quantiles lie `width` times too far from what came."""
    rng = np.random.default_rng(5)
    rows = []
    for place in range(places):
        for origin in ("2019", "2020"):
            error = rng.normal()
            for level in LEVELS:
                row = (f"{place:03d}", origin, str(int(origin) + 1), 1, "combination", level)
                rows.append((*row, 100 + width * (error + 3 * (level - 0.5)), 100.0))
    names = ["area", "origin", "period", "horizon", "method", "quantile", "value", "actual"]
    return pd.DataFrame(rows, columns=names)


def _history(places: int = 30) -> pd.DataFrame:
    periods = [str(year) for year in range(2010, 2022)]
    return pd.DataFrame(
        {
            "area": np.repeat([f"{p:03d}" for p in range(places)], len(periods)),
            "period": periods * places,
            "value": np.tile(np.arange(len(periods), dtype=float), places) + 90,
        }
    )


def _compared(monkeypatch: pytest.MonkeyPatch, old: float, new: float) -> comparison.Comparison:
    tables = {
        (1, "backtest"): _backtest(old), (2, "backtest"): _backtest(new), (2, "history"): _history()
    }  # fmt: skip
    monkeypatch.setattr(registry, "table", lambda _, info, name: tables[info.version, name])
    monkeypatch.setattr(differences, "of", lambda *_: ())
    infos = [VersionInfo("m", n, f"run{n}", "") for n in (1, 2)]
    return comparison.compare(Workspace.at("unused"), *infos)


def test_half_the_errors_is_half_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _compared(monkeypatch, old=2.0, new=1.0)
    assert found.skill == pytest.approx(0.5)
    assert found.lower <= 0.5 + 1e-9
    assert found.upper >= 0.5 - 1e-9
    assert found.cells == 60
    assert found.origins == ("2019", "2020")
    assert not found.worse


def test_twice_the_errors_is_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _compared(monkeypatch, old=1.0, new=2.0)
    assert found.skill == pytest.approx(-1.0)
    assert found.worse
    assert "100.0% worse" in found.sentence


def test_versions_without_a_shared_past_are_named_apart_in_the_model_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nothing = _backtest(1.0).head(0)
    monkeypatch.setattr(registry, "table", lambda *_: nothing)
    monkeypatch.setattr(comparison, "_tried_again", lambda *_: nothing)
    infos = [VersionInfo("m", n, f"run{n}", "") for n in (1, 2)]
    with pytest.raises(comparison.NothingSharedError, match="no forecast of the past in common"):
        comparison.compare(Workspace.at("unused"), *infos)
    aliased = [
        replace(info, aliases=(alias,))
        for info, alias in zip(infos, (registry.CHAMPION, registry.CHALLENGER), strict=True)
    ]
    monkeypatch.setattr(registry, "versions", lambda *_: aliased)
    assert modelview.rivals(Workspace.at("unused"), "m") == {"apart": tuple(aliased)}
    monkeypatch.setattr(registry, "versions", lambda *_: aliased[:1])
    assert modelview.rivals(Workspace.at("unused"), "m") == {}


def test_equal_forecasts_are_no_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _compared(monkeypatch, old=1.0, new=1.0)
    assert (found.skill, found.lower, found.upper) == (0.0, 0.0, 0.0)
    assert not found.worse
    assert "exactly as" in found.sentence


def test_interval_that_holds_nothing_is_out_of_bounds() -> None:
    narrow = _backtest(1.0)
    middle = narrow[narrow["quantile"] == 0.5].set_index(["area", "origin"])["value"]
    place = pd.MultiIndex.from_frame(narrow[["area", "origin"]])
    narrow["value"] = middle.loc[place].to_numpy() + 1e-6 * (narrow["quantile"] - 0.5)
    coverage = comparison._coverage(
        narrow.rename(columns={"value": "value_new"}).assign(value_old=narrow["value"])
        .drop(columns="method")
    )  # fmt: skip
    assert (coverage["share"] == 0).all()


def test_a_specification_is_told_apart_key_by_key() -> None:
    old = "# one\nhorizon = 6\n[methods]\nnaive = {}\ntheta = {}\n[backtest]\norigins = 3\n"
    new = old.replace("theta = {}\n", "").replace("origins = 3", "origins = 2")
    assert list(differences.specified(old, new)) == [
        "specification: methods.theta as it comes → left out",
        "specification: backtest.origins 3 → 2",
    ]
    assert list(differences.specified(old, old.replace("# one", "# two"))) == [
        "specification: its comments or layout only"
    ]


def test_groups_have_names_and_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _compared(monkeypatch, old=2.0, new=1.0)
    groups = pd.DataFrame(
        [("service", "s107", 0.2, 0.1, 0.3, 9), ("region", "082", -0.3, -0.4, -0.2, 8),
         ("horizon", "2", 0.0, -0.1, 0.1, 7)],
        columns=["by", "group", "skill", "lower", "upper", "n"],
    )  # fmt: skip
    named = replace(found, groups=groups)
    assert [g.verdict for g in named.named_groups] == ["better", "worse", ""]
    assert [g.name for g in named.surely("worse")] == ["Region Midtjylland"]
    assert named.named_groups[0].name == "§ 107 Temporary residential places"
    assert named.named_groups[2].name == "2 ahead"


def test_versions_of_other_models_are_not_compared() -> None:
    infos = [VersionInfo(name, 1, "run", "") for name in ("one", "other")]
    with pytest.raises(RegistryError, match="different models"):
        comparison.compare(Workspace.at("unused"), *infos)


def test_versions_with_other_data_share_their_older_origins(twice: Workspace) -> None:
    found = comparison.compare(
        twice, registry.version(twice, MODEL, 1), registry.version(twice, MODEL, 2)
    )
    assert found.cells > 0
    assert not found.rerun
    assert any(text.startswith("data: with homelessness-2026-06-01") for text in found.differences)
    assert any(text.startswith("known at: 2023-12-31") for text in found.differences)
    assert set(found.groups["by"]) >= {"age", "region", "size_class"}


def test_without_a_shared_origin_the_old_one_is_tried_on_the_new_data(copied: Workspace) -> None:
    own = copied.specs / "models" / f"{MODEL}.toml"
    own.parent.mkdir(parents=True)
    text = registry.spec_of(copied, registry.version(copied, MODEL, 2))
    own.write_text(text.replace("origins = 3", "origins = 1"))
    trained(copied)
    old, new = registry.version(copied, MODEL, 1), registry.version(copied, MODEL, 3)
    assert comparison.compare(copied, old, new).rerun


def test_worse_challenger_needs_a_reason_that_is_kept(copied: Workspace) -> None:
    own = copied.specs / "models" / f"{MODEL}.toml"
    own.parent.mkdir(parents=True)
    text = registry.spec_of(copied, registry.version(copied, MODEL, 2))
    start, methods, rest = text.partition("[methods]")
    own.write_text(f"{start}{methods}\ndrift = {{}}\n{rest[rest.index('[backtest]') :]}")
    trained(copied)
    registry.promote(copied, MODEL, "2", registry.Decision(MADE, "a fresh start"))
    with pytest.raises(RegistryError, match=r"was not promoted: .*--because"):
        promotion.promote(copied, MODEL, "3", made=MADE)
    assert registry.version(copied, MODEL).version == 2
    done = promotion.promote(copied, MODEL, "3", made=MADE, because="a trial")
    assert done.info.version == 3
    event = registry.history(copied, MODEL)[-1]
    assert (event.action, event.because, event.who) == ("promoted", "a trial", MADE.who)
    assert "worse" in event.evidence or "coverage" in event.evidence
