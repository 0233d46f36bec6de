"""The registered model answers over HTTP, as docs/server.md shows."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import requests
from mlflow.exceptions import MlflowException
from support.few_places import MODEL
from support.postgres import free_port

from forecast import registry
from forecast.errors import ProjectionError
from forecast.registry import served
from forecast.seeds import SEED
from forecast.workspace import Workspace

_SECONDS = 120


@pytest.fixture(scope="module")
def model(twice: Workspace) -> served.Model:
    return served.Model(registry.load(twice, MODEL, 2)[0])


def test_answer_has_every_group_and_quantile(model: served.Model, twice: Workspace) -> None:
    asked = pd.DataFrame({"municipality": ["Aarhus", "101"], "year": [2027, 2026]})
    answer = model.predict(asked)
    assert list(answer.columns) == [name for name, _ in served.ANSWERED]
    assert len(answer) == 2 * 3 * len(served.LEVELS)
    assert set(zip(answer["municipality"], answer["year"], strict=True)) == {
        ("751", 2027),
        ("101", 2026),
    }
    loaded, _ = registry.load(twice, MODEL, 2)
    draws = loaded.simulate(loaded.options.horizon, served.SIZE, SEED)
    keys = loaded.panel.keys
    row = int(np.flatnonzero((keys["area"] == "751") & (keys["age"] == "30+"))[0])
    at = draws.periods.index("2027")
    expected = np.quantile(draws.values[row, at].astype(float), served.LEVELS)
    ours = answer[(answer["municipality"] == "751") & (answer["age"] == "30+")]["value"]
    assert np.allclose(ours, expected)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"municipality": "Aarhus", "year": 2060}, "does not forecast the year 2060"),
        ({"municipality": "Aarhus", "year": 2027, "service": "s999"}, "no series for Aarhus"),
        ({"municipality": "Randers", "year": 2025}, "holds no series for Randers"),
        ({"municipality": "Aarhus"}, "has no column 'year'"),
    ],
)
def test_question_without_answer_is_a_sentence(
    model: served.Model, row: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ProjectionError, match=sentence):
        model.answer(pd.DataFrame([row]))
    with pytest.raises(MlflowException, match=sentence):
        model.predict(pd.DataFrame([row]))


@pytest.mark.service
def test_served_champion_answers_a_request(twice: Workspace, tmp_path: Path) -> None:
    port = free_port()
    environment = {**os.environ, "MLFLOW_TRACKING_URI": f"sqlite:///{twice.store}"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    command = [
        sys.executable, "-m", "mlflow", "models", "serve",
        "-m", f"models:/social-forecast.{MODEL}@champion", "--env-manager", "local",
        "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
    ]  # fmt: skip
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env=environment, cwd=tmp_path, start_new_session=True
        )
    try:
        _await(process, port, tmp_path / "log")
        asked = {"dataframe_records": [{"municipality": "Aarhus", "year": 2026}]}
        answer = requests.post(f"http://127.0.0.1:{port}/invocations", json=asked, timeout=60)
        assert answer.status_code == 200, answer.text
        rows = pd.DataFrame(answer.json()["predictions"])
        ours = served.Model(registry.load(twice, MODEL)[0]).predict(
            pd.DataFrame(asked["dataframe_records"])
        )
        assert list(rows.columns) == list(ours.columns)
        assert np.allclose(rows["value"], ours["value"])
        asked = {"dataframe_records": [{"municipality": "Arhus", "year": 2026}]}
        refused = requests.post(f"http://127.0.0.1:{port}/invocations", json=asked, timeout=60)
        assert refused.status_code == 400
        assert "did you mean Aarhus?" in refused.json()["message"]
        assert "Traceback" not in refused.text
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _await(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"http://127.0.0.1:{port}/ping", timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.5)
    raise AssertionError(f"the model was not served:\n{log.read_text()[-3000:]}")
