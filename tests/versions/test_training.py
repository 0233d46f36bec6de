import pytest
from support.few_places import MADE, MODEL, PLACES, few_places, trained

from forecast import registry, vintages
from forecast.errors import DataError, SpecError, VintageError
from forecast.versions import figures, plans, record, training
from forecast.workspace import Workspace


def test_training_records_what_it_read(twice: Workspace) -> None:
    info = registry.version(twice, MODEL, 2)
    sources = registry.facts(twice, info, "sources")
    held = [v for name in ("folk1a", "frkm", MODEL) for v in vintages.listing(twice, name)]
    assert {s["id"] for s in sources} == {v.id for v in held}
    assert {s["id"]: s["sha256"] for s in sources} == {v.id: v.manifest["sha256"] for v in held}
    roles = {s["dataset"]: s["role"] for s in sources}
    assert roles == {"folk1a": "population", "frkm": "population", MODEL: "data"}
    assert info.tags["seed"] == "1"
    assert info.tags["last_period"] == "2024"
    assert registry.version(twice, MODEL, 1).tags["last_period"] == "2022"
    assert registry.version(twice, MODEL, 1).tags["known_at"] == "2023-12-31"


def test_tables_are_kept_beside_the_version(twice: Workspace) -> None:
    info = registry.version(twice, MODEL, 2)
    said = registry.table(twice, info, "forecast")
    assert set(said["area"]) == set(PLACES)
    horizon = int(info.tags["horizon"])
    assert len(said) == len(PLACES) * 3 * horizon * (len(record.LEVELS) + 1)
    wide = said.pivot_table(
        index=["area", "age", "period"], columns="quantile", values="value"
    ).to_numpy()
    assert (wide[:, 1:] >= wide[:, :-1]).all()
    scores = registry.table(twice, info, "scores")
    metrics = registry.metrics(twice, info)
    row = scores[
        (scores["method"] == "combination") & (scores["metric"] == "mase")
        & (scores["level"] == "municipality") & (scores["horizon"] == 0)
        & (scores["size_class"] == "all")
    ]  # fmt: skip
    assert metrics["combination.mase.municipality"] == pytest.approx(row["value"].item())
    assert 10 <= len(metrics) <= 60


def test_version_loads_and_says_what_was_recorded(twice: Workspace) -> None:
    loaded, info = registry.load(twice, MODEL, 2)
    plan = plans.plan(twice, MODEL)
    futures = record.forecast_of(loaded, plan, 1)
    assert record.digest(futures) == info.tags["draws_sha256"]


def test_same_seed_gives_the_same_files_and_another_seed_other_draws(copied: Workspace) -> None:
    again, other = trained(copied), trained(copied, seed=2)
    second = registry.version(copied, MODEL, 2)
    assert again.info.sha256 == second.sha256
    assert again.info.tags["draws_sha256"] == second.tags["draws_sha256"]
    assert other.info.tags["draws_sha256"] != second.tags["draws_sha256"]


def test_plan_shows_what_would_be_used_and_trains_nothing(copied: Workspace) -> None:
    before = registry.versions(copied, MODEL)
    plan = plans.plan(copied, MODEL)
    plain = plan.plain()
    assert plain["series"] == len(PLACES) * 3
    assert plain["last_period"] == "2024"
    assert len(plain["vintages"]) == 3
    seconds = training.estimate(copied, plan)
    assert seconds is not None
    assert 0 < seconds < 100
    assert registry.versions(copied, MODEL) == before


def test_no_estimate_before_anything_was_trained(workspace: Workspace) -> None:
    few = few_places(workspace.root)
    assert training.estimate(few, plans.plan(few, MODEL)) is None
    assert not few.store.exists()


def test_models_without_data_are_named(workspace: Workspace) -> None:
    few = few_places(workspace.root)
    ready, lacking = training.trainable(few)
    assert ready == [MODEL]
    assert lacking["recipients_adults"] == "hand01"


def test_training_without_data_is_a_sentence_and_makes_no_store(workspace: Workspace) -> None:
    with pytest.raises((VintageError, DataError), match="homelessness"):
        training.train(workspace, MODEL, known_at=None, seed=1, made=MADE)
    assert not workspace.store.exists()


def test_mistyped_model_gets_a_suggestion(workspace: Workspace) -> None:
    with pytest.raises(SpecError, match="did you mean homelessness"):
        training.train(workspace, "homelesness", known_at=None, seed=1, made=MADE)


def test_figures_are_kept_and_are_the_same_every_time(twice: Workspace) -> None:
    info = registry.version(twice, MODEL, 2)
    folder = twice.artifacts / info.run_id / "artifacts" / "figures"
    kept = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.svg")}
    assert set(kept) == {"errors", "coverage"}
    assert kept == figures.of(registry.table(twice, info, "scores"))
    assert ">combination</text>" in kept["errors"]
