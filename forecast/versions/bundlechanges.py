"""Why a projected cost changed from one bundle to the next, in parts that sum to the change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any

from forecast import areas, projection, registry
from forecast.costs.adjustments import Adjustment, AdjustmentFile
from forecast.costs.expected import YearToDate
from forecast.errors import ProjectionError
from forecast.projection.demand import Loaded
from forecast.versions import mixing, paired, reproduction, training
from forecast.versions.changes import SOFTWARE, WORDS, less, steps
from forecast.versions.mixing import Cells, Known
from forecast.versions.paired import SEED, SPEC

if TYPE_CHECKING:
    import pandas as pd

    from forecast.bundle import Bundle
    from forecast.engine.training import Trained
    from forecast.registry import VersionInfo
    from forecast.workspace import Workspace

ADJUSTMENTS = "adjustments"
ORDER = (*paired.ORDER[:-1], ADJUSTMENTS, SEED)


@dataclass(frozen=True)
class CostChange:
    """A change of a municipality's net cost between two bundles, split into its causes.

    Attributes:
        old: id of the earlier bundle.
        new: id of the later one.
        area: the municipality.
        year: the year projected.
        terms: function, term, value in DKK 1,000, current prices; by function they sum to its
            change.
        before: net cost by function in the earlier bundle.
        after: the same in the later one.
    """

    old: str
    new: str
    area: str
    year: int
    terms: pd.DataFrame
    before: pd.Series[float]
    after: pd.Series[float]

    @property
    def total(self) -> pd.Series[float]:
        """The terms, summed over functions."""
        return self.terms.groupby("term", sort=False)["value"].sum()

    @property
    def table(self) -> pd.DataFrame:
        """One row a function: cost before, each term, and cost after."""
        wide = self.terms.pivot_table(index="function", columns="term", values="value", sort=False)
        wide.insert(0, "before", self.before)
        wide["after"] = self.after
        return wide.fillna(0.0)

    @property
    def sentences(self) -> list[str]:
        """The change in words, million DKK: the whole, then each cause, the largest first."""
        old, new = (float(side.sum()) / 1000 for side in (self.before, self.after))
        found = [
            f"{areas.name(self.area)}, {self.year}: net DKK {old:,.1f} million in {self.old}, "
            f"{new:,.1f} million in {self.new}, a change of {new - old:+,.1f}"
        ]
        order = self.total.abs().sort_values(ascending=False, kind="stable").index
        words = {**WORDS, ADJUSTMENTS: "other adjustments"}
        return found + [
            f"{words[str(t)]}: {self.total[t] / 1000:+,.2f}" for t in order if self.total[t] != 0
        ]

    def plain(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {
            "old": self.old, "new": self.new, "area": self.area, "year": self.year,
            "before": float(self.before.sum()), "after": float(self.after.sum()),
            "terms": self.terms.to_dict("records"),
        }  # fmt: skip


@dataclass(frozen=True)
class _Sides:
    """Two bundles, their models' versions, and what each side knew."""

    bundles: tuple[Bundle, Bundle]
    infos: tuple[Mapping[str, VersionInfo], Mapping[str, VersionInfo]]
    known: tuple[Known, Known]
    cells: tuple[Cells, ...]
    asked: tuple[str, int]
    held: dict[tuple[str, frozenset[str]], Trained] = field(default_factory=dict)


def explain(
    workspace: Workspace, old: Bundle, new: Bundle, area: str, *, year: int | None = None
) -> CostChange:
    """Split the change of a municipality's net cost between two bundles into its causes.

    All models are trained, and cost projected, after each step; a model that a step does not
    concern is not trained again.

    Args:
        workspace: where the vintages and versions of both lie.
        old: the earlier bundle.
        new: the later one.
        area: code of the municipality.
        year: of the projection; the new bundle's budget year where none is given.

    Raises:
        ForecastError: a bundle has no cost, or what it was made from is no longer there.
    """
    import pandas as pd

    chosen = int(new.meta["budget_year"]) if year is None else year
    before, after = (_net(bundle, (area, chosen)) for bundle in (old, new))
    with _sides(workspace, (old, new), (area, chosen)) as sides:
        factors = _differing(sides)
        value = cache(lambda state: _value(sides, state, factors))
        taken = steps(factors, value)
        first, last = value(frozenset()), value(frozenset(factors))
    taken[SOFTWARE] = less(after, last).add(less(first, before), fill_value=0.0)
    parts = [part.rename("value").reset_index().assign(term=name) for name, part in taken.items()]
    terms = pd.concat(parts, ignore_index=True)[["function", "term", "value"]]
    return CostChange(old.id, new.id, area, chosen, terms, before, after)


@contextmanager
def _sides(
    workspace: Workspace, bundles: tuple[Bundle, Bundle], asked: tuple[str, int]
) -> Iterator[_Sides]:
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
            known.append(Known(then, max(dates) or None, texts))
        pair = (known[0], known[1])
        yield _Sides(bundles, infos, pair, paired.cells_of(*pair), asked)


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


def _differing(sides: _Sides) -> list[str]:
    found = paired.data_factors(sides.known, sides.cells)
    old, new = (bundle.meta for bundle in sides.bundles)
    if sides.known[0].specs != sides.known[1].specs or old["budget_year"] != new["budget_year"]:
        found.add(SPEC)
    if any(old[key] != new[key] for key in (ADJUSTMENTS, "year_to_date")):
        found.add(ADJUSTMENTS)
    seeds = [{n: i.tags["seed"] for n, i in infos.items()} for infos in sides.infos]
    if seeds[0] != seeds[1] or any(old[key] != new[key] for key in ("seed", "draws")):
        found.add(SEED)
    return [factor for factor in ORDER if factor in found]


def _value(sides: _Sides, state: frozenset[str], factors: Sequence[str]) -> pd.Series[float]:
    """Train and project with some factors new and the others old."""
    meta = sides.bundles[SEED in state].meta
    with _ground(sides, state, factors) as (ground, known_at):
        models = {
            name: Loaded(name, _trained(sides, name, state, (ground, known_at)))
            for name in sides.infos[SEED in state]
        }
        prepared = projection.prepare(
            ground, int(sides.bundles[SPEC in state].meta["budget_year"]),
            size=int(meta["draws"]), seed=int(meta["seed"]), load_models=lambda *_: models,
        )  # fmt: skip
        files = _files(sides.bundles[ADJUSTMENTS in state])
        return _net(projection.evaluate(prepared, files), sides.asked)


@contextmanager
def _ground(
    sides: _Sides, state: frozenset[str], factors: Sequence[str]
) -> Iterator[tuple[Workspace, str | None]]:
    """Yield the workspace of a state, and the date whose knowledge counts: exact at both ends."""
    if not state or state == frozenset(factors):
        side = sides.known[bool(state)]
        yield side.workspace, side.known_at
        return
    with paired.scratch() as target:
        takes = paired.taken(sides.cells, state)
        paired.fill(target, sides.known, list(zip(sides.cells, takes, strict=True)), state)
        yield target, None


def _trained(
    sides: _Sides, name: str, state: frozenset[str], ground: tuple[Workspace, str | None]
) -> Trained:
    """Train a model on a state's data, once for all states that are the same to it."""
    seed = int(sides.infos[SEED in state][name].tags["seed"])
    plan = training.plan(ground[0], name, ground[1])
    read = {vintage.dataset for vintage in plan.inputs.used}
    concern = frozenset(f for f in state if _concerns(sides, f, (name, read)))
    if (name, concern) not in sides.held:
        sides.held[name, concern] = training.fit(plan, seed)
    return sides.held[name, concern]


def _concerns(sides: _Sides, factor: str, model: tuple[str, set[str]]) -> bool:
    """Whether a factor changes anything for a model, given by name and datasets that it reads."""
    name, read = model
    if factor == SEED:
        seeds = {infos[name].tags["seed"] for infos in sides.infos if name in infos}
        return len(seeds) > 1
    if factor == SPEC:
        return _specified(sides, name)
    if factor in (paired.ADDED, paired.REVISED):
        which = "added" if factor == paired.ADDED else "revised"
        return any(getattr(c, which).any() for c in sides.cells if c.dataset in read)
    return any(paired.factor_of(dataset) == factor for dataset in read)


def _specified(sides: _Sides, name: str) -> bool:
    """Whether a model's own TOML differs, or one that all may read; unit costs read every one."""
    old, new = (known.specs for known in sides.known)
    changed = {path for path in {*old, *new} if old.get(path) != new.get(path)}
    if name == projection.UNIT_COSTS:
        return bool(changed)
    return any(p == f"models/{name}.toml" or not p.startswith("models/") for p in changed)


def _files(bundle: Bundle) -> list[AdjustmentFile]:
    """Return a bundle's adjustments as they were applied, in their order."""
    names = {f.name for f in fields(Adjustment)}
    given = tuple(
        Adjustment(**{k: v for k, v in entry.items() if k in names})
        for entry in bundle.meta[ADJUSTMENTS]
    )
    booked = tuple(YearToDate(**entry) for entry in bundle.meta["year_to_date"])
    return [AdjustmentFile(bundle.id, "", given, booked)] if given or booked else []


def _net(bundle: Bundle, asked: tuple[str, int]) -> pd.Series[float]:
    """Return mean net cost of an area and year by account function, DKK 1,000, current prices."""
    area, year = asked
    rows = bundle.rows(
        "cost", area=area, year=str(year), service="", price="current", component="net",
        series="forecast",
    )  # fmt: skip
    rows = rows[rows["quantile"].isna() & (rows["function"] != "")]
    if rows.empty:
        raise ProjectionError(
            f"bundle {bundle.id or 'in the making'} holds no forecast cost of {areas.name(area)} "
            f"in {year}; {bundle.meta['cost_reason'] or 'choose another year'}"
        )
    found: pd.Series[float] = rows.set_index("function")["value"].astype(float).sort_index()
    return found
