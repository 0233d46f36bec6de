"""Shares of regions and the nation are those of their municipalities, weighted by their people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support.futures import Steady
from support.shares import AGE, COUNTED, PERIODS, panel, projection, sizes, store

from forecast import areas, vintages
from forecast.bundle import Bundle
from forecast.dataroom import population
from forecast.engine.options import EngineOptions
from forecast.errors import VintageError
from forecast.projection import people
from forecast.projection.demand import Loaded, simulate
from forecast.workspace import Workspace

CODES = areas.municipalities()
NORTH = areas.municipalities("081")


def values(seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).uniform(1.0, 6.0, (98, 3)).round(1)


def in_2022(workspace: Workspace, codes: list[str] = CODES) -> dict[str, float]:
    """Store the people of 1 January 2022, and return how many they are."""
    people = {code: n for code, n in sizes().items() if code in codes}
    store(workspace, {code: {"2022Q1": n} for code, n in people.items()})
    return people


def told(made: Bundle, name: str, area: str, **keys: str) -> dict[str, float]:
    rows = made.rows(name, area=area, **keys)
    rows = rows[rows["quantile"].isna()] if "quantile" in rows else rows
    return dict(zip(rows["period"], rows["value"].astype(float), strict=True))


def test_a_region_s_share_is_that_of_all_its_people(workspace: Workspace) -> None:
    people, given = in_2022(workspace), values()
    made = projection(workspace, given)
    for area, codes in (("081", NORTH), ("000", CODES)):
        persons = [given[CODES.index(c)] / 100 * people[c] for c in codes]
        expected = 100 * np.sum(persons, axis=0) / sum(people[c] for c in codes)
        assert list(told(made, "history", area).values()) == pytest.approx(expected)
        flat = told(made, "demand", area, series="demographic")
        assert list(flat) == ["2025", "2026", "2027", "2028", "2029"]
        assert list(flat.values()) == pytest.approx([expected[-1]] * 5)


def test_its_interval_is_of_the_same_futures(workspace: Workspace) -> None:
    """A second way: weigh the stored draws, and take their quantiles."""
    people = in_2022(workspace)
    made = projection(workspace, values())
    draws = made.draws("demand.support_share")
    mine = draws.keys["area"].isin(NORTH).to_numpy()
    weight = np.array([people[a] for a in draws.keys["area"][mine]])
    mean = np.tensordot(weight / weight.sum(), draws.values[mine].astype(float), axes=1)
    rows = made.rows("demand", area="081", series="forecast", period="2028")
    found = rows.set_index("quantile")["value"]
    at = draws.periods.index("2028")
    assert found[0.9] == pytest.approx(np.quantile(mean[at], 0.9), rel=1e-5)
    assert float(rows["value"][rows["quantile"].isna()].iloc[0]) == pytest.approx(
        mean[at].mean(), rel=1e-5
    )


def test_people_are_those_of_the_period_or_the_nearest(workspace: Workspace) -> None:
    store(workspace, {c: {"2022Q1": 900.0, "2024Q1": 1000.0} for c in CODES})
    grown = {str(y): 2000.0 + 20 * (y - 2024) for y in range(2024, 2028)}
    made = {"vintage": "2024", "published": "2024-06-04"}
    store(workspace, dict.fromkeys(CODES, grown), "frkm", **made)
    rows = projection(workspace, values()).rows("population", area="751")
    where = rows.set_index("period")[["quarter", "dataset"]].agg(" ".join, axis=1).to_dict()
    assert where["2022"] == "2022Q1 folk1a"
    assert where["2023"] == "2023Q1 folk1a"  # between two counts
    assert where["2026"] == "2026Q1 frkm"  # on from the last count
    assert where["2029"] == "2027Q1 frkm"  # the last that is projected
    persons = rows.set_index("period")["value"].loc[["2022", "2023", "2024", "2026", "2029"]]
    assert list(persons) == pytest.approx([900.0, 950.0, 1000.0, 1020.0, 1030.0])
    assert set(rows["age"]) == {AGE}


def test_the_projection_names_the_data_and_is_another_where_they_are(workspace: Workspace) -> None:
    without = projection(workspace, values())
    assert without.table("population").empty
    assert without.meta["vintages"] == []
    why = {"ages": [AGE], "reasons": ["their number is not known"]}
    assert without.meta["notes"] == [{"code": "people_unknown", "params": why}]
    in_2022(workspace)
    made = projection(workspace, values())
    assert [v["dataset"] for v in made.meta["vintages"]] == ["folk1a"]
    assert made.meta["vintages"][0]["sha256"]
    assert made.meta["notes"] == []
    assert made.id != without.id
    assert set(without.table("history")["area"].astype("str")) == set(CODES)


def test_what_was_not_known_on_the_date_is_not_used(workspace: Workspace) -> None:
    in_2022(workspace)
    model = Loaded("support_share", Steady(panel(values()), EngineOptions(horizon=2)))  # type: ignore[arg-type]  # stands for a model
    demand = simulate(model, 2026, 5, 1)
    early = people.read(workspace, [demand], "2022-01-31")
    assert early.table.empty
    assert "was published by 2022-01-31" in early.missing[AGE]
    assert not people.read(workspace, [demand], "2022-03-01").table.empty


def test_why_nobodys_number_is_known_is_told(workspace: Workspace) -> None:
    rows = [(code, "2022Q1", age, 500.0) for code in CODES for age in ("0-17", "18-29")]
    frame = pd.DataFrame(rows, columns=["area", "period", "age", "value"])
    frame = frame.assign(measure="population", sex="total", **COUNTED)
    vintages.save(workspace, "folk1a", frame, {"retrieved": "2025-06-10"})
    made = projection(workspace, values())
    reason = "the population does not add up to ages 0-22: its own ages there are missing or cut"
    assert made.meta["notes"][0]["params"]["reasons"][0].startswith(reason)
    assert str(workspace.root) not in str(made.meta["notes"])


def test_a_damaged_population_is_no_unknown_one(workspace: Workspace) -> None:
    in_2022(workspace)
    stored = vintages.newest(workspace, "folk1a")
    assert stored is not None
    stored.data.write_bytes(stored.data.read_bytes()[:-40])
    population._compact.cache_clear()
    with pytest.raises(VintageError, match="is not the file that was stored"):
        projection(workspace, values())


def test_a_region_of_which_some_people_are_not_known_has_no_share(workspace: Workspace) -> None:
    in_2022(workspace, [c for c in CODES if c != "751"])
    made = projection(workspace, values())
    shown = set(made.table("history")["area"].astype("str")) - set(CODES)
    assert shown == {"081", "083", "084", "085"}  # neither Aarhus's region nor the nation


def test_a_hole_is_on_a_line_between_the_reports_and_said_to_be_filled(
    workspace: Workspace,
) -> None:
    people, given = in_2022(workspace), values()
    given[CODES.index("825"), 1] = np.nan
    made = projection(workspace, given)
    rows = made.rows("history", area="081").set_index("period")
    assert rows["status"].to_dict() == {
        **{"2022": "observed", "2024": "observed"},
        "2023": "provisional",
    }
    filled = given.copy()
    filled[CODES.index("825"), 1] = (
        given[CODES.index("825"), 0] + given[CODES.index("825"), 2]
    ) / 2
    persons = sum(filled[CODES.index(c), 1] * people[c] for c in NORTH)
    assert rows.loc["2023", "value"] == pytest.approx(persons / sum(people[c] for c in NORTH))
    assert set(PERIODS) == set(rows.index)


def test_counts_of_ages_that_do_not_add_up_are_no_people(workspace: Workspace) -> None:
    frame = pd.DataFrame({"area": CODES, "period": "2022Q1", "value": 1000.0}).assign(
        measure="population", sex="total", age="", published="2022-02-11"
    )
    vintages.save(workspace, "folk1a", frame, {"retrieved": "2025-06-10"})
    assert projection(workspace, values()).table("population").empty
