"""The registers: calendar, breaks, specifications and geography say what the domain knows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from forecast import areas, datasets, frames, vintages
from forecast.dataroom import breaks, catalogue, diffs, intake, releases
from forecast.errors import SpecError, VintageError
from forecast.sources import embedded
from forecast.workspace import Workspace

NAMES = {
    "hand01", "hand07", "hand02a", "anbaar9", "anbaar12", "anbaar14", "isbu02", "bu43", "und1",
    "krise1", "herfor1", "smdbv001", "folk1a", "frkm", "regk31", "budk32", "bu28", "pris111",
    "sblon1", "diagnoses", "length_of_stay", "homelessness", "price_estimate",
    "refund_thresholds", "service_frame", "own_counts", "own_accounts", "own_budgets", "own_cases",
}  # fmt: skip


def test_every_dataset_has_a_specification_with_purpose_and_licence() -> None:
    found = {s.name: s for s in datasets.everyone()}
    assert set(found) >= NAMES
    assert all(s.purpose and s.publisher and s.licence and s.unit for s in found.values())


def test_a_wrong_key_or_choice_is_named() -> None:
    good = {
        "title": {"da": "A", "en": "A"}, "purpose": "x", "publisher": "x", "licence": "x",
        "schema": "count", "measure": "placed", "unit": "x", "frequency": "A", "source": "table",
    }  # fmt: skip
    assert datasets.build("a", good, "data/a.toml").schema == "count"
    with pytest.raises(SpecError, match="frequency is 'M'; expected one of A, Q, D"):
        datasets.build("a", {**good, "frequency": "M"}, "data/a.toml")
    with pytest.raises(SpecError, match="needs either table or pattern"):
        datasets.build("a", {**good, "source": "statbank"}, "data/a.toml")
    with pytest.raises(SpecError, match="unknown key 'lisence'; did you mean licence"):
        datasets.build("a", {**good, "lisence": "x"}, "data/a.toml")
    variable = {"table": "X", "variables": {"place": {"code": "Y"}}}
    with pytest.raises(SpecError, match="is no column of the dataset"):
        datasets.build("a", {**good, "source": "statbank", "statbank": variable}, "data/a.toml")


@pytest.mark.parametrize(
    ("dataset", "period", "day"),
    [
        ("hand01", "2023Q1", "2024-06-20"),  # the whole year comes in June of the next
        ("hand01", "2024Q4", "2025-07-02"),  # a date that is known
        ("hand07", "2024Q1", "2025-07-02"),  # … of the whole year
        ("folk1a", "2025Q3", "2025-08-11"),
        ("folk1a", "2025Q1", "2025-02-11"),
        ("regk31", "2022", "2023-05-22"),
        ("budk32", "2026", "2026-01-17"),
        ("frkm", "2019", "2019-05-16"),
        ("sblon1", "2024Q1", "2024-06-02"),
    ],
)
def test_the_calendar_dates_a_period(dataset: str, period: str, day: str) -> None:
    assert releases.published(dataset, period) == day


def test_the_register_holds_every_known_break() -> None:
    ids = {b.id for b in breaks.table()}
    assert {"hand-2018", "hand-2022-correction", "hand-82ab-2020", "hand-2024-new-services",
            "hand-117a-2024", "hand-ishoej-vallensbaek", "children-2024-law", "anbaar12-small",
            "accounts-2018", "register-2019", "diagnosing-practice",
            "homeless-2022-corona"} <= ids  # fmt: skip
    whole = [b for b in breaks.table() if b.action == "start_after" and not b.services]
    starts = {(dataset, b.date) for b in whole for dataset in b.datasets}
    assert {("hand01", "2018Q1"), ("regk31", "2018")} <= starts
    assert "bu43" not in {dataset for dataset, _ in starts}
    assert all(b.text("da") and b.text("en") and b.source for b in breaks.table())


def test_four_kinds_of_nothing_stay_apart() -> None:
    frame = pd.DataFrame(
        {
            "service": ["s117a", "s117a", "s107", "s107", "s107"],
            "period": ["2024Q1", "2024Q3", "2024Q1", "2024Q2", "2024Q3"],
            "value": [0.0, 0.0, 0.0, float("nan"), float("nan")],
            "status": ["observed", "observed", "observed", "suppressed", "not_reported"],
        }
    )
    held = breaks.not_applicable(frame)
    assert held["status"].tolist() == [
        "not_applicable", "observed", "observed", "suppressed", "not_reported"
    ]  # fmt: skip
    assert held["value"].isna().tolist() == [True, False, False, True, True]


def test_the_country_has_its_parts() -> None:
    table = areas.table()
    assert table["level"].value_counts().to_dict() == {
        "municipality": 98, "region": 5, "nation": 1, "other": 1
    }  # fmt: skip
    towns = table[table["level"] == "municipality"]
    assert towns["landsdel"].nunique() == 11
    assert towns["group"].value_counts().to_dict() == {
        "rural": 31, "capital": 24, "commuter": 24, "provincial": 16, "city": 3
    }  # fmt: skip
    assert areas.get("183").reports_for == "187"
    assert areas.get(frames.CHRISTIANSO).level == "other"
    assert frames.CHRISTIANSO not in areas.municipalities()


@pytest.mark.shared
def test_names_and_codes_are_the_official_ones(shared: Path) -> None:
    path = shared / "reference" / "municipalities.csv"
    official = pd.read_csv(path, dtype=str)
    code = next(c for c in official.columns if official[c].str.fullmatch(r"0?\d{3}").all())
    name = next(c for c in official.columns if (official[c] == "Aarhus").any())
    for number, called in zip(official[code], official[name], strict=True):
        assert areas.get(number[-3:]).name == called


def test_the_demonstration_keeps_the_rules_of_every_dataset() -> None:
    for name, frame, about in embedded.read():
        spec = datasets.get(name)
        assert len(frames.validated(frame, spec, name)) == len(frame)
        assert about["synthetic"] is True


def test_differences_are_added_revised_and_withdrawn(workspace: Workspace) -> None:
    def rows(values: dict[str, float]) -> pd.DataFrame:
        return pd.DataFrame({"measure": "placed", "area": list(values), "period": "2023",
                             "value": list(values.values())})  # fmt: skip

    before = {"101": 10.0, "147": 20.0, "751": 30.0, "461": 5.0}
    after = {"147": 21.0, "751": 37.0, "461": 5.0, "851": 8.0}
    old = vintages.save(workspace, "anbaar9", rows(before), {"retrieved": "2024-06-01"})
    new = vintages.save(workspace, "anbaar9", rows(after), {"retrieved": "2025-06-01"})
    found = diffs.between(old, new)
    assert found.added["area"].tolist() == ["851"]
    assert found.withdrawn["area"].tolist() == ["101"]
    assert found.revised[["area", "old", "new", "change"]].to_numpy().tolist() == [
        ["751", 30.0, 37.0, 7.0], ["147", 20.0, 21.0, 1.0]
    ]  # fmt: skip
    assert found.same == 1
    other = vintages.save(workspace, "bu43", rows(after), {"retrieved": "2025-06-01"})
    with pytest.raises(VintageError, match="expected one dataset"):
        diffs.between(old, other)


def test_the_catalogue_has_a_row_a_dataset(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("area;period;value\n101;2022;2.5\n751;2023;x\n", encoding="utf-8")
    from forecast.sources.table import Mapping

    intake.load(workspace, intake.Request("bu43", path, Mapping(), "2026-06-01", "2026-05-22"))
    text = catalogue.write(workspace, tmp_path / "c.html", "en").read_text(encoding="utf-8")
    assert all(f'<tr id="{name}">' in text for name in NAMES)
    assert "2 areas, 2 periods, 25.0 % of cells observed" in text
    assert "The Children&#39;s Act applies from 1 January 2024" in text
    assert "<script" not in text
    again = catalogue.write(workspace, tmp_path / "d.html", "en").read_text(encoding="utf-8")
    assert again == text


def test_coverage_knows_what_is_there() -> None:
    frame = pd.DataFrame(
        {"area": ["101", "101", "751"], "period": ["2022", "2023", "2023"],
         "status": ["observed", "suppressed", "not_applicable"]}
    )  # fmt: skip
    found = catalogue.coverage(frame)
    assert found.status.tolist() == [[0, 2], [-1, 3]]
    assert found.share == 0.25
