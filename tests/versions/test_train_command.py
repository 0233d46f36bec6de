"""`forecast train`: models at the same time are the versions of one after the other."""

from __future__ import annotations

import json
import re
import shutil

from click.testing import CliRunner
from support.few_places import MODEL

from forecast import registry, specs
from forecast.cli.train import command
from forecast.versions import training
from forecast.workspace import Workspace


def test_models_trained_at_the_same_time_are_the_same_and_a_refused_one_stops_none(
    copied: Workspace,
) -> None:
    second = f"{MODEL}_again"
    folder = copied.root / "specs" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(specs.path("models", MODEL, copied), folder / f"{second}.toml")
    asked = [MODEL, "nonsense", second, "--seed", "1", "--json", "--workspace", str(copied.root)]
    done = CliRunner().invoke(command, [*asked, "--jobs", "2"])
    assert type(done.exception).__name__ == "SpecError"
    assert "there is no 'nonsense' in models/" in str(done.exception)
    rows = json.loads(done.stdout)
    assert [row["version"] for row in rows] == [f"{MODEL}@3", f"{second}@1"]
    assert rows[0]["sha256"] == registry.version(copied, MODEL, 2).sha256


def test_the_model_with_most_data_is_trained_first(copied: Workspace) -> None:
    folder = copied.root / "specs" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    text = specs.path("models", MODEL, copied).read_text(encoding="utf-8")
    short = re.sub(r"(?m)^horizon *=.*$", "horizon = 1", text)
    (folder / "shorter.toml").write_text(short, encoding="utf-8")
    assert training.largest_first(copied, ["nonsense", "shorter", MODEL]) == [2, 1, 0]
    assert training.largest_first(copied, [MODEL, MODEL]) == [0, 1]
