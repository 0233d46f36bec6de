"""Files of another format are refused in a sentence that says what to do."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from support.panels import social

from forecast.engine import storage
from forecast.engine.options import EngineOptions
from forecast.engine.trained import Trained
from forecast.engine.training import train
from forecast.errors import RegistryError

OPTIONS = EngineOptions(groups=("service",), horizon=2, origins=2, methods={"naive": {}})


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(social(), OPTIONS, 1)


def stamped(trained: Trained, folder: Path, format_: Any) -> Path:
    storage.save(trained, folder)
    plain = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**plain, "format": format_}))
    return folder


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (storage.FORMAT - 1, "an earlier version of this program wrote it in format"),
        (storage.FORMAT + 1, "a later version of this program wrote it in format"),
        ("3", "its format is '3', expected the number"),
        (True, "its format is True, expected the number"),
    ],
)
def test_another_format_is_refused_with_what_to_do(
    trained: Trained, tmp_path: Path, found: Any, said: str
) -> None:
    with pytest.raises(RegistryError, match=said) as caught:
        storage.load(stamped(trained, tmp_path, found))
    assert "damaged" not in str(caught.value)
    assert isinstance(found, (bool, str)) or "train the model again" in str(caught.value)


def test_a_model_is_read_without_a_warning(trained: Trained, tmp_path: Path) -> None:
    storage.save(trained, tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert storage.load(tmp_path).options == OPTIONS
