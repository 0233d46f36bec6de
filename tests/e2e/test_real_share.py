"""Real figures from end to end: the share of 0-22-year-olds with support in 98 municipalities."""

import re
import zipfile
from collections import Counter
from html import unescape
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from support.commands import forecast
from support.share_attack import attack, small

from forecast import areas
from forecast.bundle import Bundle
from forecast.reporting import suppression
from forecast.workspace import Workspace

pytestmark = [pytest.mark.e2e, pytest.mark.shared]

FILE = "panels/bu43_share_0-22_receiving_support_2015-2025.csv"
COLUMNS = ("area=kommune_kode", "period=aar", "value=andel_pct")
TITLE = "Share of 0-22-year-olds receiving support"
PEOPLE = "panels/folk1a_2014K1_municipality_sex_age.csv"  # of every age and municipality, once
STRICT = """
sections = ["demand"]
threshold = 15.0
[title]
da = "{area}: strengt, budget {budget_year}"
en = "{area}: strictly, budget {budget_year}"
"""


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
    assert "The population of the ages 0-22 was not known" in said(text)


@pytest.fixture(scope="module")
def peopled(place: Path, shared: Path) -> Path:
    """The same folder once the real population is there too, projected again."""
    mapping = place / "folk1a.toml"
    mapping.write_text('[constants]\nperiod = "2014Q1"\n', encoding="utf-8")
    done = forecast(
        "data", "import", "folk1a", str(shared / PEOPLE), "--mapping", str(mapping),
        "--published", "2014-02-12", cwd=place, now="2026-06-01",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made = forecast("project", "--budget-year", "2026", cwd=place, now="2026-06-01")
    assert made.returncode == 0, made.stderr
    strict = place / "forecast-workspace" / "specs" / "reports" / "strict.toml"
    strict.parent.mkdir(parents=True, exist_ok=True)
    strict.write_text(STRICT, encoding="utf-8")
    return place


def test_with_population_a_large_municipality_s_share_is_shown(peopled: Path) -> None:
    """5.3 per cent of 20,279 in 2025, as the file of BU43 and that of FOLK1A have them."""
    text = page(peopled, "--municipality", "Sønderborg", "--bundle", "latest")
    assert "no head counts" not in text
    words = said(text)
    assert "5.3 per cent of the 20,279 inhabitants of that age is about 1,075 persons" in words
    assert "1 January 2014, the nearest that was given: Population (FOLK1A)" in words
    assert cells(text)[:2] == ["2025", "5.3"]


@pytest.mark.parametrize("area", [("--region", "083"), ("--nation",)])
def test_regions_and_the_nation_have_the_share_of_all_their_people(
    peopled: Path, shared: Path, area: tuple[str, ...]
) -> None:
    """A second way, from the files alone."""
    shares = pd.read_csv(shared / FILE).query("aar == 2025").set_index("kommune")["andel_pct"]
    people = pd.read_csv(shared / PEOPLE)
    people["ALDER"] = people["ALDER"].astype(str).str.extract(r"(\d+)").astype(int)
    size = people[people["ALDER"] <= 22].groupby("area")["INDHOLD"].sum()
    both = pd.concat([shares, size], axis=1, join="inner")
    assert len(both) == 98
    if area == ("--region", "083"):
        both = both[[areas.region_of(areas.find(name).code) == "083" for name in both.index]]
    share = (both["andel_pct"] * both["INDHOLD"]).sum() / both["INDHOLD"].sum()
    text = page(peopled, *area, "--bundle", "latest")
    assert cells(text)[:2] == ["2025", f"{share:.1f}"]
    assert f"{share:.1f} per cent of the {both['INDHOLD'].sum():,} inhabitants" in said(text)
    assert f"{TITLE} 1 year ahead" in said(text.replace("</", " </"))  # accuracy of its own level
    assert f"{TITLE} (municipalities)" not in said(text)


def test_a_share_of_few_is_hidden_and_no_total_gives_it_away(peopled: Path) -> None:
    """With 15 as the threshold, Læsø's 9 and Fanø's 6 are few; a neighbour is hidden with each."""
    every = ("--all-municipalities", "--format", "html", "--bundle", "latest")
    (index,) = made(peopled, "strict", *every)
    pages = index.parent.glob("strict-*-2026-en.html")
    codes = {p.stem.split("-")[1]: said(p.read_text(encoding="utf-8")) for p in pages}
    hidden = {code for code, text in codes.items() if "to protect people" in text}
    assert len(codes) == 98
    assert all(("is about" in text) is (code not in hidden) for code, text in codes.items())
    assert {"825", "563"} < hidden
    assert Counter(map(areas.region_of, hidden)) == {"081": 2, "083": 2}
    bundle = Bundle.load(Workspace(peopled / "forecast-workspace"))
    system, truth = attack(bundle, suppression.shield(bundle, 15))
    few = small(bundle, truth, 15)
    assert {cell[0] for cell in few} == {"825", "563"}
    for cell, people in few.items():
        low, high = (end / 100 * people for end in system.bounds(cell))
        assert low <= 1 + 1e-6, cell
        assert high >= 14 - 1e-6, cell
    region = page(peopled, "--region", "083", "--bundle", "latest", report="strict")
    assert "is about" in said(region)


def test_workbook_and_archive_name_the_population(peopled: Path) -> None:
    done = report(
        peopled, "--municipality", "Sønderborg", "--bundle", "latest", "--format", "data,xlsx"
    )
    archive = next(p for p in done if p.suffix == ".zip")
    with zipfile.ZipFile(archive) as packed:
        rows = pd.read_csv(BytesIO(packed.read("population.csv")), dtype="str")
        about = packed.read("report.json").decode()
    assert set(rows["quarter"]) == {"2014Q1"}
    assert set(rows["dataset"]) == {"folk1a"}
    assert set(rows["value"].astype(float)) == {20279.0}
    assert "folk1a-2014-02-12-" in about
    book = next(p for p in done if p.suffix == ".xlsx")
    with zipfile.ZipFile(book) as packed:
        texts = packed.read("xl/sharedStrings.xml").decode()
    assert "Population (FOLK1A)" in texts


def test_the_report_is_the_same_without_the_data(peopled: Path) -> None:
    before = page(peopled, "--municipality", "Sønderborg", "--bundle", "latest")
    vintages = peopled / "forecast-workspace" / "vintages"
    vintages.rename(vintages.with_name("away"))
    try:
        assert page(peopled, "--municipality", "Sønderborg", "--bundle", "latest") == before
    finally:
        vintages.with_name("away").rename(vintages)


def said(text: str) -> str:
    """Return the words of a page, without its marks."""
    return " ".join(unescape(re.sub("<[^>]+>", "", text)).split())


def cells(text: str) -> list[str]:
    """Return the first row of the table on the share."""
    table = text[text.index('id="table-demand_support_share"') :]
    body = table[table.index("<tbody") : table.index("</tbody>")]
    return [re.sub("<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", body, re.S)]


def page(place: Path, *area: str, report: str = "budget") -> str:
    """Return a report on an area, as HTML."""
    done = made(place, report, *area)
    return next(p for p in done if p.suffix == ".html").read_text(encoding="utf-8")


def report(place: Path, *area: str) -> list[Path]:
    """Return the files of the budget report on an area."""
    return made(place, "budget", *area)


def made(place: Path, name: str, *area: str) -> list[Path]:
    year = () if "--bundle" in area else ("--budget-year", "2026")
    done = forecast(
        "report", name, *area, *year, "--language", "en", cwd=place, now="2026-06-01",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [place / line for line in done.stdout.splitlines()]
