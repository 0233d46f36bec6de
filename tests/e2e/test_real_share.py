"""Real figures from end to end: the share of 0-22-year-olds with support in 98 municipalities."""

from pathlib import Path

import pytest
from support.commands import forecast

pytestmark = [pytest.mark.e2e, pytest.mark.shared]

FILE = "panels/bu43_share_0-22_receiving_support_2015-2025.csv"
COLUMNS = ("area=kommune_kode", "period=aar", "value=andel_pct")


@pytest.fixture(scope="module")
def place(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workspace that holds the real share, trained."""
    folder = tmp_path_factory.mktemp("real")
    mapping = [part for column in COLUMNS for part in ("--column", column)]
    done = forecast(
        "data", "import", "bu43", str(shared / FILE), *mapping, "--published", "2026-05-22",
        cwd=folder, now="2026-06-01",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    trained = forecast("train", cwd=folder, now="2026-06-01")
    assert trained.returncode == 0, trained.stderr
    assert "support_share" in trained.stdout
    return folder


def test_the_data_are_checked(place: Path) -> None:
    done = forecast("data", "check", "bu43", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "98" in done.stdout


def test_it_is_backtested_against_naive_with_an_interval(place: Path) -> None:
    done = forecast("backtest", "support_share", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "naive" in done.stdout
    assert "combination" in done.stdout


def test_the_report_leaves_cost_out_in_a_sentence_and_says_nothing_synthetic(place: Path) -> None:
    text = page(place, "--municipality", "Sønderborg")
    assert "synthetic" not in text.lower()
    assert "no accounts" in text.lower()
    assert "2029" in text
    assert "no head counts" in text  # nobody can tell whether a share is of fewer than five


def page(place: Path, *area: str) -> str:
    """Return the budget report on an area, as HTML."""
    done = forecast(
        "report", "budget", *area, "--budget-year", "2026", "--language", "en",
        cwd=place, now="2026-06-01",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    html = next(Path(p) for p in done.stdout.splitlines() if p.endswith(".html"))
    return (place / html).read_text(encoding="utf-8")
