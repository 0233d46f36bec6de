"""Two bundles side by side: what each was made from, and cost with a part of it exchanged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from forecast import projection, registry, software
from forecast.costs.adjustments import Adjustment, AdjustmentFile
from forecast.costs.expected import YearToDate
from forecast.errors import ProjectionError
from forecast.projection.demand import Loaded
from forecast.versions import mixing, netcost, paired, plans, reproduction, training
from forecast.versions.mixing import Cells, Known
from forecast.versions.paired import PRICES, SEED, SPEC, Undone

if TYPE_CHECKING:
    import pandas as pd

    from forecast.bundle import Bundle
    from forecast.engine.trained import Trained
    from forecast.registry import VersionInfo
    from forecast.workspace import Workspace

ADJUSTMENTS = "adjustments"
ORDER = (*paired.ORDER[:-1], ADJUSTMENTS, SEED)
NOTHING: Undone = ("", None)


@dataclass(frozen=True)
class Sides:
    """Two bundles, their models' versions, and what each side knew.

    Attributes:
        workspace: where bundles, versions and vintages lie.
        bundles: the earlier and the later.
        infos: the version by model, of each bundle.
        known: what each of them was made from.
        cells: the figures of both, by dataset.
        asked: area and year.
        held: models that are trained already, by name and the new factors that concern them.
    """

    workspace: Workspace
    bundles: tuple[Bundle, Bundle]
    infos: tuple[Mapping[str, VersionInfo], Mapping[str, VersionInfo]]
    known: tuple[Known, Known]
    cells: tuple[Cells, ...]
    asked: tuple[str, int]
    held: dict[tuple[str, frozenset[str]], Trained] = field(default_factory=dict)

    @cached_property
    def factors(self) -> list[str]:
        """The factors in which the two differ, in the order they are taken in."""
        return _differing(self)

    def info(self, name: str, new: bool) -> VersionInfo:
        """Return a model's version of one side; of the other, where only that one has it."""
        return self.infos[new].get(name) or self.infos[not new][name]


@contextmanager
def opened(
    workspace: Workspace, bundles: tuple[Bundle, Bundle], asked: tuple[str, int]
) -> Iterator[Sides]:
    """Yield two bundles with what each was made from, put back into workspaces of their own.

    Raises:
        ForecastError: a version or vintage is no longer there, or is another.
    """
    infos = (_versions(workspace, bundles[0]), _versions(workspace, bundles[1]))
    with ExitStack() as stack:
        known = []
        for bundle, versions in zip(bundles, infos, strict=True):
            then = stack.enter_context(paired.scratch())
            reproduction.put(workspace, then, _sources(workspace, bundle, versions))
            texts: dict[str, str] = {}
            for info in versions.values():
                texts |= registry.specs_of(workspace, info)
            dates = {info.tags.get("known_at") or "" for info in versions.values()}
            mixing.specified(then, texts)
            # One model that knows everything makes a bundle that does.
            known.append(Known(then, None if "" in dates else max(dates), texts))
        pair = (known[0], known[1])
        yield Sides(workspace, bundles, infos, pair, paired.cells_of(*pair), asked)


def _differing(sides: Sides) -> list[str]:
    found = paired.data_factors(sides.known, sides.cells)
    old, new = (bundle.meta for bundle in sides.bundles)
    if old["price_vintage"] != new["price_vintage"]:
        found.add(PRICES)
    specified = [(k.specs, sorted(i)) for k, i in zip(sides.known, sides.infos, strict=True)]
    if specified[0] != specified[1] or old["budget_year"] != new["budget_year"]:
        found.add(SPEC)
    if any(old[key] != new[key] for key in (ADJUSTMENTS, "year_to_date")):
        found.add(ADJUSTMENTS)
    seeds = [{n: i.tags["seed"] for n, i in infos.items()} for infos in sides.infos]
    shared = seeds[0].keys() & seeds[1].keys()
    if any(seeds[0][n] != seeds[1][n] for n in shared) or any(
        old[key] != new[key] for key in ("seed", "draws")
    ):
        found.add(SEED)
    return [factor for factor in ORDER if factor in found]


def same_program(sides: Sides, new: bool) -> bool:
    """Whether a bundle and all its versions were made by the program that is installed now."""
    made = sides.bundles[new].meta["software"]
    if software.differences(made, software.describe()):
        return False
    return not any(_program_changed(sides, info) for info in sides.infos[new].values())


def _program_changed(sides: Sides, info: VersionInfo) -> bool:
    return bool(reproduction.program_differences(sides.workspace, info))


def value(sides: Sides, state: frozenset[str], undone: Undone = NOTHING) -> pd.Series[float]:
    """Return net cost by function, trained and projected with some factors new, others old.

    Args:
        sides: the two bundles.
        state: the factors that are new.
        undone: revised cells that stay old all the same.
    """
    meta = sides.bundles[SEED in state].meta
    with _ground(sides, state, undone) as (ground, known_at):
        models = {
            name: Loaded(
                name,
                _trained(sides, name, state, (ground, known_at, undone[0])),
                {"known_at": known_at or ""},
            )
            for name in sides.infos[SPEC in state]
        }
        asked: projection.Asked = {
            "size": int(meta["draws"]), "seed": int(meta["seed"]), "known_at": known_at,
            "price_estimate": str(sides.bundles[PRICES in state].meta["price_vintage"]),
            "load_models": lambda *_: models,
        }  # fmt: skip
        year = int(sides.bundles[SPEC in state].meta["budget_year"])
        prepared = projection.prepare(ground, year, **asked)
        return netcost.expected(prepared, _files(sides.bundles[ADJUSTMENTS in state]), *sides.asked)


@contextmanager
def _ground(
    sides: Sides, state: frozenset[str], undone: Undone
) -> Iterator[tuple[Workspace, str | None]]:
    """Yield the workspace of a state, and the date whose knowledge counts: exact at both ends."""
    if undone[1] is None and (not state or state == frozenset(sides.factors)):
        side = sides.known[bool(state)]
        yield side.workspace, side.known_at
        return
    with paired.scratch() as target:
        takes = paired.taken(sides.cells, state, undone)
        paired.fill(target, sides.known, list(zip(sides.cells, takes, strict=True)), state)
        yield target, None


def _trained(
    sides: Sides, name: str, state: frozenset[str], ground: tuple[Workspace, str | None, str]
) -> Trained:
    """Train a model on a state's data, once for all states that are the same to it.

    A state that is one of the ends to a model is the version that was registered, where the
    program is still the one that trained it. `ground` is workspace, date, and the dataset some
    of whose cells are undone.
    """
    seed = int(sides.info(name, SEED in state).tags["seed"])
    if ground[2] and ground[2] in _read(sides, name):
        return training.fit(plans.plan(ground[0], name, ground[1]), seed)
    everything = frozenset(f for f in sides.factors if _concerns(sides, f, name))
    concern = state & everything
    if (name, concern) not in sides.held:
        registered = _registered(sides, name, concern, everything)
        sides.held[name, concern] = registered or training.fit(
            plans.plan(ground[0], name, ground[1]), seed
        )
    return sides.held[name, concern]


def _registered(
    sides: Sides, name: str, concern: frozenset[str], everything: frozenset[str]
) -> Trained | None:
    """Return the registered model where a state is an end to it and the program the same."""
    if concern and concern != everything:
        return None
    info = sides.info(name, new=bool(concern))
    if _program_changed(sides, info):
        return None
    return registry.load(sides.workspace, name, info.version)[0]


def _read(sides: Sides, name: str) -> set[str]:
    """Return the datasets that a model was trained on, on either side."""
    return {
        str(source["dataset"])
        for infos in sides.infos
        if name in infos
        for source in registry.facts(sides.workspace, infos[name], "sources")
    }


def _concerns(sides: Sides, factor: str, name: str) -> bool:
    """Whether a factor changes anything for a model."""
    if factor == SEED:
        return len({infos[name].tags["seed"] for infos in sides.infos if name in infos}) > 1
    if factor == SPEC:
        return _specified(sides, name)
    read = _read(sides, name)
    if factor in (paired.ADDED, paired.REVISED):
        which = "added" if factor == paired.ADDED else "revised"
        return any(getattr(c, which).any() for c in sides.cells if c.dataset in read)
    return any(paired.factor_of(dataset, sides.known) == factor for dataset in read)


def _specified(sides: Sides, name: str) -> bool:
    """Whether a model's own TOML differs, or one that all may read; unit costs read every one."""
    old, new = (known.specs for known in sides.known)
    changed = {path for path in {*old, *new} if old.get(path) != new.get(path)}
    if name == projection.UNIT_COSTS:
        return bool(changed)
    return any(p == f"models/{name}.toml" or not p.startswith("models/") for p in changed)


def _versions(workspace: Workspace, bundle: Bundle) -> dict[str, VersionInfo]:
    """Return the versions that a bundle was made of."""
    found = {}
    for name, model in bundle.meta["models"].items():
        info = registry.version(workspace, name, int(model["version"]))
        if info.sha256 != model["sha256"]:
            raise ProjectionError(
                f"bundle {bundle.id} was made of another {info.reference} than the one in this "
                "workspace's store; explain it where it was made"
            )
        found[name] = info
    return found


def _sources(
    workspace: Workspace, bundle: Bundle, versions: Mapping[str, VersionInfo]
) -> list[dict[str, Any]]:
    """Return all vintages that a bundle or one of its models was made from."""
    sources = {str(v["id"]): v for v in bundle.meta["vintages"]}
    for info in versions.values():
        sources |= {str(s["id"]): s for s in registry.facts(workspace, info, "sources")}
    return list(sources.values())


def _files(bundle: Bundle) -> list[AdjustmentFile]:
    """Return a bundle's adjustments as they were applied, in their order."""
    names = {f.name for f in fields(Adjustment)}
    given = tuple(
        Adjustment(**{k: v for k, v in entry.items() if k in names})
        for entry in bundle.meta[ADJUSTMENTS]
    )
    booked = tuple(YearToDate(**entry) for entry in bundle.meta["year_to_date"])
    return [AdjustmentFile(bundle.id, "", given, booked)] if given or booked else []
