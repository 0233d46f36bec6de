"""The whole way on the embedded data, as a newcomer runs it."""

import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from support.commands import forecast
from support.demonstration import Demo

pytestmark = pytest.mark.e2e


def test_it_prints_reports_that_are_there(demo: Demo) -> None:
    kinds = {p.suffix for p in demo.paths}
    assert kinds == {".html", ".xlsx"}
    assert all(p.is_file() for p in demo.paths)
    assert "Traceback" not in demo.talk


def test_every_report_says_synthetic_and_of_what(demo: Demo) -> None:
    for path in (p for p in demo.paths if p.suffix == ".html"):
        text = path.read_text(encoding="utf-8")
        word = "SYNTETISKE DATA" if path.stem.endswith("-da") else "SYNTHETIC DATA"
        assert word in text
        assert "HAND01" in text


def test_every_workbook_opens_and_every_sheet_is_marked(demo: Demo) -> None:
    for path in (p for p in demo.paths if p.suffix == ".xlsx"):
        book = openpyxl.load_workbook(path, read_only=True)
        for sheet in book.worksheets:
            rows = sheet.iter_rows(max_row=6, values_only=True)
            head = " ".join(str(c) for row in rows for c in row if c is not None).lower()
            assert "synt" in head, (path.name, sheet.title)


def test_a_copied_workspace_gives_the_same_bytes_in_a_fresh_process(
    demo: Demo, tmp_path: Path
) -> None:
    made = [p for p in demo.workspace.bundles.iterdir() if not p.name.startswith(".")]
    assert len(made) == 1
    moved = tmp_path / "elsewhere"
    shutil.copytree(demo.workspace.root, moved)
    shutil.rmtree(moved / "bundles")
    done = forecast(
        "project", "--budget-year", "2027", "--workspace", str(moved), cwd=tmp_path
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    again = moved / "bundles" / made[0].name
    assert again.is_dir(), f"another bundle: {list((moved / 'bundles').iterdir())}"
    for file in sorted(made[0].rglob("*")):
        if file.is_file():
            assert (again / file.relative_to(made[0])).read_bytes() == file.read_bytes(), file


def test_status_of_a_finished_workspace_leads_to_a_report(demo: Demo) -> None:
    done = forecast("status", "--json", "--workspace", str(demo.workspace.root), cwd=demo.out)
    found = json.loads(done.stdout)
    assert all(found["models"].values())
    assert found["next"].startswith("forecast report budget")


def test_reconciling_makes_no_municipality_worse_on_average(demo: Demo) -> None:
    from forecast import registry

    held = 0
    for model in registry.models(demo.workspace):
        info = registry.version(demo.workspace, model, 1)
        scores = registry.table(demo.workspace, info, "scores")
        whole = scores[(scores["horizon"] == 0) & (scores["size_class"] == "all")]
        ratio = whole[whole["metric"] == "ratio_vs_bottom_up"].set_index("level")
        if "municipality" in ratio.index:
            row = ratio.loc["municipality"]
            assert row["lower"] <= row["value"] <= row["upper"], model
            assert row["value"] <= 1.01, (model, row["value"])
            held += 1
    assert held >= 5, "models whose areas add up must have been judged"


def test_a_mistyped_municipality_gets_a_suggestion(demo: Demo) -> None:
    done = forecast(
        "report", "budget", "--municipality", "Arhus", "--budget-year", "2027",
        "--workspace", str(demo.workspace.root), cwd=demo.out,
    )  # fmt: skip
    assert done.returncode == 1
    assert "did you mean Aarhus?" in done.stderr
    assert done.stdout == ""


def test_an_empty_workspace_says_what_to_do(tmp_path: Path) -> None:
    done = forecast("report", "budget", "--municipality", "751", cwd=tmp_path)
    assert done.returncode == 1
    assert "forecast train" in done.stderr
    assert "Traceback" not in done.stderr
    status = forecast("status", cwd=tmp_path)
    assert status.returncode == 0
    assert "forecast data pull --all" in status.stdout
