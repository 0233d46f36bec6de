"""Compare two versions on the same origins and the same figures, and decide who is champion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecast import areas, registry, services
from forecast.errors import RegistryError
from forecast.registry import VersionInfo
from forecast.seeds import generator
from forecast.versions import differences, reproduction

if TYPE_CHECKING:
    import pandas as pd

    from forecast.workspace import Workspace

RESAMPLES = 1000
SEED = 20260501  # of the resampling alone: a comparison must say the same each time
# Measured coverage outside these is out of bounds; backtests of a hundred related series hold
# few independent outcomes, so the bounds are wide.
BOUNDS = {"coverage80": (0.65, 0.93), "coverage95": (0.85, 0.995)}
INTERVALS = {"coverage80": (0.1, 0.9), "coverage95": (0.025, 0.975)}
TOLERANCE = 0.02  # loss may be so much higher in the point estimate before a version is worse
_CELL = ("origin", "period", "horizon", "quantile")


INTERVAL_NAMES = {"coverage80": "80 % interval", "coverage95": "95 % interval"}


@dataclass(frozen=True)
class Group:
    """How much better a version is in one group: a service, a region, a size, a horizon.

    Attributes:
        by: what is grouped by.
        name: of the group, readable.
        skill: as of a comparison, with `lower` and `upper`.
        n: how many forecasts it rests on.
    """

    by: str
    name: str
    skill: float
    lower: float
    upper: float
    n: int

    @property
    def verdict(self) -> str:
        """Whether the whole interval lies on one side of 0."""
        if self.lower > 0:
            return "better"
        return "worse" if self.upper < 0 else ""


class NothingSharedError(RegistryError):
    """Two versions have no forecast of the past in common, so that neither can be the better."""


@dataclass(frozen=True)
class Comparison:
    """How much better a new version is than an old one.

    Attributes:
        old: the version in use.
        new: the version that would take its place.
        skill: 1 − new loss ÷ old loss (scaled pinball loss over all quantiles); positive: better.
        lower: 95 % limit of the skill, resampling municipalities.
        upper: the other limit.
        cells: forecasts that both made of the same figure.
        origins: the origins that both have.
        groups: by, group, skill, lower, upper, n: where it is better and where worse.
        coverage: version, interval, share, n on the same cells.
        differences: what differs between the two: data, specification, software, seed.
        rerun: whether the old version was tried again on the new one's data.
    """

    old: VersionInfo
    new: VersionInfo
    skill: float
    lower: float
    upper: float
    cells: int
    origins: tuple[str, ...]
    groups: pd.DataFrame
    coverage: pd.DataFrame
    differences: tuple[str, ...]
    rerun: bool

    @property
    def same(self) -> bool:
        """Whether both forecast the past exactly alike."""
        return self.skill == self.lower == self.upper == 0

    @property
    def named_groups(self) -> tuple[Group, ...]:
        """The groups with readable names, in their order."""
        return tuple(
            Group(
                by=str(row["by"]).replace("_", " "),
                name=_readable(str(row["by"]), str(row["group"])),
                skill=float(row["skill"]),
                lower=float(row["lower"]),
                upper=float(row["upper"]),
                n=int(row["n"]),
            )
            for row in self.groups.to_dict("records")
        )

    def surely(self, verdict: str) -> tuple[Group, ...]:
        """Return the groups that are surely `better` or `worse`, the largest difference first."""
        found = [group for group in self.named_groups if group.verdict == verdict]
        return tuple(sorted(found, key=lambda group: -abs(group.skill)))

    @property
    def shares(self) -> dict[str, tuple[float, float]]:
        """Shares of outcomes inside each interval, old and new."""
        wide = self.coverage.pivot_table(index="interval", columns="version", values="share")
        return {str(n): (float(row["old"]), float(row["new"])) for n, row in wide.iterrows()}

    @property
    def worse(self) -> bool:
        """Whether the new version is worse: surely, or by more than a little."""
        return self.upper < 0 or self.skill < -TOLERANCE

    @property
    def out_of_bounds(self) -> tuple[str, ...]:
        """The new version's intervals whose coverage is out of bounds, in words."""
        found = []
        for row in self.coverage[self.coverage["version"] == "new"].itertuples():
            low, high = BOUNDS[str(row.interval)]
            if not low <= float(str(row.share)) <= high:
                found.append(
                    f"its {INTERVAL_NAMES[str(row.interval)]} held {float(str(row.share)):.1%} of "
                    f"outcomes (bounds {low:.0%} to {high:.1%})"
                )
        return tuple(found)

    @property
    def sentence(self) -> str:
        """The comparison in one sentence."""
        if self.same:
            return f"{self.new.reference} forecasts the past exactly as {self.old.reference} does"
        word = "better" if self.skill >= 0 else "worse"
        return (
            f"{self.new.reference} is {abs(self.skill):.1%} {word} than {self.old.reference} "
            f"(95 % interval {self.lower:+.1%} to {self.upper:+.1%}; {self.cells} forecasts from "
            f"{len(self.origins)} origins)"
        )


def compare(workspace: Workspace, old: VersionInfo, new: VersionInfo) -> Comparison:
    """Compare two versions of one model on the cells that both forecast from the same origins.

    Outcomes are those of the newer data. Where the two share no origin, the old version's
    specification is tried again on the new one's data.

    Raises:
        RegistryError: the two are of different models.
        NothingSharedError: they have no forecast of the past in common.
    """
    if old.model != new.model:
        raise RegistryError(
            f"{old.reference} and {new.reference} are versions of different models; "
            "compare two versions of one"
        )
    theirs = registry.table(workspace, new, "backtest")
    both = _matched(registry.table(workspace, old, "backtest"), theirs)
    rerun = both.empty
    if rerun:
        both = _matched(_tried_again(workspace, old, new), theirs)
    if both.empty:
        raise NothingSharedError(
            f"{old.reference} and {new.reference} have no forecast of the past in common; "
            "their series or periods differ. Decide with --because"
        )
    losses = _losses(both, registry.table(workspace, new, "history"))
    skill, lower, upper = _skill(losses)
    return Comparison(
        old, new, skill, lower, upper, len(losses), tuple(sorted(both["origin"].unique())),
        _groups(losses), _coverage(both), differences.of(workspace, old, new), rerun,
    )  # fmt: skip


def _readable(by: str, group: str) -> str:
    """Return what people call a group."""
    if by == "service" and group in services.table():
        return services.title(group, "en")
    if by == "region":
        return areas.name(group)
    return f"{group} ahead" if by == "horizon" else group


def _tried_again(workspace: Workspace, old: VersionInfo, new: VersionInfo) -> pd.DataFrame:
    """Return the backtest of the old specification on the new version's data."""
    from forecast import specs
    from forecast.engine.backtest import backtest
    from forecast.files import write_text
    from forecast.seeds import seed_of
    from forecast.versions import plans

    with reproduction.restored(workspace, new) as then:
        text = registry.spec_of(workspace, old)
        write_text(then.specs / "models" / f"{old.model}.toml", text)
        spec = specs.model(old.model, then)
        plan = plans.planned(spec, text, then, new.tags.get("known_at") or None)
        seed = seed_of(int(old.tags["seed"]), old.model)
        return backtest(plan.inputs.panel, plan.options, seed).table


def _matched(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Join two backtests on series, origin, period and quantile; outcomes are the newer ones."""
    shared = [c for c in new.columns if c in old.columns and c not in ("value", "actual", "method")]
    before, after = (f[f["quantile"].notna() & (f["method"] == "combination")] for f in (old, new))
    return before[[*shared, "value"]].merge(
        after[[*shared, "value", "actual"]], on=shared, suffixes=("_old", "_new")
    )


def _losses(both: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Return one row a forecast: keys, cell, scaled pinball loss of old and of new."""
    keys = [c for c in both.columns if c not in (*_CELL, "value_old", "value_new", "actual")]
    level = both["quantile"].to_numpy(dtype=float)
    rows = both.copy()
    for which in ("old", "new"):
        gap = both["actual"].to_numpy(dtype=float) - both[f"value_{which}"].to_numpy(dtype=float)
        rows[which] = np.maximum(level * gap, (level - 1) * gap)
    cell = [*keys, "origin", "period", "horizon"]
    mean = rows.groupby(cell, sort=False, observed=True)[["old", "new"]].mean().reset_index()
    scaled = mean.merge(_scales(history, keys), on=keys, how="left")
    for which in ("old", "new"):
        scaled[which] = scaled[which] / scaled["scale"]
    return scaled


def _scales(history: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return each series' size of change and size class, so that small places count as well."""
    from forecast.engine import scale, scores
    from forecast.panel import Panel

    line = tuple(history["period"].unique())
    values = history["value"].to_numpy(dtype=float).reshape(-1, len(line))
    frame = history[keys].iloc[:: len(line)].reset_index(drop=True)
    names = np.array(["small", "medium", "large"], dtype=object)
    return frame.assign(
        scale=scale.of(Panel(values, frame, line)), size_class=names[scores.sizes(values)]
    )


def _skill(losses: pd.DataFrame) -> tuple[float, float, float]:
    """Return 1 − new ÷ old with a 95 % interval that resamples municipalities."""
    sums = losses.groupby("area", sort=True, observed=True)[["old", "new"]].sum()
    old, new = (sums[c].to_numpy(dtype=float) for c in ("old", "new"))
    if old.sum() <= 0 or np.array_equal(old, new):
        return 0.0, 0.0, 0.0
    picks = generator(SEED, "comparison").integers(0, len(old), size=(RESAMPLES, len(old)))
    below = old[picks].sum(axis=1)
    drawn = 1 - new[picks].sum(axis=1)[below > 0] / below[below > 0]
    lower, upper = np.quantile(drawn, [0.025, 0.975])
    return float(1 - new.sum() / old.sum()), float(lower), float(upper)


def _groups(losses: pd.DataFrame) -> pd.DataFrame:
    """Return the skill by service, age, function, region, size class and horizon."""
    import pandas as pd

    named = ("service", "age", "function", "region", "size_class", "horizon")
    rows = []
    for by in (c for c in named if c in losses and losses[c].nunique() > 1):
        for group, part in losses.groupby(by, sort=True, observed=True):
            rows.append((by, str(group), *_skill(part), len(part)))
    return pd.DataFrame(rows, columns=["by", "group", "skill", "lower", "upper", "n"])


def _coverage(both: pd.DataFrame) -> pd.DataFrame:
    """Return how many outcomes lay inside each interval of each version."""
    import pandas as pd

    cell = [c for c in both.columns if c not in ("quantile", "value_old", "value_new")]
    rows = []
    for which in ("old", "new"):
        wide = both.pivot_table(index=cell, columns="quantile", values=f"value_{which}")
        actual = wide.index.get_level_values("actual").to_numpy(dtype=float)
        for name, (low, high) in INTERVALS.items():
            inside = (actual >= wide[low] - 1e-9) & (actual <= wide[high] + 1e-9)
            rows.append((which, name, float(inside.mean()), len(inside)))
    return pd.DataFrame(rows, columns=["version", "interval", "share", "n"])
