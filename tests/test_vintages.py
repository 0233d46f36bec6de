"""Snapshots are immutable, found again by content, and never show what was published later."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast import vintages
from forecast.errors import VintageError
from forecast.workspace import Workspace


def frame(values: dict[str, float], published: dict[str, str] | str) -> pd.DataFrame:
    dates = [published if isinstance(published, str) else published[p] for p in values]
    return pd.DataFrame(
        {
            "measure": "placed",
            "area": "751",
            "period": list(values),
            "value": list(values.values()),
            "status": "observed",
            "published": dates,
        }
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.at(tmp_path / "ws")


def test_what_is_saved_comes_back_with_its_manifest(workspace: Workspace) -> None:
    rows = frame({"2023": 10.0, "2024": 12.0}, "2025-05-23")
    saved = vintages.save(workspace, "placements", rows, {"retrieved": "2025-06-01T10:00:00"})
    read = vintages.get(workspace, saved.id)
    pd.testing.assert_frame_equal(read.frame(), rows)
    assert read.manifest["rows"] == 2
    assert (read.known_from, read.synthetic, read.part) == ("2025-06-01", False, "")


def test_the_same_content_is_stored_once(workspace: Workspace) -> None:
    rows = frame({"2024": 12.0}, "2025-05-23")
    first = vintages.save(workspace, "placements", rows, {"retrieved": "2025-06-01T10:00:00"})
    again = vintages.save(workspace, "placements", rows, {"retrieved": "2025-06-01T11:30:00"})
    assert again.id == first.id
    assert len(vintages.listing(workspace)) == 1


def test_a_missing_publication_date_is_that_of_the_vintage(workspace: Workspace) -> None:
    rows = frame({"2024": 12.0}, "2025-05-23").drop(columns=["published", "status"])
    saved = vintages.save(
        workspace, "placements", rows, {"retrieved": "2025-06-01", "published": "2025-05-30"}
    )
    assert saved.frame()[["status", "published"]].to_numpy().tolist() == [
        ["observed", "2025-05-30"]
    ]


def test_known_at_takes_the_figures_of_that_day_and_says_so(workspace: Workspace) -> None:
    old = frame({"2022": 10.0}, "2023-05-20")
    new = frame({"2022": 11.0, "2023": 12.0}, {"2022": "2023-05-20", "2023": "2024-05-20"})
    vintages.save(workspace, "placements", old, {"retrieved": "2023-06-01"})
    vintages.save(workspace, "placements", new, {"retrieved": "2024-06-01"})
    then = vintages.known(workspace, "placements", "2023-12-31")
    assert then.frame["value"].tolist() == [10.0]
    assert then.real_time
    topped = vintages.known(workspace, "placements", "2024-05-25")
    assert topped.frame["value"].tolist() == [10.0, 12.0]
    assert not topped.real_time
    before = vintages.known(workspace, "placements", "2023-05-25")
    assert before.frame["value"].tolist() == [11.0]
    assert not before.real_time
    assert vintages.known(workspace, "placements").frame["value"].tolist() == [11.0, 12.0]


def test_what_can_be_done_without_is_none_before_it_was_out(workspace: Workspace) -> None:
    assert vintages.optional(workspace, "placements") is None
    rows = frame({"2024": 12.0}, "2025-05-23")
    saved = vintages.save(workspace, "placements", rows, {"retrieved": "2025-06-01"})
    made_up = frame({"2020": 1.0}, "2021-05-23")  # which real figures push out on any date
    vintages.save(workspace, "placements", made_up, {"retrieved": "2026-05-01", "synthetic": True})
    assert vintages.optional(workspace, "placements", "2025-05-22") is None
    known = vintages.optional(workspace, "placements", "2025-05-23")
    assert known is not None
    assert known.vintages == (saved,)
    saved.data.write_bytes(b"")
    with pytest.raises(VintageError, match="is not the file that was stored"):
        vintages.optional(workspace, "placements", "2025-05-23")


def test_real_figures_push_synthetic_ones_out(workspace: Workspace) -> None:
    made_up = frame({"2022": 99.0}, "2023-05-20")
    real = frame({"2022": 10.0}, "2023-05-20")
    vintages.save(workspace, "placements", made_up, {"retrieved": "2026-05-01", "synthetic": True})
    vintages.save(workspace, "placements", real, {"retrieved": "2024-06-01"})
    assert vintages.known(workspace, "placements").frame["value"].tolist() == [10.0]
    assert vintages.newest(workspace, "placements") == vintages.listing(workspace)[-1]


def test_parts_are_read_side_by_side(workspace: Workspace) -> None:
    for part, value in (("FRKM124", 1.0), ("FRKM125", 2.0)):
        rows = frame({"2030": value}, "2025-06-01").assign(vintage=part[-2:])
        vintages.save(workspace, "frkm", rows, {"retrieved": "2025-06-02", "part": part})
    found = vintages.known(workspace, "frkm")
    assert found.frame["value"].tolist() == [1.0, 2.0]
    assert found.real_time


def test_nothing_published_yet_is_said_with_the_earliest_date(workspace: Workspace) -> None:
    vintages.save(
        workspace, "placements", frame({"2022": 1.0}, "2023-05-20"), {"retrieved": "2023-06-01"}
    )
    with pytest.raises(VintageError, match=r"published by 2020-01-01.*2023-05-20"):
        vintages.known(workspace, "placements", "2020-01-01")
    with pytest.raises(VintageError, match="no data for 'hand01'"):
        vintages.known(workspace, "hand01")


def test_a_changed_file_is_refused(workspace: Workspace) -> None:
    saved = vintages.save(
        workspace, "placements", frame({"2022": 1.0}, "2023-05-20"), {"retrieved": "2023-06-01"}
    )
    frame({"2022": 2.0}, "2023-05-20").to_parquet(saved.data)
    with pytest.raises(VintageError, match="sha256 differs"):
        saved.frame()
    (saved.folder / vintages.MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(VintageError, match="no readable manifest"):
        vintages.listing(workspace)


def test_an_unknown_id_gets_a_suggestion(workspace: Workspace) -> None:
    saved = vintages.save(
        workspace, "placements", frame({"2022": 1.0}, "2023-05-20"), {"retrieved": "2023-06-01"}
    )
    assert vintages.get(workspace, saved.id[-6:]).id == saved.id
    with pytest.raises(VintageError, match="did you mean placements"):
        vintages.get(workspace, saved.id.replace("placements", "placemnets"))


DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2029, 12, 31))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(DAYS, DAYS), min_size=1, max_size=5), DAYS)
def test_no_cell_is_known_before_it_is_published(
    tmp_path_factory: pytest.TempPathFactory, stored: list[tuple[object, object]], day: object
) -> None:
    workspace = Workspace.at(tmp_path_factory.mktemp("ws"))
    for number, (retrieved, published) in enumerate(stored):
        rows = frame({str(2000 + number): 1.0, "2024": float(number)}, str(published))
        vintages.save(workspace, "placements", rows, {"retrieved": str(retrieved)})
    try:
        found = vintages.known(workspace, "placements", str(day))
    except VintageError:
        return
    assert (found.frame["published"] <= str(day)).all()
    assert not found.frame.duplicated(["period"]).any()
