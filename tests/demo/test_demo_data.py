"""The demonstration data are what their page says: calibrated, marked, flawed as the real ones."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast import areas, datasets, files, frames
from tools.demo import build
from tools.demo.adults import Adults
from tools.demo.calibration import Folder, Target, achieved, within
from tools.demo.world import FOLDER, ROOT, World

PARAMETERS = tomllib.loads((FOLDER / "parameters.toml").read_text(encoding="utf-8"))
MANIFEST = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))
FIGURES = [(t, period) for t in PARAMETERS["target"] for period in t["values"]]
ADULTS = set(PARAMETERS["path"]["adults"])


@pytest.fixture(scope="module")
def folder() -> Folder:
    return Folder(FOLDER, areas.table())


@pytest.fixture(scope="module")
def world() -> World:
    return World.read()


@pytest.mark.parametrize(("target", "period"), FIGURES, ids=[f"{t['id']}-{p}" for t, p in FIGURES])
def test_published_figure_is_met(folder: Folder, target: Target, period: str) -> None:
    value = achieved(folder, target, period)
    wanted = target["values"][period]
    assert within(target, value, wanted), f"{target['definition']}: {value}, published {wanted}"


def test_a_figure_outside_its_tolerance_is_seen() -> None:
    target: Target = {"tolerance": 0.01}
    assert within(target, 101.0, 100.0)
    assert not within(target, 101.1, 100.0)
    assert not within(target | {"absolute": True}, 100.02, 100.0)


def test_the_page_is_the_one_the_script_writes(world: World, folder: Folder) -> None:
    from tools.demo import table

    page = (ROOT / "docs" / "demo-data.md").read_text(encoding="utf-8")
    assert page == table.page(world, folder)
    assert "**no**" not in page


def test_manifest_says_synthetic_and_holds_every_file() -> None:
    assert MANIFEST["synthetic"] is True
    assert MANIFEST["today"] == PARAMETERS["today"]
    assert (
        sorted(MANIFEST["datasets"])
        == build.NAMES
        == sorted(path.stem for path in FOLDER.glob("*.parquet"))
    )
    for name, entry in MANIFEST["datasets"].items():
        assert files.digest(FOLDER / entry["file"]) == entry["sha256"], name


@pytest.mark.parametrize(
    "name",
    ["anbaar9", "diagnoses", "hand01", "homelessness", "length_of_stay", "price_estimate",
     "refund_thresholds", "service_frame"],
)  # fmt: skip
def test_the_seed_gives_the_same_bytes_again(name: str, world: World, tmp_path: Path) -> None:
    (path,) = build.make(world, [name], tmp_path)
    assert files.digest(path) == MANIFEST["datasets"][name]["sha256"]


def test_another_seed_gives_other_figures(tmp_path: Path) -> None:
    other = World.read()
    other.parameters["seed"] += 1
    (path,) = build.make(other, ["length_of_stay"], tmp_path)
    assert files.digest(path) != MANIFEST["datasets"]["length_of_stay"]["sha256"]


@pytest.mark.parametrize("name", build.NAMES)
def test_dataset_keeps_the_rules_of_every_source(name: str) -> None:
    frame = pd.read_parquet(FOLDER / f"{name}.parquet")
    checked = frames.validated(frame, datasets.get(name), name)
    assert len(checked) == len(frame)


@pytest.mark.parametrize("name", build.NAMES)
def test_nothing_is_known_after_today(name: str) -> None:
    frame = pd.read_parquet(FOLDER / f"{name}.parquet", columns=["published"])
    assert frame["published"].max() <= MANIFEST["today"]
    assert frame["published"].min() > "2000"


@pytest.mark.parametrize("name", build.NAMES)
def test_only_observed_cells_have_a_value(name: str) -> None:
    frame = pd.read_parquet(FOLDER / f"{name}.parquet", columns=["value", "status"])
    assert (frame["value"].notna() == (frame["status"] == "observed")).all()


def test_areas_are_real(folder: Folder) -> None:
    table = areas.table().set_index("code")
    local = table[table["level"] == "municipality"]
    assert len(local) == 98
    assert local["name"].is_unique
    assert local["region"].value_counts().to_dict() == {
        "081": 11, "082": 19, "083": 22, "084": 29, "085": 17
    }  # fmt: skip
    assert local["landsdel"].nunique() == 11
    assert local["group"].value_counts().to_dict() == {
        "rural": 31, "capital": 24, "commuter": 24, "provincial": 16, "city": 3
    }  # fmt: skip
    assert (table["name"]["751"], table["region"]["751"]) == ("Aarhus", "082")
    assert local["lon"].astype(float).between(8, 15.2).all()
    assert set(folder.chosen("folk1a", {})["area"]) == set(local.index)


def test_municipalities_match_the_reference(shared: Path) -> None:
    real = pd.read_csv(shared / "reference" / "municipalities.csv", dtype=str)
    real = real[real["uden_for_kommuneinddeling"] == "False"].set_index("statbank_kode")
    ours = areas.table().set_index("code").loc[real.index]
    assert ours["name"].tolist() == real["navn"].tolist()
    assert ours["region"].tolist() == real["statbank_regionskode"].tolist()
    assert ours["landsdel"].tolist() == real["landsdel"].tolist()


def test_sizes_match_the_register(shared: Path, folder: Folder) -> None:
    real = pd.read_csv(shared / "panels" / "folk1a_total_2026K1.csv", dtype={"kommune_kode": str})
    ours = sizes(folder, "2026Q1")
    assert ours == dict(zip(real["kommune_kode"], real["folketal"], strict=True))


def sizes(folder: Folder, period: str) -> dict[str, float]:
    frame = folder.chosen("folk1a", {})
    total = frame[frame["period"] == period].groupby("area")["value"].sum()
    return {str(area): float(value) for area, value in total.items()}


def test_97_report_and_ishoj_reports_for_vallensbaek(folder: Folder, world: World) -> None:
    frame = folder.chosen("hand01", {"level": "municipality", "service": "s85_home"})
    assert frame["area"].nunique() == 97
    assert "187" not in set(frame["area"])
    true = Adults.of(world).services["s85_home"][[world.row("183"), world.row("187")], -9].sum()
    shown = frame[(frame["area"] == "183") & (frame["period"] == "2024Q4")]["value"]
    assert shown.tolist() == [true]


def test_benefits_do_not_exist_before_they_do(folder: Folder) -> None:
    frame = folder.frame("hand01")
    for service, first in PARAMETERS["valid_from"].items():
        rows = frame[frame["service"] == service]
        before = rows[rows["period"] < first]
        assert len(before) > 0
        assert (before["status"] == "not_applicable").all()
        assert before["value"].isna().all()
        assert rows.loc[rows["period"] >= first, "value"].sum() > 0
    assert set(frame["service"]) == ADULTS


def test_hand_is_complete_from_2018_but_for_missing_reports(folder: Folder) -> None:
    frame = folder.chosen("hand01", {"service": "s107"})
    silent = frame[frame["status"] == "not_reported"]
    early = silent[silent["period"] < "2018Q1"]
    assert early["area"].nunique() == 97 - PARAMETERS["flaws"]["complete_2015"]
    late = silent[silent["period"] >= "2018Q1"]
    assert sorted(zip(late["area"], late["period"], strict=True)) == sorted(
        (area, period) for area, period in PARAMETERS["flaws"]["missing_reports"]
    )


def test_region_rows_are_what_was_reported(folder: Folder) -> None:
    frame = folder.frame("hand01").merge(
        areas.table()[["code", "region"]], left_on="area", right_on="code"
    )
    keys = ["region", "service", "period"]
    local = frame[frame["level"] == "municipality"].groupby(keys)["value"].sum(min_count=1)
    regions = frame[frame["level"] == "region"].set_index(keys)["value"].sort_index()
    pd.testing.assert_series_equal(local.sort_index(), regions)


def test_suppressed_cells_blanks_and_left_out_municipalities(folder: Folder) -> None:
    for name in ("anbaar9", "smdbv001", "bu43"):
        assert (folder.frame(name)["status"] == "suppressed").any(), name
    left_out = set(areas.municipalities()) - set(folder.frame("anbaar12")["area"])
    limit = PARAMETERS["children"]["left_out_below"]
    assert left_out == {a for a, size in sizes(folder, "2014Q1").items() if size < limit}
    assert len(left_out) == 7


def test_persons_are_fewer_than_benefits_but_for_wrong_reports(folder: Folder) -> None:
    frame = folder.chosen("hand07", {}).dropna(subset="value")
    wide = frame.pivot(index=["area", "period"], columns="service", values="value")
    wrong = [(area, period) for area, _, period, _ in PARAMETERS["flaws"]["spike"]]
    wide = wide.drop(index=wrong)
    each = wide.drop(columns="any")
    assert (wide["any"] <= each.sum(axis=1)).all()
    assert (wide["any"] >= each.max(axis=1)).all()


def test_homelessness_has_eight_counts_and_no_more(folder: Folder) -> None:
    periods = sorted(folder.frame("homelessness")["period"].unique())
    assert [p[:4] for p in periods] == [
        "2009", "2011", "2013", "2015", "2017", "2019", "2022", "2024"
    ]  # fmt: skip
    assert all(pd.Timestamp(p).isocalendar()[1:] == (6, 1) for p in periods)


def test_projections_miss_more_the_further_they_look(folder: Folder) -> None:
    actual = folder.chosen("folk1a", {})
    actual = actual.assign(period=actual["period"].str[:4])
    known = actual.groupby(["area", "period"])["value"].sum()
    made = folder.frame("frkm").groupby(["vintage", "area", "period"])["value"].sum().reset_index()
    made["actual"] = known.reindex(pd.MultiIndex.from_frame(made[["area", "period"]])).to_numpy()
    made = made.dropna()
    made["ahead"] = made["period"].astype(int) - made["vintage"].astype(int)
    made["error"] = np.log(made["value"] / made["actual"])
    size = made.assign(error=made["error"].abs()).groupby("ahead")["error"].mean()
    assert size[0] == 0
    assert size[1] < size[3] < size[6] < size[9]
    nation = made.groupby(["vintage", "ahead"])[["value", "actual"]].sum()
    far = nation[nation.index.get_level_values("ahead") >= 3]
    assert (far["value"] < far["actual"]).mean() > 0.8


def test_money_adds_up_and_begins_where_the_account_plan_does(folder: Folder) -> None:
    for name in ("regk31", "budk32"):
        frame = folder.frame(name)
        assert set(frame["price_unit"]) == {"current"}
        keys = ["area", "function", "period"]
        wide = frame[frame["dranst"] == "1"].pivot(index=keys, columns="kind", values="value")
        assert (wide["net"] == wide["gross"] - wide["income"]).all()
        assert (wide["income"] >= 0).all()
        assert (frame.loc[frame["dranst"] == "2", "value"] <= 0).all()
        for function in PARAMETERS["money"]["absent_before_break"]:
            assert frame.loc[frame["function"] == function, "period"].min() == "2018"


@pytest.mark.parametrize(
    ("function", "dataset", "service", "low", "high"),
    [
        ("5.38.50", "hand01", "s108", 1000, 1700),
        ("5.38.52", "hand01", "s107", 800, 1400),
        ("5.38.51", "hand01", "s85_residential", 650, 1000),
        ("5.28.22", "anbaar12", "foster", 400, 650),
        ("5.28.23", "anbaar12", "institution", 1500, 2100),
    ],
)
def test_unit_costs_are_plausible(
    folder: Folder, function: str, dataset: str, service: str, low: float, high: float
) -> None:
    money = folder.chosen("regk31", {"level": "municipality", "kind": "net", "dranst": "1"})
    money = money[(money["function"] == function) & (money["period"] == "2023")]
    people = folder.chosen(dataset, {"service": service})
    year = people[people["period"].str[:4] == "2023"].groupby("area")["value"].mean()
    cost = money[money["area"].isin(year.index)]["value"].sum() / year.sum()
    assert low < cost < high


def test_thresholds_after_2022_are_marked_synthetic(folder: Folder) -> None:
    frame = folder.frame("refund_thresholds")
    assert (frame["synthetic"] == (frame["period"] > "2022")).all()
    assert frame.loc[frame["synthetic"], "source"].str.startswith("synthetic").all()
    assert frame["period"].max() == "2030"


def test_no_year_of_the_frame_is_invented(folder: Folder) -> None:
    assert "2023" not in set(folder.frame("service_frame")["period"])


def test_cases_cost_what_the_service_costs(folder: Folder) -> None:
    frame = folder.frame("own_cases")
    own = frame[(frame["area"] == "657") & (frame["period"] == "2023")]
    cost = own.loc[own["service"] == "s108", "value"].sum()
    money = folder.frame("regk31")
    money = money[(money["area"] == "657") & (money["period"] == "2023")]
    money = money[(money["function"] == "5.38.50") & (money["kind"] == "net")]
    assert cost == pytest.approx(money.loc[money["dranst"] == "1", "value"].sum(), rel=1e-3)
    assert not frame.duplicated(["case", "period"]).any()


def test_all_of_it_is_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 8_000_000
