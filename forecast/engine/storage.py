"""Storage: a trained model as plain files, read back without trusting what they hold."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from forecast import files, parts
from forecast.engine.across import Across
from forecast.engine.bank import Member
from forecast.engine.calibration import LEVELS, SIGNS, Calibration
from forecast.engine.dependence import Dependence
from forecast.engine.hurdle import POISSON
from forecast.engine.learning import Learnt
from forecast.engine.options import EngineOptions
from forecast.engine.reconciliation import Above
from forecast.engine.standing import RUN
from forecast.engine.trained import Trained
from forecast.errors import ForecastError, RegistryError
from forecast.methods import State
from forecast.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 12  # of the files; raised whenever what they hold changes
TABLES = ("keys", "scores", "backtest", "weights", "above", "shrinkage", "drivers")
_NUMBERS = {  # columns that a table must have, and that must hold numbers
    "scores": ("horizon", "value", "lower", "upper", "n"),
    "backtest": ("horizon", "quantile", "value", "actual"),
    "weights": ("weight",),
    "above": ("weight",),
    "shrinkage": ("own_share",),
    "drivers": ("elasticity", "error", "gain", "lower", "upper", "origins"),
}
SUMS = ("codes", "centre", "spread")
DAMAGE = (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError)


@dataclass(frozen=True)
class Files:
    """A trained model as something that writes itself: what the store of versions takes."""

    trained: Trained

    def save(self, folder: Path) -> None:
        """Write the model as plain files (NPZ, JSON, Parquet) into a folder."""
        save(self.trained, folder)


def save(trained: Trained, folder: Path) -> None:
    """Write model.json, arrays.npz and the tables; each file whole or not at all."""
    panel = trained.panel
    arrays: dict[str, NDArray[Any]] = {
        "values": panel.values,
        "weight": trained.learnt.weight,
        "growth": trained.learnt.calibration.growth,
        "signs": trained.learnt.calibration.signs,
        "shape": trained.learnt.calibration.shape,
        "zero": trained.learnt.zero,
        "rare": trained.learnt.rare,
        "hard": trained.learnt.hard,
        "push": trained.learnt.push,
        "shared": trained.learnt.dependence.top,
        "worth": trained.learnt.dependence.worth,
        "moved": trained.moved,
    }
    if not np.array_equal(trained.level, panel.values, equal_nan=True):
        arrays["level"] = trained.level
    if panel.exposure is not None:
        arrays["exposure"] = panel.exposure
    for k, sums in enumerate(trained.learnt.above):
        named = (sums.codes.astype(np.float64), sums.centre, sums.spread)
        arrays |= {f"above{k}/{n}": array for n, array in zip(SUMS, named, strict=True)}
    for k, state in enumerate(trained.states):
        arrays |= {f"state{k}/{name}": array for name, array in state.arrays.items()}
    folder.mkdir(parents=True, exist_ok=True)
    _write_arrays(folder / "arrays.npz", arrays)
    for name, table in _tables(trained).items():
        with files.replaced_file(folder / f"{name}.parquet") as path:
            table.to_parquet(path, index=False)
    files.write_json(folder / "model.json", _plain(trained))


def _tables(trained: Trained) -> dict[str, pd.DataFrame]:
    frames = (
        trained.panel.keys,
        trained.scores,
        trained.backtest,
        trained.weights,
        trained.above,
        trained.shrinkage,
        trained.drivers,
    )
    return dict(zip(TABLES, frames, strict=True))


def _plain(trained: Trained) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "seed": trained.seed,
        "measure": trained.panel.measure,
        "periods": list(trained.panel.periods),
        "options": asdict(trained.options),
        "members": [asdict(m) for m in trained.members],
        "states": [s.values for s in trained.states],
        "shared_by_region": trained.learnt.dependence.region,
        "across": asdict(trained.learnt.dependence.across),
        "slope": trained.learnt.slope,
        "strength": trained.learnt.strength,
        "above": len(trained.learnt.above),
    }


def _write_arrays(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write an NPZ whose bytes depend on the arrays alone (numpy's own carries no clock)."""
    with files.replaced_file(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **{k: arrays[k] for k in sorted(arrays)})


def load(folder: Path) -> Trained:
    """Read a trained model.

    Raises:
        RegistryError: a file is missing, damaged, or holds what `save` never writes.
    """
    import zipfile

    try:
        return _trained(folder)
    except ForecastError as error:
        raise RegistryError(f"the model in {folder} cannot be read: {error}") from None
    except (*DAMAGE, zipfile.BadZipFile) as error:
        raise RegistryError(
            f"the model in {folder} is missing or damaged ({type(error).__name__}: {error}); "
            "take it from the registry again or train it anew"
        ) from None


def _trained(folder: Path) -> Trained:
    """Put a model together from its files."""
    plain = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    _same_format(plain["format"])
    with np.load(folder / "arrays.npz", allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    tables = _read_tables(folder)
    panel = _panel(plain, arrays, tables["keys"])
    members = [_member(m) for m in plain["members"]]
    states = [_state(k, values, arrays) for k, values in enumerate(plain["states"])]
    learnt = _learnt(plain, arrays, len(members))
    if len(states) != len(members):
        raise RegistryError(f"{len(members)} members but {len(states)} states")
    options, moved = _options(plain["options"]), _numbers(arrays["moved"])
    if moved.shape != (len(panel.keys), options.horizon):
        raise RegistryError(f"the moves of drivers have the shape {moved.shape}")
    level = _numbers(arrays.get("level", panel.values))
    if level.shape != panel.values.shape:
        raise RegistryError(f"history on today's level has the shape {level.shape}")
    rest = [tables[name] for name in TABLES[1:]]
    seed = int(plain["seed"])
    return Trained(panel, level, options, seed, members, states, learnt, moved, *rest)


def _same_format(found: object) -> None:
    """Refuse files of another format.

    Raises:
        RegistryError: an earlier or a later program wrote them.
    """
    if not isinstance(found, int) or isinstance(found, bool):
        raise RegistryError(f"its format is {found!r}, expected the number {FORMAT}")
    if found != FORMAT:
        when = "an earlier" if found < FORMAT else "a later"
        raise RegistryError(
            f"{when} version of this program wrote it in format {found}, this one reads format "
            f"{FORMAT}; train the model again, or install the version that wrote it "
            "(`forecast models show` names it)"
        )


def _read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    import pandas as pd
    import pyarrow

    try:
        tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in TABLES}
    except pyarrow.ArrowException as error:
        raise RegistryError(f"a table is damaged: {error}") from None
    for name, columns in _NUMBERS.items():
        held = tables[name].select_dtypes("number").columns
        if len(tables[name]) and not set(columns) <= set(held):
            raise RegistryError(f"{name}.parquet lacks numbers in {', '.join(columns)}")
    return tables


def _panel(plain: dict[str, Any], arrays: dict[str, Any], keys: pd.DataFrame) -> Panel:
    periods = tuple(str(p) for p in plain["periods"])
    exposure = arrays.get("exposure")
    return Panel(_numbers(arrays["values"]), keys, periods, exposure, str(plain["measure"]))


def _member(plain: dict[str, Any]) -> Member:
    if plain["method"] not in parts.names("methods"):
        raise RegistryError(
            f"the model names the method {plain['method']!r}, which is not installed"
        )
    return Member(str(plain["name"]), str(plain["method"]), dict(plain["options"]))


def _state(k: int, values: dict[str, Any], arrays: dict[str, Any]) -> State:
    prefix = f"state{k}/"
    own = {n.removeprefix(prefix): _numbers(a) for n, a in arrays.items() if n.startswith(prefix)}
    return State(own, dict(values))


def _learnt(plain: dict[str, Any], arrays: dict[str, Any], members: int) -> Learnt:
    names = ("weight", "growth", "signs", "shape", "zero", "hard", "push")
    weight, growth, signs, shape, zero, hard, push = (_numbers(arrays[k]) for k in names)
    top, worth, rare = (_numbers(arrays[k]) for k in ("shared", "worth", "rare"))
    horizon = int(plain["options"]["horizon"])
    expected = (
        (*hard.shape, horizon, members),
        (horizon,),
        (2, SIGNS),
        (horizon, len(LEVELS)),
        (horizon,),
        (horizon,),
        POISSON.shape,
    )
    if tuple(a.shape for a in (weight, growth, signs, shape, top, worth, rare)) != expected:
        raise RegistryError(f"weights and widths have shapes other than {expected}")
    joined = Across(*(float(plain["across"][name]) for name in ("groups", "place")))
    dependence = Dependence(top, float(plain["shared_by_region"]), worth, joined)
    if zero.ndim != 3 or zero.shape[1:] != (RUN + 1, horizon):
        raise RegistryError(f"chances of zero have the shape {zero.shape}")
    if hard.shape != zero.shape[:1]:
        raise RegistryError(f"errors are of {len(hard)} groups, chances of {len(zero)}")
    if push.shape != (len(arrays["values"]),):
        raise RegistryError(f"the newest errors move {len(push)} series")
    above = tuple(_above(k, arrays, horizon) for k in range(int(plain["above"])))
    widths = Calibration(growth, signs, shape)
    slope, strength = float(plain["slope"]), float(plain["strength"])
    return Learnt(weight, widths, dependence, zero, hard, push, rare, slope, strength, above)


def _above(k: int, arrays: dict[str, Any], horizon: int) -> Above:
    codes, centre, spread = (_numbers(arrays[f"above{k}/{name}"]) for name in SUMS)
    sums = (int(codes.max()) + 1, horizon)
    if len(codes) != len(arrays["values"]) or centre.shape != sums or spread.shape != sums:
        raise RegistryError(f"the forecasts of sums have shapes other than {sums}")
    return Above(codes.astype(np.intp), centre, spread)


def _options(plain: dict[str, Any]) -> EngineOptions:
    tuples = {k: tuple(plain[k]) for k in ("groups", "levels", "additive")}
    return EngineOptions(**{**plain, **tuples})


def _numbers(array: Any) -> Any:
    if not isinstance(array, np.ndarray) or array.dtype != np.float64:
        raise RegistryError("an array is not of 64-bit floats")
    return array
