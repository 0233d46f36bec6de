"""Good files, however people lay them out, become the same long frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.chart import BarChart
from support import bad_files
from support.own_model import DATASET, NAME, specified

from forecast import datasets, vintages
from forecast.dataroom import intake, templates
from forecast.errors import DataError, ForecastError
from forecast.sources import table
from forecast.sources._layout import Mapping
from forecast.workspace import Workspace

NOW = "2026-11-22T10:00:00"


def read(path: Path, name: str, **given: object) -> table.Read:
    return table.read(path, datasets.get(name), Mapping(**given))  # type: ignore[arg-type]


def cells(found: table.Read) -> list[tuple[str, str, float]]:
    frame = found.frame.sort_values(["area", "period"])
    return list(zip(frame["area"], frame["period"], frame["value"], strict=True))


EXPECTED = [("101", "2022", 2.5), ("101", "2023", 3.0), ("751", "2022", 4.1), ("751", "2023", 4.2)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_danish_csv_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "tal.csv"
    text = (
        "Område;År;Andel\nKøbenhavn;2022;2,5\nKøbenhavn;2023;3\nAarhus;2022;4,1\nÅrhus;2023;4,2\n"
    )
    path.write_bytes(text.encode(encoding))
    assert cells(read(path, "bu43")) == EXPECTED


def test_periods_side_by_side_with_merged_headings_totals_and_notes(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows: list[list[Any]] = [
        ["Anbragte børn", None, None, None],
        ["Kommune", "Alder", "Antal", None],
        [None, None, 2022, 2023],
        ["København", "0-17 år", 300, 310],
        ["751", "0-17 år", 200, 190],
        ["I alt", "0-17 år", 500, 500],
        ["Kilde: Danmarks Statistik", None, None, None],
    ]
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:B3")
    sheet.merge_cells("C2:D2")
    path = tmp_path / "bilag.xlsx"
    book.save(path)
    found = read(path, "anbaar9", columns={"area": "Kommune"})
    assert [v for _, _, v in cells(found)] == [300.0, 310.0, 200.0, 190.0]
    assert [(a, p) for a, p, _ in cells(found)] == [(a, p) for a, p, _ in EXPECTED]
    assert set(found.frame["age"]) == {"0-17"}
    assert "2 rows of totals were compared with their rows and left out" in found.notes
    assert any("notes" in note for note in found.notes)


def test_thousands_percent_signs_and_marks(tmp_path: Path) -> None:
    path = tmp_path / "tal.csv"
    path.write_text(
        "area;period;age;value\n101;2023;0-17;1.310\n147;2023;0-17;29\n751;2023;0-17;x\n"
        "461;2023;0-17;..\n157;2023;0-17;0\n159;2023;0-17;<5\n161;2023;0-17;31*\n",
        encoding="utf-8",
    )
    frame = read(path, "anbaar9").frame.set_index("area")
    assert frame.loc["101", "value"] == 1310.0
    told = frame["status"].to_dict()
    assert told == {
        "101": "observed", "147": "observed", "751": "suppressed", "461": "not_reported",
        "157": "observed", "159": "suppressed", "161": "provisional",
    }  # fmt: skip
    assert frame.loc["157", "value"] == 0.0  # zero is a figure, not a gap
    percent = tmp_path / "pct.csv"
    percent.write_text("area;period;value\n101;2023;2,5 %\n751;2023;3,1%\n", encoding="utf-8")
    assert read(percent, "bu43").frame["value"].tolist() == [2.5, 3.1]


def test_percent_cells_of_a_workbook_are_read_as_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["area", "period", "value"], [101, 2023, 0.025], [751, 2023, 0.031]):
        sheet.append(row)
    for place in ("C2", "C3"):
        sheet[place].number_format = "0.0%"
    book.save(tmp_path / "pct.xlsx")
    assert read(tmp_path / "pct.xlsx", "bu43").frame["value"].tolist() == [2.5, 3.1]


def test_a_mapping_file_names_columns_values_and_units(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(
        'factor = 1000.0\n[columns]\narea = "Kom"\nvalue = "Mio"\nperiod = "Aar"\n'
        'function = "Fkt"\n[constants]\ndranst = "1"\nkind = "net"\n'
        '[values.function]\n"53852" = "5.38.52"\n',
        encoding="utf-8",
    )
    path = tmp_path / "regnskab.csv"
    path.write_text("Kom;Aar;Fkt;Mio\n751;2023;53852;41,5\n", encoding="utf-8")
    given = table.mapping(tmp_path / "map.toml")
    frame = table.read(path, datasets.get("regk31"), given).frame
    assert frame[["area", "function", "value"]].to_numpy().tolist() == [["751", "5.38.52", 41500.0]]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("columns = 3", "columns is 3; expected a table"),
        ('columns = ["area"]', "expected a table"),
        ("heading = -4", "no row -4 to be the heading; count from 1"),
        ("factor = 0", r"map\.toml: factor is 0\.0; expected a number such as 1000"),
        ("factor = inf", r"map\.toml: factor is inf; expected a number such as 1000"),
        ('sheet = "Ark1"', r"share\.csv is no workbook, so it has no sheet 'Ark1'"),
    ],
)
def test_a_mapping_file_that_cannot_be_is_a_sentence(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "map.toml").write_text(text, encoding="utf-8")
    path = tmp_path / "share.csv"
    path.write_text("area;period;value\n101;2023;3.1\n", encoding="utf-8")
    with pytest.raises(ForecastError, match=says):
        table.read(path, datasets.get("bu43"), table.mapping(tmp_path / "map.toml"))


def test_formatted_blanks_far_away_are_no_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["area", "period", "value"], [101, 2023, 3.1]):
        sheet.append(row)
    sheet.cell(1_048_576, 16_384).number_format = "0.0"
    sheet.merge_cells("E5:H9")
    book.save(tmp_path / "blank.xlsx")
    assert read(tmp_path / "blank.xlsx", "bu43").frame["value"].tolist() == [3.1]


@pytest.mark.parametrize("ref", ["E1:Z99999", "e1:z99999", "$E$1:$Z$99999", "E1:Z&#57;9999"])
def test_merged_cells_are_counted_however_they_are_written(tmp_path: Path, ref: str) -> None:
    merged = f'</sheetData><mergeCells><mergeCell ref="{ref}"/></mergeCells>'
    path = tmp_path / "merged.xlsx"
    write = bad_files.book(["area", "period", "value"], [101, 2023, 3.1])
    bad_files.patched(write, "</sheetData>", merged)(path)
    with pytest.raises(DataError, match="merges 2199978 cells; undo the merging"):
        read(path, "bu43")


def test_a_sheet_that_is_a_chart_is_no_table_and_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "chart.xlsx"
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (["area", "period", "value"], [101, 2023, 3.1]):
        sheet.append(row)
    made.create_chartsheet("Diagram").add_chart(BarChart())
    made.save(path)
    assert read(path, "bu43").frame["value"].tolist() == [3.1]
    with pytest.raises(DataError, match="'Diagram' is a chart; name a sheet of cells"):
        read(path, "bu43", sheet="Diagram")


@pytest.mark.parametrize("name", [s.name for s in datasets.everyone()])
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_template_that_is_filled_in_comes_back(tmp_path: Path, name: str, ending: str) -> None:
    spec = datasets.get(name)
    path = tmp_path / f"{name}.{ending}"
    written = templates.write(spec, path)
    assert len(written) == (2 if ending == "csv" else 1)
    heads = [head for head, _, _ in templates.columns(spec)]
    filled = [example for _, _, example in templates.columns(spec)]
    if ending == "csv":
        with path.open("a", encoding="utf-8") as file:
            file.write(";".join(filled) + "\n")
    else:
        book = openpyxl.load_workbook(path)
        book["Data"].append(filled)
        book.save(path)
    workspace = Workspace(tmp_path / "workspace")
    done = intake.load(workspace, intake.Request(name, path, Mapping(), NOW, "2026-06-01"))
    assert len(done.frame) == 1
    assert done.frame["value"].tolist() == [12.0]
    assert set(heads) <= set(done.frame.columns)
    assert any("examples" in note for note in done.notes)


def test_added_figures_take_the_place_of_their_like(workspace: Workspace, tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("area;period;value\n101;2022;2.5\n101;2023;3.0\n", encoding="utf-8")
    second.write_text("area;period;value\n101;2023;3.1\n101;2024;3.3\n", encoding="utf-8")
    intake.load(workspace, intake.Request("bu43", first, Mapping(), NOW, "2025-06-01"))
    more = intake.Request("bu43", second, Mapping(), NOW, "2026-05-22", add=True)
    assert "2 cells joined 2; 1 of them took a place" in intake.load(workspace, more).notes
    known = vintages.known(workspace, "bu43").frame.sort_values("period")
    assert known["value"].tolist() == [2.5, 3.1, 3.3]
    old = vintages.known(workspace, "bu43", "2025-12-31")
    assert old.frame["value"].tolist() == [2.5, 3.0]
    assert old.real_time


def test_a_dry_run_stores_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("area;period;value\n101;2022;2.5\n", encoding="utf-8")
    done = intake.load(workspace, intake.Request("bu43", path, Mapping(), NOW, dry=True))
    assert done.vintage is None
    assert vintages.listing(workspace) == []


def test_a_full_disc_leaves_the_last_vintage(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("area;period;value\n101;2022;2.5\n", encoding="utf-8")
    intake.load(workspace, intake.Request("bu43", path, Mapping(), NOW, "2025-06-01"))
    path.write_text("area;period;value\n101;2022;2.7\n", encoding="utf-8")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(ForecastError, match="No space left on device"):
        intake.load(workspace, intake.Request("bu43", path, Mapping(), NOW, "2026-06-01"))
    assert vintages.known(workspace, "bu43").frame["value"].tolist() == [2.5]


def test_cells_are_dated_by_the_calendar_not_after_the_file(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("area;period;value\n101;2022;2.5\n101;2024;3.0\n", encoding="utf-8")
    intake.load(workspace, intake.Request("bu43", path, Mapping(), NOW, "2025-05-20"))
    dates = vintages.known(workspace, "bu43").frame["published"].tolist()
    assert dates == ["2023-05-23", "2025-05-20"]  # calendar; the file came before 2025-05-23


def test_what_a_file_puts_aside_or_is_put_aside_by_is_said(
    workspace: Workspace, tmp_path: Path
) -> None:
    """A part of a table that is imported like a whole one must not lose the rest unseen."""
    path = tmp_path / "a.csv"

    def notes(text: str, published: str = "", **how: bool) -> list[str]:
        path.write_text(text, encoding="utf-8")
        request = intake.Request("bu43", path, Mapping(), NOW, published, **how)
        return list(intake.load(workspace, request).notes)

    whole = "area;period;value\n101;2022;2.5\n147;2022;3.0\n"
    assert notes(whole, "2025-06-01") == []
    (older,) = notes("area;period;value\n751;2022;2.7\n", "2024-06-01")
    assert "still read from bu43-2025-06-01-" in older
    assert vintages.known(workspace, "bu43").frame["area"].tolist() == ["101", "147"]
    newer = "area;period;value\n101;2022;2.6\n751;2022;2.7\n"
    (gone,) = notes(newer, "2026-06-01", dry=True)
    assert gone.startswith("1 of the 2 cells of bu43-2025-06-01-")
    (joined,) = notes(newer, "2026-06-01", add=True)
    assert joined == "2 cells joined 2; 1 of them took a place"
    assert vintages.known(workspace, "bu43").frame["value"].tolist() == [3.0, 2.6, 2.7]


def test_a_damaged_vintage_does_not_keep_out_what_takes_its_place(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("area;period;value\n101;2022;2.5\n", encoding="utf-8")
    held = intake.load(workspace, intake.Request("bu43", path, Mapping(), NOW, "2025-06-01"))
    assert held.vintage is not None
    held.vintage.data.write_bytes(b"cut")
    path.write_text("area;period;value\n101;2022;2.6\n", encoding="utf-8")
    done = intake.load(workspace, intake.Request("bu43", path, Mapping(), NOW, "2026-05-01"))
    assert f"{held.vintage.id}: " in done.notes[0]
    assert "is not the file that was stored" in done.notes[0]
    assert vintages.known(workspace, "bu43").frame["value"].tolist() == [2.6]


def test_figures_from_before_a_dimension_was_added_make_room_but_cannot_be_joined(
    workspace: Workspace, tmp_path: Path
) -> None:
    specified(workspace)
    path = tmp_path / "own.csv"

    def load(text: str, day: str, *, add: bool = False) -> tuple[str, ...]:
        path.write_text(text, encoding="utf-8")
        return intake.load(workspace, intake.Request(NAME, path, Mapping(), day, add=add)).notes

    load("area,age,period,value\n751,18+,2020,7\n101,18+,2020,9\n", "2026-05-01T09:00:00")
    wider = DATASET.replace('["age"]', '["age", "kind"]') + '[file.columns.kind]\nabout = "Kind"\n'
    (workspace.specs / "data" / f"{NAME}.toml").write_text(wider, encoding="utf-8")
    text = "area,age,kind,period,value\n751,18+,day,2020,3\n751,18+,night,2020,4\n"
    with pytest.raises(DataError, match="has no kind, which bostoette has since then; import the"):
        load(text, "2026-05-02T09:00:00", add=True)
    (note,) = load(text, "2026-05-02T09:00:00")
    assert note.startswith(f"1 of the 2 cells of {NAME}-2026-05-01-")


def test_a_list_of_cases_in_place_of_counts_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("area;period;value\n" + "751;2022;1\n" * 40, encoding="utf-8")
    with pytest.raises(
        DataError, match=r"40 figures, 1 and 1, …, .* \(rows 2, 3, 4, 5, 6 and 35 m"
    ):
        read(path, "bu43")


def test_a_total_of_ages_is_left_out_and_people_of_no_age_are_refused(tmp_path: Path) -> None:
    """StatBank's own tables have the row «Alder i alt»."""
    path = tmp_path / "folk.csv"
    head = "OMRÅDE;KØN;ALDER;TID;INDHOLD\n"
    path.write_text(
        f"{head}751;1;Alder i alt;2025K1;30\n751;1;0;2025K1;10\n751;1;1;2025K1;20\n",
        encoding="utf-8",
    )
    found = read(path, "folk1a")
    assert found.frame["age"].tolist() == ["0", "1"]
    assert found.notes == ("1 rows of totals were left out",)
    path.write_text(f"{head}751;1;Alder i alt;2025K1;30\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"row 2: age is 'Alder i alt'; expected a number of years"):
        read(path, "folk1a")


def test_what_a_mapping_gives_is_read_as_cells_are(tmp_path: Path) -> None:
    path = tmp_path / "folk.csv"
    path.write_text("ALDER;INDHOLD\n17;10\n", encoding="utf-8")
    given = {"area": "Aarhus", "sex": "Kvinder", "period": "2025K1"}
    (row,) = read(path, "folk1a", constants=given).frame.to_dict("records")
    assert [row[c] for c in ("area", "sex", "period")] == ["751", "women", "2025Q1"]
    with pytest.raises(DataError, match="Aarhuss"):
        read(path, "folk1a", constants={**given, "area": "Aarhuss"})


@pytest.mark.shared
def test_the_real_shares_go_in(shared: Path, workspace: Workspace) -> None:
    path = shared / "panels" / "bu43_share_0-22_receiving_support_2015-2025.csv"
    given = table.mapping(None, ["area=kommune_kode", "period=aar", "value=andel_pct"])
    done = intake.load(workspace, intake.Request("bu43", path, given, NOW, "2026-05-22"))
    assert done.frame["value"].notna().sum() == 1077
    assert done.frame["status"].value_counts().to_dict() == {"observed": 1077, "not_reported": 1}
    assert done.frame["area"].nunique() == 98
    assert done.vintage is not None
    assert not done.vintage.synthetic


@pytest.mark.shared
def test_the_real_population_of_2014_and_its_extract_agree(shared: Path) -> None:
    """The extract's 12 areas equal the table by municipality cell by cell, for shared ages."""
    whole = read(
        shared / "panels" / "folk1a_2014K1_municipality_sex_age.csv", "folk1a",
        constants={"period": "2014Q1"},
    ).frame  # fmt: skip
    assert whole["value"].sum() == 5_627_235
    extract = read(shared / "panels" / "FOLK1A_12areas_2008K1-2020K1_codes.csv", "folk1a").frame
    keys = ["area", "sex", "age"]
    then = extract[extract["period"] == "2014Q1"]
    municipal = then[~then["area"].str.startswith("0") & then["age"].isin(whole["age"])]
    both = municipal.merge(whole, on=keys, how="left", suffixes=("_extract", ""))
    assert len(both) == 1200  # 6 municipalities, both sexes, 100 shared ages
    assert (both["value"].fillna(0) == both["value_extract"]).all()  # nobody: no row there
    nation = then[then["area"] == "000"].set_index(["sex", "age"])["value"]
    sums = whole.groupby(["sex", "age"])["value"].sum().reindex(nation.index).dropna()
    assert (sums == nation.loc[sums.index]).all()
