"""A model's folder in which a file was replaced by something hostile loads and runs nothing."""

import io
import json
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from support.small_model import small_record

from forecast import registry
from forecast.engine import storage
from forecast.engine.options import EngineOptions
from forecast.engine.trained import Trained
from forecast.engine.training import train
from forecast.errors import RegistryError
from forecast.panel import Panel
from forecast.registry import folders, reading, served
from forecast.seeds import SEED
from forecast.workspace import Workspace

FILES = (
    "model.json", "arrays.npz", "keys.parquet", "scores.parquet", "backtest.parquet",
    "weights.parquet", "above.parquet", "shrinkage.parquet", "drivers.parquet",
)  # fmt: skip
Attack = Callable[[Path, Path], None]


class _Payload:
    """Pickled, this creates a file when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.canary),)


@pytest.fixture(scope="module")
def trained() -> Trained:
    keys = pd.DataFrame({"area": ["101", "751", "851", "461", "561", "615"], "region": ["084"] * 6})
    steps = np.random.default_rng(1).normal(1, 2, (6, 14)).cumsum(axis=1)
    periods = tuple(str(year) for year in range(2010, 2024))
    options = EngineOptions(methods={"naive": {}, "drift": {}}, horizon=3, origins=2)
    return train(Panel(steps + 50, keys, periods, measure="recipients"), options, 1)


@pytest.fixture(scope="module")
def saved(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "state"
    folder.mkdir()
    storage.save(trained, folder)
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "state"))


def pickled(target: Path, canary: Path) -> None:
    target.write_bytes(pickle.dumps(_Payload(canary)))


def pickled_array(target: Path, canary: Path) -> None:
    """Each array of the file holds an object, whose bytes are a pickle with code."""
    objects = np.array([_Payload(canary)], dtype=object)
    names: list[str] = np.load(target).files if zipfile.is_zipfile(target) else ["values"]
    np.savez(target.with_suffix(".npz"), **cast("dict[str, Any]", dict.fromkeys(names, objects)))
    if target.suffix != ".npz":
        target.with_suffix(".npz").replace(target)


def climbing(target: Path, canary: Path) -> None:
    """Members whose names lead out of the folder, and to an absolute path."""
    with zipfile.ZipFile(target, "w") as archive:
        for name in (f"../../{canary.name}.npy", f"{canary}.npy"):
            array = io.BytesIO()
            np.save(array, np.zeros(3))
            archive.writestr(name, array.getvalue())


def huge(target: Path, _canary: Path) -> None:
    """Arrays that say they have a million million numbers, and hold eight bytes."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (10**6, 10**6)}
    )
    with zipfile.ZipFile(target, "w") as archive:
        for name in ("values", "weight", "growth", "shape"):
            archive.writestr(f"{name}.npy", header.getvalue() + b"\0" * 8)


def wrong_types(target: Path, _canary: Path) -> None:
    """What the format allows and the model does not: text for numbers, lists for tables."""
    if target.suffix == ".json":
        plain = json.loads(target.read_text())
        target.write_text(json.dumps({key: ["text"] for key in plain}))
    elif target.suffix == ".npz":
        arrays: Any = dict.fromkeys(np.load(target).files, np.array(["text"]))
        np.savez(target, **arrays)
    else:
        pd.DataFrame({"text": ["a", "b"]}).to_parquet(target)


def nested(target: Path, _canary: Path) -> None:
    """Brackets deeper than any reader's stack."""
    target.write_text("[" * 200_000)


def link(target: Path, _canary: Path) -> None:
    target.unlink()
    target.symlink_to("/etc/passwd")


def pipe(target: Path, _canary: Path) -> None:
    """A pipe would let a reader wait for ever."""
    target.unlink()
    os.mkfifo(target)


def emptied(target: Path, _canary: Path) -> None:
    target.write_bytes(b"")


ATTACKS: tuple[Attack, ...] = (
    pickled, pickled_array, climbing, huge, wrong_types, nested, link, pipe, emptied,
)  # fmt: skip


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: a.__name__)
def test_hostile_file_loads_and_runs_nothing(
    attack: Attack, name: str, folder: Path, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    attack(folder / name, canary)
    with pytest.raises(RegistryError):
        served._load_pyfunc(str(folder))
    assert not canary.exists()
    assert not list(tmp_path.glob("canary*"))


@pytest.mark.parametrize("attack", [pickled, wrong_types, huge], ids=lambda a: a.__name__)
def test_hostile_version_is_stopped_by_its_digest_first(
    attack: Attack,
    trained: Trained,
    workspace: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "_read", storage.load)
    monkeypatch.setattr(reading, "inspect", lambda _: None)
    registry.log(workspace, storage.Files(trained), small_record())
    for path in workspace.artifacts.glob("models/*/artifacts/data/state/*"):
        attack(path, tmp_path / "canary")
    with pytest.raises(RegistryError, match="sha256 differs"):
        registry.load(workspace, "recipients_adults")
    assert not (tmp_path / "canary").exists()


def test_untouched_folder_loads(folder: Path, trained: Trained) -> None:
    model = served._load_pyfunc(str(folder))
    answer = model.predict(pd.DataFrame({"municipality": ["Aarhus"], "year": [2025]}))
    expected = trained.simulate(trained.options.horizon, served.SIZE, SEED)
    row = trained.panel.keys["area"] == "751"
    median = float(np.quantile(expected.values[row, 1].astype(float), 0.5))
    assert answer.loc[answer["quantile"] == 0.5, "value"].item() == pytest.approx(median)


def test_program_in_the_folder_is_refused(folder: Path) -> None:
    (folder / "model.py").write_text("raise SystemExit")
    with pytest.raises(RegistryError, match=r"model\.py .* is no file of a model"):
        served._load_pyfunc(str(folder))


def test_array_that_unpacks_to_too_much_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_LARGEST", 10_000)
    np.savez_compressed(folder / "arrays.npz", values=np.zeros(10_000))
    assert (folder / "arrays.npz").stat().st_size < 10_000
    with pytest.raises(RegistryError, match="declares 80000 bytes"):
        folders.inspect(folder)
