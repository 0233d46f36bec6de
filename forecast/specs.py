"""Specifications: what a model, a dataset or a report is, and where its file lies."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forecast import files, measures, parts, periods, tomlfile
from forecast.errors import ForecastError, SpecError, suggestion
from forecast.workspace import Workspace

KINDS = ("data", "models", "reports")


def paths(kind: str, workspace: Workspace | None = None) -> dict[str, Path]:
    """Return the specification files of a kind by name; the workspace's own win over shipped ones.

    Args:
        kind: `data`, `models` or `reports`.
        workspace: where `specs/<kind>/*.toml` may add to or override what ships.
    """
    folders = [files.assets() / kind]
    if workspace is not None:
        folders.append(workspace.specs / kind)
    return {p.stem: p for folder in folders for p in sorted(folder.glob("*.toml"))}


def names(kind: str, workspace: Workspace | None = None) -> list[str]:
    """Return the names of all specifications of a kind."""
    return sorted(paths(kind, workspace))


def path(kind: str, name: str, workspace: Workspace | None = None) -> Path:
    """Return the file of one specification.

    Raises:
        SpecError: there is none of that name; the sentence suggests the nearest.
    """
    known = paths(kind, workspace)
    if name not in known:
        raise SpecError(
            f"there is no {name!r} in {kind}/{suggestion(name, sorted(known))} "
            f"(there are: {', '.join(sorted(known))})"
        )
    return known[name]


def named(file: Path) -> str:
    """Return what a sentence calls a specification: `models/x.toml` if shipped, else its path."""
    shipped = files.assets()
    return str(file.relative_to(shipped)) if file.is_relative_to(shipped) else str(file)


def called(kind: str, name: str, workspace: Workspace | None = None) -> str:
    """Return what a sentence calls the specification of a name, there or not."""
    file = paths(kind, workspace).get(name)
    return named(file) if file else f"{kind}/{name}.toml"


@dataclass(frozen=True)
class BacktestSpec:
    """How a model is tried on the past: how many rolling origins."""

    origins: int = 5


@dataclass(frozen=True)
class ModelSpec:
    """All of one model (models/NAME.toml).

    Attributes:
        title: in Danish and English, for reports.
        measure: what is forecast (data/registers/measures.toml).
        data: name of the dataset.
        input: module of forecast/inputs that builds the panel.
        exposure: ages whose population the rate refers to (`18+`, `0-17`), empty for none.
        where: dimension values that the panel keeps, such as `age = ["18+"]`.
        scale: `log`, `logit` or `identity`: where errors are additive.
        levels: key columns that add up, from below the total down (`["region"]`); none for rates.
        groups: key columns whose series share strength (`["service"]`).
        start: first period used; the break register says why.
        horizon: periods ahead, past the last observed one.
        methods: table of a method's options by its name.
        drivers: by the name of a driver's model, its `lag` (`1Y`, `2Q`): years or quarters later.
    """

    name: str
    title: dict[str, str]
    measure: str
    data: str
    scale: str
    horizon: int
    input: str = "measure"
    exposure: str = ""
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    start: str = ""
    methods: dict[str, dict[str, Any]] = field(default_factory=dict)
    drivers: dict[str, dict[str, Any]] = field(default_factory=dict)
    backtest: BacktestSpec = field(default_factory=BacktestSpec)


SCALES = ("log", "logit", "identity")
HORIZON = 200  # periods: beyond half a century of quarters nothing is known
ORIGINS = 40


def model(name: str, workspace: Workspace | None = None) -> ModelSpec:
    """Read one model's TOML.

    Raises:
        SpecError: a key is unknown or wrong, or names a method, an input or a driver that is not
            there.
    """
    file = path("models", name, workspace)
    where = named(file)
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,79}", name):
        raise SpecError(
            f"{where}: rename the file to small letters, digits and _, such as mine.toml"
        )
    spec = tomlfile.record(ModelSpec, {"name": name, **tomlfile.read(file)}, where)
    try:
        _check_model(spec, where)
        for driver, options in spec.drivers.items():
            path("models", driver, workspace)
            _check_driver(spec, f"{where}: drivers.{driver}", driver, options)
    except ForecastError as error:  # what it names is looked up by others, who know no file
        if str(error).startswith(where):
            raise
        raise SpecError(f"{where}: {error}") from None
    return spec


def _check_model(spec: ModelSpec, where: str) -> None:
    if spec.scale not in SCALES:
        raise SpecError(f"{where}: scale is {spec.scale!r}; expected one of {', '.join(SCALES)}")
    for key, value, most in (
        ("horizon", spec.horizon, HORIZON),
        ("backtest.origins", spec.backtest.origins, ORIGINS),
    ):
        if not 1 <= value <= most:
            raise SpecError(f"{where}: {key} is {value}; expected at least 1 and at most {most}")
    if set(spec.title) != {"da", "en"}:
        raise SpecError(f"{where}: title needs da and en, and only these")
    low, high = periods.YEARS
    if spec.start and not low <= periods.parse(spec.start).year <= high:
        raise SpecError(
            f"{where}: start is {spec.start!r}, and no figure lies there; expected a period of "
            f'{low} to {high}, such as "2015" or "2018Q1"'
        )
    measures.get(spec.measure)
    _check_methods(spec, where, parts.names("methods"))
    if spec.input not in parts.names("inputs"):
        raise SpecError(f"{where}: unknown input {spec.input!r}")


def _check_methods(spec: ModelSpec, where: str, known: list[str]) -> None:
    """Refuse methods that are unknown, or named for levels where the model has no sums."""
    top = ["nation", *spec.levels] if spec.levels else []
    at = [*top, "municipality"]
    for method, options in spec.methods.items():
        if method not in known:
            raise SpecError(f"{where}: unknown method {method!r}{suggestion(method, known)}")
        levels = options.get("levels", at)
        wrong = [x for x in levels if x not in at] if isinstance(levels, list) else [levels]
        if wrong or not levels:
            raise SpecError(
                f"{where}: methods.{method}.levels is {levels!r}; expected some of {', '.join(at)} "
                "(else the method would never take part)"
            )


def _check_driver(spec: ModelSpec, where: str, driver: str, options: dict[str, Any]) -> None:
    if driver == spec.name:
        raise SpecError(f"{where}: a model cannot drive itself; name another model")
    if spec.input != "measure":
        raise SpecError(f"{where}: only models of input measure take drivers; remove it")
    unknown = [key for key in options if key != "lag"]
    if unknown:
        raise SpecError(f"{where}: unknown key {unknown[0]!r} (known: lag)")
    lag_years(options.get("lag"), where)


def lag_years(text: object, where: str) -> float:
    """Return a driver's lag, such as `1Y` or `2Q`, in years.

    Raises:
        SpecError: it is not of that form; what is younger than a quarter drives no forecast.
    """
    found = re.fullmatch(r"([1-9]\d?)([YQ])", str(text))
    if found is None:
        raise SpecError(
            f"{where}: lag is {text!r}; expected years or quarters of at least one, "
            'such as "1Y" or "2Q"'
        )
    return int(found[1]) / (1 if found[2] == "Y" else 4)
