"""`forecast train` and `forecast models` as they are typed."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.few_places import MODEL, PLACES, few_places, revise

from forecast import areas, registry
from forecast.cli import _tables, main
from forecast.engine import learning
from forecast.workspace import Workspace


@pytest.fixture(autouse=True)
def _edge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("FORECAST_NOW", "2026-05-01T09:00:00")
    monkeypatch.setenv("FORECAST_USER", "an economist")


class Typed:
    """Types commands in one workspace and keeps what was printed."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.capsys = root, capsys

    def __call__(self, *words: str) -> str:
        """Return stdout of a command that succeeds."""
        code = self.code(*words)
        out, err = self.capsys.readouterr()
        assert code == 0, err
        return out

    def refused(self, *words: str) -> str:
        """Return the sentence with which a command is refused."""
        assert self.code(*words) == 1
        out, err = self.capsys.readouterr()
        assert "Traceback" not in err + out
        return err

    def code(self, *words: str) -> int:
        """Return the exit code of a command."""
        try:
            main([*words, "--workspace", str(self.root)])
        except SystemExit as end:
            return int(end.code or 0)
        return 0


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which the model was trained twice by the command."""
    root = tmp_path_factory.mktemp("typed") / "w"
    few_places(root)
    return root


@pytest.fixture
def typed(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Typed:
    shutil.copytree(trained, tmp_path / "w")
    return Typed(tmp_path / "w", capsys)


def test_the_history_of_a_model_that_is_none_is_a_sentence(typed: Typed) -> None:
    assert "no model has been trained in the workspace" in typed.refused("models", "history", "x")
    typed("train", MODEL)
    unknown = typed.refused("models", "history", "shelters")
    assert "no version of 'shelters' is registered; run `forecast train shelters`" in unknown


def test_dry_run_trains_nothing(typed: Typed) -> None:
    out = typed("train", MODEL, "--dry-run")
    assert out.startswith("homelessness: 24 series, 2009 to 2024, 6 periods ahead, for the first")
    plan, *_ = json.loads(typed("train", MODEL, "--dry-run", "--json"))
    assert plan["seconds"] is None
    assert not Workspace(typed.root).store.exists()


def test_the_analysts_round(typed: Typed) -> None:
    row, *_ = json.loads(typed("train", MODEL, "--known-at", "2023-12-31", "--json"))
    assert (row["version"], row["aliases"]) == ("homelessness@1", "champion")
    revise(Workspace(typed.root))
    assert typed("train") == "homelessness@2  challenger\n"
    _monitored(typed)
    _compared_and_explained(typed)
    promoted = typed("models", "promote", MODEL, "--because", "newer figures")
    assert promoted == "homelessness@2 is the champion\n"
    assert typed("models", "rollback", MODEL) == "homelessness@1 is the champion again\n"
    told = typed("models", "history", MODEL)
    assert "version 2 was promoted to champion by an economist, in place of version 1" in told
    assert "    reason: newer figures\n" in told
    events = json.loads(typed("models", "history", MODEL, "--json"))
    assert [e["action"] for e in events] == ["first", "registered", "promoted", "rolled back"]
    assert {e["who"] for e in events} == {"an economist"}
    assert {e["when"] for e in events} == {"2026-05-01T09:00:00"}
    assert "homelessness@2" in typed("models", "list")
    shown = json.loads(typed("models", "show", f"{MODEL}@2", "--json"))
    assert shown["specification"].strip()
    told = typed("models", "show", f"{MODEL}@2")
    assert "scores, all horizons and sizes:\n  level " in told
    assert "homelessness-2026-06-01" in told
    assert "is reproduced: identical files and draws" in typed("models", "reproduce", MODEL)
    assert typed("models", "check") == "the store is in order\n"


def _monitored(typed: Typed) -> None:
    watched = typed("models", "monitor", MODEL)
    assert "homelessness@1 met 24 new figures of 2024" in watched
    largest = watched.split("largest misses")[1].splitlines()[2].split()[0]
    assert largest in {areas.name(place) for place in PLACES}
    assert "training again is due:" in watched


def _compared_and_explained(typed: Typed) -> None:
    compared = typed("models", "compare", f"{MODEL}@1", f"{MODEL}@2")
    assert "what differs (old → new):\n  known at: 2023-12-31 → –" in compared
    assert "outcomes within the intervals" in compared
    explained = typed(
        "models", "explain-change", f"{MODEL}@1", f"{MODEL}@2", "--municipality", "Aarhus",
        "--language", "da", "--tried", "0",
    )  # fmt: skip
    assert "Aarhus, 2028, Hjemløse: version 1 ventede " in explained
    assert "Ændring i alt" in explained


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("models", "show", "homelessness"), "no model has been trained in the workspace"),
        (("models", "rollback", "../x"), "is no name of a model"),
        (("train", "homelesness"), "did you mean homelessness"),
        (("train", "recipients_adults"), "hand01"),
        (
            ("models", "explain-change", "a@1", "a@2", "--municipality", "Arhus"),
            "did you mean Aarh",
        ),
    ],
)
def test_refusal_is_a_sentence(words: tuple[str, ...], sentence: str, typed: Typed) -> None:
    assert sentence in typed.refused(*words)


def test_a_champion_without_challenger_names_the_next_step(typed: Typed) -> None:
    typed("train", MODEL)
    said = typed.refused("models", "promote", MODEL)
    assert "its newest version, 1, is the champion; train another with" in said


def test_a_version_and_itself_are_told_at_once(typed: Typed) -> None:
    typed("train", MODEL)
    words = ("models", "explain-change", f"{MODEL}@1", MODEL, "--municipality", "Aarhus")
    assert typed.code(*words) == 2
    said = typed.capsys.readouterr().err
    assert f"{MODEL}@1 is named as the old and as the new one; name two" in said


def test_an_area_that_a_version_does_not_forecast_is_told_with_what_to_name(typed: Typed) -> None:
    for _ in range(2):
        typed("train", MODEL)
    words = ("models", "explain-change", f"{MODEL}@1", f"{MODEL}@2", "--region", "Midtjylland")
    said = typed.refused(*words)
    assert "for Region Midtjylland (082); name a municipality that it forecasts (--munici" in said


def test_an_explanation_is_of_one_area(typed: Typed) -> None:
    words = ("models", "explain-change", f"{MODEL}@1", f"{MODEL}@2")
    assert typed.code(*words) == 2
    assert "name one of --municipality, --region and --nation" in typed.capsys.readouterr().err
    assert typed.code(*words, "--region", "Aarhus") == 2
    assert "Aarhus is a municipality; use --municipality" in typed.capsys.readouterr().err


def test_nothing_to_train_names_the_next_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = Typed(tmp_path / "empty", capsys).refused("train")
    assert "see what is missing with `forecast status`" in said
    assert not (tmp_path / "empty").exists()


def test_check_says_where_there_is_no_store(typed: Typed) -> None:
    said = typed("models", "check")
    assert said == f"there is no store of versions in {typed.root}; `forecast train` makes one\n"
    assert json.loads(typed("models", "check", "--json")) == []
    assert not Workspace(typed.root).store.exists()


def test_check_names_leftovers_and_repair_clears_them(typed: Typed) -> None:
    typed("train", MODEL)
    (Workspace(typed.root).artifacts / "abandoned").mkdir()
    assert "1 things are not as they should be; --repair" in typed.refused("models", "check")
    assert "removed" in typed("models", "check", "--repair")
    assert typed("models", "check") == "the store is in order\n"


@pytest.mark.parametrize("width", [80, 100])
def test_a_backtest_fits_the_terminal_and_says_what_it_said(
    typed: Typed, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_tables, "_room", lambda: width)
    told = typed("backtest", MODEL, "--origins", "2")
    assert max(len(line) for line in told.splitlines() if line.startswith("  ")) <= width
    values = json.loads(typed("backtest", MODEL, "--origins", "2", "--json"))
    row = next(r for r in values["methods"] if r["method"] == "combination")
    line = next(x for x in told.splitlines() if x.split()[:1] == ["combination"])
    assert line.split()[1:3] == [f"{row['mase']:.2f}", f"{row['wape']:.1%}"]
    assert line.split()[-1] == f"{row['coverage95']:.1%}"
    assert values["verdict"].split(";")[0] in told


def test_an_opened_series_is_named_by_area_and_service(typed: Typed) -> None:
    typed("train", MODEL)
    told = typed("show", MODEL, "--municipality", PLACES[0]).splitlines()
    assert f"{areas.name(PLACES[0])} ({PLACES[0]})" in told[0]
    region = areas.region_of(PLACES[0])
    assert told[0].count(f"in {areas.name(region)} ({region})") <= 1
    assert "area " not in told[0]


def test_an_opened_series_says_whose_mean_it_has(typed: Typed) -> None:
    typed("train", MODEL)
    assert typed.code("show", MODEL, "--municipality", PLACES[0]) == 0
    out, err = typed.capsys.readouterr()
    assert "mean is that of the middle half" in err
    assert "middle half" not in out
    assert not typed.code("show", MODEL, "--municipality", PLACES[0], "--json")
    assert not typed.capsys.readouterr().err


def test_a_backtest_tells_horizons_and_sizes_with_the_interval_of_skill(typed: Typed) -> None:
    told = typed("backtest", MODEL, "--origins", "2").splitlines()
    values = json.loads(typed("backtest", MODEL, "--origins", "2", "--json"))
    levels = list(dict.fromkeys(row["level"] for row in values["methods"]))
    assert list(dict.fromkeys(row["level"] for row in values["horizons"])) == levels
    lowest = [row for row in values["sizes"] if row["level"] == levels[0]]
    assert [row["size"] for row in lowest] == ["small", "medium", "large"]
    ahead = [row for row in values["horizons"] if row["level"] == levels[0]]
    assert all(r["skill_lower"] <= r["skill_vs_benchmark"] <= r["skill_upper"] for r in ahead)
    few = [row for row in lowest if row["skill_lower"] is None]  # a third of eight municipalities
    assert all(row["skill_upper"] is None for row in few)
    told_of = [row for row in lowest if row not in few]
    assert all(r["skill_lower"] <= r["skill_vs_benchmark"] <= r["skill_upper"] for r in told_of)
    for name, rows in (("horizon", values["horizons"]), ("size", values["sizes"])):
        heads = [i for i, line in enumerate(told) if line.split()[:2] == [name, "MASE"]]
        for head, level in zip(heads, dict.fromkeys(row["level"] for row in rows), strict=True):
            shown = [row for row in rows if row["level"] == level]
            for row, line in zip(shown, told[head + 1 :], strict=False):
                assert line.split()[:2] == [f"{row[name]}", f"{row['mase']:.2f}"]


def test_a_drawn_forecast_begins_at_what_its_origin_had_observed(
    typed: Typed, tmp_path: Path
) -> None:
    drawn = tmp_path / "origins.svg"
    typed("backtest", MODEL, "--origins", "2", "--figure", str(drawn))
    dots = re.findall(r"<title>([^,<]+), (\d+): ([\d.,]+)</title>", drawn.read_text())
    observed = {year: value for name, year, value in dots if name == "observed"}
    origins = {name for name, _, _ in dots} - {"observed"}
    assert origins
    for name in origins:
        first = min((year, value) for other, year, value in dots if other == name)
        assert first == (name.removeprefix("from "), observed[first[0]])


def test_an_opened_series_has_the_weights_of_its_own_group(typed: Typed) -> None:
    typed("train", MODEL)
    trained = registry.load(Workspace(typed.root), MODEL, "champion")[0]
    group = learning.grouping(trained.panel, trained.options)[0]
    names = [member.name for member in trained.members]
    shown = json.loads(typed("show", MODEL, "--municipality", PLACES[0], "--json"))
    assert shown
    for opened in shown:
        keys = trained.panel.keys[list(opened["key"])].astype(str)
        row = int(np.flatnonzero((keys == pd.Series(opened["key"])).all(axis=1))[0])
        told = {w["method"]: w["weight"] for w in opened["weights"] if w["band"] == "1"}
        wanted = dict(zip(names, trained.learnt.weight[group[row], 0], strict=True))
        assert told == pytest.approx(wanted)
