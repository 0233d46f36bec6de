"""Specifications: every mistake in a TOML is a sentence that names the key."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from forecast import datasets, files, measures, reporting, services, specs
from forecast.api import REGISTERS, check_specs
from forecast.errors import ForecastError, SpecError
from forecast.workspace import Workspace

GOOD = """
measure = "homeless"
data = "homelessness"
scale = "log"
horizon = 4
[title]
da = "Hjemløse"
en = "Homeless"
[methods]
naive = {}
"""


def write(workspace: Workspace, text: str) -> None:
    path = workspace.specs / "models" / "mine.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_workspace_adds_a_model_of_its_own(workspace: Workspace) -> None:
    write(workspace, GOOD)
    assert specs.model("mine", workspace).measure == "homeless"
    assert "mine" in specs.names("models", workspace)
    assert "mine" not in specs.names("models")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("horizon = 4", "horizont = 4", "did you mean horizon"),
        ("horizon = 4", "horizon = 0", "horizon is 0; expected at least 1"),
        (
            "horizon = 4",
            "horizon = 100000",
            "horizon is 100000; expected at least 1 and at most 200",
        ),
        ("horizon = 4", 'horizon = "4"', "horizon is '4'; expected a whole number"),
        ("horizon = 4", "horizon = true", "horizon is true; expected a whole number"),
        ("horizon = 4", "horizon = 4\nhorizon = 5", "overwrite"),
        ('scale = "log"', 'scale = "root"', "one of log"),
        ('scale = "log"', "", "scale missing"),
        ('measure = "homeless"', 'measure = "homelss"', "did you mean homeless"),
        ("naive = {}", "naiv = {}", "did you mean naive"),
        ("naive = {}", "naive = 3", "expected a table"),
        ('en = "Homeless"', "", "da and en"),
        ("[title]", 'start = "2024M1"\n[title]', "2024M1"),
        ("[title]", 'start = "0215"\n[title]', "start is '0215', and no figure lies there"),
        ("[title]", 'start = "3024"\n[title]', "expected a period of 1900 to 2100, such as"),
        ("[title]", "levels = 'region'\n[title]", "expected a list"),
        ("[title]", "[title", "mine.toml"),
        ("naive = {}", 'naive = { levels = ["natoin"] }', "would never take part"),
        ("naive = {}", 'naive = { levels = ["nation"] }', "would never take part"),
        ("naive = {}", 'naive = {}\n[drivers]\nlength_of_sta = {lag="1Y"}', "mean length_of_stay"),
        ("naive = {}", "naive = {}\n[drivers]\nlength_of_stay = {}", "lag is None"),
        ("naive = {}", 'naive = {}\n[drivers]\nlength_of_stay = {lag="0Y"}', "at least one"),
        (
            "naive = {}",
            'naive = {}\n[drivers]\nlength_of_stay = {lag="1Y", x=1}',
            "unknown key 'x'",
        ),
        ("naive = {}", 'naive = {}\n[drivers]\nmine = {lag="1Y"}', "cannot drive itself"),
    ],
)
def test_each_mistake_is_named(workspace: Workspace, old: str, new: str, says: str) -> None:
    assert old in GOOD
    write(workspace, GOOD.replace(old, new))
    with pytest.raises(Exception, match=says) as caught:
        specs.model("mine", workspace)
    assert type(caught.value).__module__ == "forecast.errors"
    assert str(caught.value).startswith(f"{workspace.specs}/models/mine.toml: ")


def test_shipped_specifications_are_named_from_their_folder_and_own_ones_in_full(
    workspace: Workspace,
) -> None:
    write(workspace, GOOD)
    assert specs.called("models", "homelessness", workspace) == "models/homelessness.toml"
    assert specs.called("models", "mine", workspace) == f"{workspace.specs}/models/mine.toml"
    assert specs.called("models", "mine") == "models/mine.toml"
    other = workspace.specs / "reports" / "short.toml"
    other.parent.mkdir()
    other.write_text("sectoins = []", encoding="utf-8")
    with pytest.raises(SpecError, match="unknown key 'sectoins'") as caught:
        reporting.spec("short", workspace)
    assert str(caught.value).startswith(f"{other}: ")


def test_a_mistake_that_several_checks_meet_is_said_once(workspace: Workspace) -> None:
    write(workspace, GOOD.replace('scale = "log"', 'scale = "logs"'))
    _, mistakes = check_specs(workspace)
    assert len(mistakes) == 1


@pytest.fixture
def registers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Registers that a test may spoil; everything else that ships is as it is."""
    shipped, mine = files.assets(), tmp_path / "assets"
    for kind in specs.KINDS:
        ignored = shutil.ignore_patterns("demo", "fonts")
        shutil.copytree(shipped / kind, mine / kind, ignore=ignored)
    monkeypatch.setattr(files, "assets", lambda: mine)
    _forget()
    yield mine / "data" / "registers"
    _forget()


def _forget() -> None:
    for register in REGISTERS:
        register.cache_clear()


@pytest.mark.parametrize(
    "name", sorted(p.name for p in (files.assets() / "data" / "registers").glob("*.toml"))
)
def test_a_mistake_in_any_register_is_told(name: str, registers: Path) -> None:
    assert check_specs()[1] == []
    _forget()
    text = (registers / name).read_text(encoding="utf-8")
    (registers / name).write_text(f"{text}\n[broken", encoding="utf-8")
    assert any(name in mistake for mistake in check_specs()[1])


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("breaks.toml", '"s82ab"', '"s82abc"', "have no service 's82abc'; did you mean s82ab?"),
        ("breaks.toml", '"2020Q3"', '"2020Q5"', r"\[hand-82ab-2020\]: period '2020Q5' is not"),
        ("breaks.toml", '"183", "187"', '"183", "1870"', r"\[hand-ishoej-vallensbaek\]: .*1870"),
        ("releases.toml", "[hand01]", "[hand1]", "no dataset 'hand1'; did you mean hand01?"),
    ],
)
def test_a_register_names_what_is_there(
    name: str, old: str, new: str, said: str, registers: Path
) -> None:
    text = (registers / name).read_text(encoding="utf-8")
    assert old in text
    (registers / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    (mistake,) = check_specs()[1]
    assert mistake.startswith(f"data/registers/{name} [")
    assert re.search(said, mistake)


def test_an_unknown_model_gets_a_suggestion() -> None:
    with pytest.raises(SpecError, match="did you mean homelessness"):
        specs.model("homelesness")


@pytest.mark.parametrize("name", specs.names("models"))
def test_every_shipped_model_is_in_order(name: str) -> None:
    assert specs.model(name).name == name


def test_only_counts_are_additive() -> None:
    assert all(m.kind == "count" or not m.additive for m in measures.table().values())
    assert "service" not in measures.get("recipients").additive


def test_benefits_that_came_later_say_since_when() -> None:
    assert services.get("s117a").valid_from == "2024Q3"
    assert services.title("s108", "da") == "§ 108 Længerevarende botilbud"
    assert services.title("placement", "da").endswith(" (barnets lov)")
    assert services.title("placement", "en").endswith(" (Children's Act)")


def test_a_model_s_file_is_called_as_the_store_can_name_it(workspace: Workspace) -> None:
    write(workspace, GOOD)
    folder = workspace.specs / "models"
    (folder / "mine.toml").rename(folder / "Mine One.toml")
    with pytest.raises(SpecError, match=r"Mine One\.toml: rename the file to small letters"):
        specs.model("Mine One", workspace)


@pytest.mark.parametrize(
    ("kind", "name", "old", "new", "says"),
    [
        ("data", "bu43", 'first = "2015"', 'first = "soon"', r"bu43\.toml: first: period 'soon'"),
        ("reports", "budget", "threshold = 5.0", "threshold = -1", "threshold is -1.0; expected"),
    ],
)
def test_own_datasets_and_reports_name_file_and_key(
    workspace: Workspace, kind: str, name: str, old: str, new: str, says: str
) -> None:
    text = specs.path(kind, name).read_text(encoding="utf-8")
    assert old in text
    own = workspace.specs / kind / f"{name}.toml"
    own.parent.mkdir(parents=True)
    own.write_text(text.replace(old, new), encoding="utf-8")
    read = datasets.get if kind == "data" else reporting.spec
    with pytest.raises(ForecastError, match=says):
        read(name, workspace)
