"""Compare new figures with what the champion said of them, and say whether to train again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from forecast import registry, software
from forecast.registry import VersionInfo
from forecast.versions import plans, record

if TYPE_CHECKING:
    import pandas as pd

    from forecast.versions.plans import Plan
    from forecast.workspace import Workspace

MISSES = 10
# An 80 % interval that holds fewer or more than this of the new figures is not one any longer.
# The figures of one period share its shock, so the bounds are wider than a binomial's.
BOUNDS = (0.65, 0.93)
BIASED = 0.15  # share of new figures above the median, away from one half
_LEVELS = {"low95": 0.025, "low80": 0.1, "median": 0.5, "high80": 0.9, "high95": 0.975}


@dataclass(frozen=True)
class Drift:
    """How a version's forecast met the figures that came after it.

    Attributes:
        info: the version.
        periods: the periods that have come since; none: nothing to compare.
        inside80: share of new figures within the 80 % interval.
        inside95: the same of the 95 % interval.
        above: share of new figures above the median forecast (a half is unbiased).
        bias: (sum of new figures − sum of medians) ÷ sum of medians.
        misses: keys, period, said (median), low95, high95, came, times: the largest misses in
            widths of half the 80 % interval.
        count: how many figures were compared.
        reasons: why training again is due, in sentences; none: it is not.
    """

    info: VersionInfo
    periods: tuple[str, ...]
    inside80: float
    inside95: float
    above: float
    bias: float
    misses: pd.DataFrame
    count: int
    reasons: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """How the forecast met the new figures, in one sentence."""
        if not self.count:
            return (
                f"no figure has come since {self.info.reference} was trained "
                f"(to {self.info.tags['last_period']})"
            )
        return (
            f"{self.info.reference} met {self.count} new figures of {', '.join(self.periods)}: "
            f"{self.inside80:.0%} within its 80 % interval, {self.inside95:.0%} within its 95 %, "
            f"{self.above:.0%} above its median; together they are {self.bias:+.1%} off"
        )

    def plain(self) -> dict[str, Any]:
        """Return it as plain values, for JSON; nothing to compare gives none."""
        shares = {
            name: getattr(self, name) if self.count else None
            for name in ("inside80", "inside95", "above", "bias")
        }
        return {
            "version": self.info.reference,
            "periods": list(self.periods),
            "count": self.count,
            **shares,
            "misses": self.misses.to_dict("records"),
            "due": self.due,
            "reasons": list(self.reasons),
        }

    @property
    def due(self) -> bool:
        """Whether the model should be trained again."""
        return bool(self.reasons)


def monitor(workspace: Workspace, info: VersionInfo, known_at: str | None = None) -> Drift:
    """Compare what is known now with what a version said of it.

    Raises:
        ForecastError: the version's record or the data cannot be read.
    """
    plan = plans.plan(workspace, info.model, known_at)
    met = _met(registry.table(workspace, info, "forecast"), plan, info)
    periods = tuple(sorted(met["period"].unique()))
    if met.empty:
        nan = float("nan")
        return Drift(info, (), nan, nan, nan, nan, met, 0, tuple(_other(workspace, info, plan)))
    came = met["came"].to_numpy(dtype=float)
    inside80, inside95 = (
        float(np.mean((came >= met[f"low{n}"] - 1e-9) & (came <= met[f"high{n}"] + 1e-9)))
        for n in (80, 95)
    )
    median = met["median"].to_numpy(dtype=float)
    # A figure that meets the median (both may be 0) speaks for neither side.
    above = float(np.mean((came > median) + 0.5 * (came == median)))
    bias = float((came.sum() - median.sum()) / max(abs(median.sum()), 1e-12))
    reasons = (*_missed(periods, inside80, above), *_other(workspace, info, plan))
    return Drift(info, periods, inside80, inside95, above, bias, _largest(met), len(met), reasons)


def _met(said: pd.DataFrame, plan: Plan, info: VersionInfo) -> pd.DataFrame:
    """Return one row for each new figure: keys, period, came, and the forecast's quantiles."""
    new = record.history(plan)
    new = new[(new["period"] > info.tags["last_period"]) & new["value"].notna()]
    keys = [c for c in said.columns if c not in ("period", "quantile", "value") and c in new]
    wide = said[said["quantile"].notna()].pivot_table(
        index=[*keys, "period"], columns="quantile", values="value"
    )
    frame = wide[list(_LEVELS.values())].set_axis(list(_LEVELS), axis=1).reset_index()
    return new[[*keys, "period", "value"]].rename(columns={"value": "came"}).merge(frame)


def _missed(periods: tuple[str, ...], inside80: float, above: float) -> list[str]:
    said = [f"figures of {', '.join(periods)} have come since it was trained"]
    low, high = BOUNDS
    if not low <= inside80 <= high:
        said.append(f"its 80 % interval held {inside80:.0%} of them (bounds {low:.0%}–{high:.0%})")
    if abs(above - 0.5) > BIASED:
        word = "above" if above > 0.5 else "below"
        said.append(f"{max(above, 1 - above):.0%} of them lie {word} its median")
    return said


def _other(workspace: Workspace, info: VersionInfo, plan: Plan) -> list[str]:
    """Return what else has changed since a version was trained: data revised, specification."""
    said = []
    held = {str(s["id"]) for s in registry.facts(workspace, info, "sources")}
    sources = record.sources_of(workspace, plan.inputs.used)
    said += [f"{s.id} has come since ({s.role})" for s in sources if s.id not in held]
    if registry.spec_of(workspace, info) != plan.text:
        said.append("its specification in models/ was changed")
    changed = software.differences(registry.facts(workspace, info, "software"), software.describe())
    packages = sorted(set(changed) - {"code", "platform", "python"})
    if packages:
        said.append(f"packages have changed: {', '.join(packages)}")
    return said


def _largest(met: pd.DataFrame) -> pd.DataFrame:
    """Return the figures that lie furthest from their median, in half widths of the interval."""
    half = ((met["high80"] - met["low80"]) / 2).clip(lower=1e-9)
    times = ((met["came"] - met["median"]) / half).round(6)
    frame = met.assign(times=times).rename(columns={"median": "said"})
    order = frame["times"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].head(MISSES).drop(columns=["low80", "high80"]).reset_index(drop=True)
