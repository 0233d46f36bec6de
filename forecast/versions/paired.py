"""Two trainings of one model side by side, and a third with what each of them knew in part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from forecast import areas, datasets, registry, specs
from forecast.errors import RegistryError
from forecast.registry import VersionInfo
from forecast.versions import mixing, plans, record, reproduction, training
from forecast.versions.mixing import Cells, Known
from forecast.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

ADDED, REVISED, POPULATION = "data added", "data revised", "population"
PRICES, SPEC, SEED = "prices", "specification", "seed"
ORDER = (ADDED, REVISED, POPULATION, PRICES, SPEC, SEED)  # in which they are taken in
Undone = tuple[str, "pd.Series[bool] | None"]  # a dataset's cells that keep their old figure
_BY_ROLE = {"population": POPULATION, "price": PRICES}


@dataclass(frozen=True)
class Pair:
    """Two versions with all that their trainings knew.

    Attributes:
        infos: the older version and the newer.
        known: what each of them was trained on.
        cells: the figures of both, side by side, for every dataset that is counted.
        area: the municipality looked at.
        year: the forecast's year.
    """

    infos: tuple[VersionInfo, VersionInfo]
    known: tuple[Known, Known]
    cells: tuple[Cells, ...]
    area: str
    year: int

    @property
    def model(self) -> str:
        """Name of the model."""
        return self.infos[0].model


def differing(pair: Pair) -> list[str]:
    """Return the factors in which two versions differ, in the order they are taken in."""
    found = data_factors(pair.known, pair.cells)
    if pair.known[0].specs != pair.known[1].specs:
        found.add(SPEC)
    if pair.infos[0].tags["seed"] != pair.infos[1].tags["seed"]:
        found.add(SEED)
    return [factor for factor in ORDER if factor in found]


def data_factors(known: tuple[Known, Known], cells: Sequence[Cells]) -> set[str]:
    """Return in which kinds of data two sides differ."""
    found = set()
    if any(c.added.any() for c in cells):
        found.add(ADDED)
    if any(c.revised.any() for c in cells):
        found.add(REVISED)
    for dataset in mixing.datasets_of(*known):
        factor = factor_of(dataset, known)
        if factor in (POPULATION, PRICES) and _differs(known, dataset):
            found.add(factor)
    return found


def factor_of(dataset: str, known: tuple[Known, Known]) -> str:
    """Return which factor a dataset belongs to: population, prices, or data (as `data added`).

    A dataset of a workspace's own is described where it was known, on one side or on both.
    """
    described = [k.workspace for k in known if dataset in specs.paths("data", k.workspace)]
    spec = datasets.get(dataset, *described[-1:])
    return _BY_ROLE.get(record.role_of(spec), ADDED)


def _differs(known: tuple[Known, Known], dataset: str) -> bool:
    before, after = (side.frame(dataset) for side in known)
    return not before.equals(after)


def read(
    workspace: Workspace,
    infos: tuple[VersionInfo, VersionInfo],
    restored: tuple[Workspace, Workspace],
    asked: tuple[str, int],
) -> Pair:
    """Read what two trainings knew from their restored workspaces; `asked` is area and year."""
    old, new = (
        Known(w, info.tags.get("known_at") or None, registry.specs_of(workspace, info))
        for w, info in zip(restored, infos, strict=True)
    )
    return Pair(infos, (old, new), cells_of(old, new), *asked)


def cells_of(old: Known, new: Known) -> tuple[Cells, ...]:
    """Return the figures of both sides for every dataset that is counted."""
    data = [name for name in mixing.datasets_of(old, new) if factor_of(name, (old, new)) == ADDED]
    return tuple(mixing.side_by_side(name, old, new) for name in data)


def value(pair: Pair, state: frozenset[str], factors: Sequence[str]) -> pd.Series[float]:
    """Train with some factors new and the others old; return the forecast, by series."""
    if not state or state == frozenset(factors):
        end = 1 if state else 0
        plan = reproduction.planned(pair.known[end].workspace, pair.infos[end])
        return _forecast(pair, plan, int(pair.infos[end].tags["seed"]))
    return mixed(pair, state, taken(pair.cells, state))


def taken(
    cells: Sequence[Cells], state: frozenset[str], undone: Undone = ("", None)
) -> list[pd.Series[bool]]:
    """Return, by dataset, the cells that are new in a state; some cells of one may stay old."""
    found = []
    for c in cells:
        new = (c.added & (ADDED in state)) | (c.revised & (REVISED in state))
        found.append(new & ~undone[1] if undone[1] is not None and undone[0] == c.dataset else new)
    return found


def mixed(pair: Pair, state: frozenset[str], takes: Sequence[Any]) -> pd.Series[float]:
    """Train on mixed cells, with the other factors as the state says."""
    with scratch() as target:
        fill(target, pair.known, list(zip(pair.cells, takes, strict=True)), state)
        info = pair.infos[SEED in state]
        plan = plans.plan(target, pair.model)
        return _forecast(pair, plan, int(info.tags["seed"]))


def fill(
    target: Workspace,
    known: tuple[Known, Known],
    cells: Sequence[tuple[Cells, pd.Series[bool]]],
    state: frozenset[str],
) -> None:
    """Fill a workspace with mixed cells, and with the other data and specifications of a state."""
    for mix, take in cells:
        mixing.mixture(target, mix, take, _describing(known, mix.dataset))
    for dataset in mixing.datasets_of(*known):
        factor = factor_of(dataset, known)
        if factor != ADDED:
            mixing.whole(known[factor in state], dataset, target)
    mixing.specified(target, known[SPEC in state].specs)


def _describing(known: tuple[Known, Known], dataset: str) -> Known:
    """Return the side whose manifest describes mixed cells: the newer that had the dataset."""
    return next(side for side in reversed(known) if len(side.frame(dataset)))


@contextmanager
def scratch() -> Iterator[Workspace]:
    """Yield a workspace that is thrown away."""
    with TemporaryDirectory(prefix="social-forecast-") as name:
        yield Workspace(Path(name))


def _forecast(pair: Pair, plan: plans.Plan, seed: int) -> pd.Series[float]:
    trained = training.fit(plan, seed)
    futures = record.forecast_of(trained, plan, seed)
    return pick(record.long(futures), pair.area, pair.year)


def pick(said: pd.DataFrame, area: str, year: int) -> pd.Series[float]:
    """Return the mean forecast of one area and year, by its other keys."""
    mean = said[said["quantile"].isna() & (said["area"] == area)]
    mean = mean[mean["period"].str[:4] == str(year)]
    if mean.empty:
        level = areas.level_of(said["area"].unique())
        raise RegistryError(
            f"the version holds no forecast of {year} for {areas.name(area)} ({area}); name a "
            f"{level} that it forecasts (--{level})"
        )
    keys = [c for c in ("service", "age", "function", "sex") if c in mean] or ["area"]
    found: pd.Series[float] = mean.groupby(keys, sort=True)["value"].mean()
    return found


def year(said: Sequence[pd.DataFrame], year: int | None) -> int:
    """Return the year asked for, or the last one that both forecast whole."""
    whole = []
    for frame in said:
        held = frame["period"].drop_duplicates().str[:4].value_counts()
        whole.append({int(str(y)) for y, n in held.items() if n == held.max()})
    shared = sorted(whole[0] & whole[1])
    if not shared:
        raise RegistryError("the two versions forecast no year in common")
    if year is not None and year not in shared:
        raise RegistryError(
            f"year {year} is not forecast by both; both forecast {shared[0]} to {shared[-1]}"
        )
    return shared[-1] if year is None else year
