"""Accuracy: a model tried from past origins, against what planners do and against naive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from forecast import areas
from forecast.reporting import kept
from forecast.seeds import seed_of
from forecast.versions import plans

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from forecast.engine.backtest import Backtest
    from forecast.panel import Panel
    from forecast.reporting.figures.lines import Line
    from forecast.workspace import Workspace

OWN = "municipality"  # the level under which scores of a model's own series stand
MOST = 5  # origins that a drawing can hold
COLUMNS = ("mase", "wape", "bias", "pinball", "msis", "coverage50", "coverage80", "coverage95")


@dataclass(frozen=True)
class Tried:
    """A model's backtest.

    Attributes:
        model: its name.
        panel: what it was tried on.
        result: the engine's tables.
        real_time: whether every figure is as it was known at the time.
        notes: what was left out and why, and which drivers were admitted, in sentences.
    """

    model: str
    panel: Panel
    result: Backtest
    real_time: bool
    notes: tuple[str, ...] = ()

    def table(self) -> pd.DataFrame:
        """Return one row a level and method over all horizons and sizes, and skill's interval."""
        scores = self.result.scores
        whole = scores[(scores["horizon"] == 0) & (scores["size_class"] == "all")]
        wide = whole.pivot_table(
            index=["level", "method"], columns="metric", values="value", sort=False
        )
        skill = whole[whole["metric"] == "skill_vs_benchmark"].set_index(["level", "method"])
        ends = {"skill": "value", "skill_lower": "lower", "skill_upper": "upper"}
        columns = wide.reindex(columns=list(COLUMNS))
        return columns.assign(**{k: skill[v] for k, v in ends.items()}).reset_index()

    def reconciled(self) -> pd.DataFrame:
        """Return the series' error after reconciliation ÷ before it, with its interval."""
        scores = self.result.scores
        rows = scores[
            (scores["metric"] == "ratio_vs_bottom_up")
            & (scores["horizon"] == 0)
            & (scores["size_class"] == "all")
        ]
        named = rows.rename(columns={"value": "ratio"})
        return named[["level", "ratio", "lower", "upper"]].reset_index(drop=True)

    def verdict(self) -> str:
        """Return in a sentence whether the model is better than its benchmark, level by level."""
        rows = self.table()
        rows = rows[(rows["method"] == "combination") & rows["skill"].notna()]
        if rows.empty:
            return "no origin could be judged: the series are too short"
        return "; ".join(_said(row, self.level(row["level"])) for row in rows.to_dict("records"))

    def narrow(self) -> pd.DataFrame:
        """Return where 80 % intervals held too seldom, beyond what chance gives.

        One row a level and horizon (0: all of them), with the share that held, of how many, and
        from how many origins: areas of one origin share what surprised them all.
        """
        scores, origins = self.result.scores, self.result.table
        rows = scores[
            (scores["method"] == "combination")
            & (scores["size_class"] == "all")
            & (scores["metric"] == "coverage80")
        ]
        pairs = zip(rows["value"], rows["n"], strict=True)
        chosen = rows.loc[[kept.side(float(share), float(n)) == "narrow" for share, n in pairs]]
        from_ = origins.groupby("horizon")["origin"].nunique().to_dict()
        from_[0] = origins["origin"].nunique()
        tried = [int(from_.get(h, 0)) for h in chosen["horizon"]]
        named = chosen.rename(columns={"value": "coverage80"}).assign(origins=tried)
        return named[["level", "horizon", "coverage80", "n", "origins"]].reset_index(drop=True)

    def warnings(self) -> list[str]:
        """Return a sentence a level at which 80 % intervals are known to be too narrow."""
        return [
            f"{self.level(str(level))}: 80 % intervals are too narrow; they held "
            + ", ".join(_held(row) for row in rows.to_dict("records"))
            for level, rows in self.narrow().groupby("level", sort=False)
        ]

    def level(self, name: str) -> str:
        """Return what a level of the scores is; the lowest is of whatever the model counts."""
        return areas.level_of(self.panel.keys["area"].unique()) if name == OWN else name

    def by_horizon(self) -> pd.DataFrame:
        """Return the combination's scores, one row a level and horizon."""
        chosen = self._combined()
        return _wide(chosen[chosen["horizon"] > 0], "horizon")

    def by_size(self) -> pd.DataFrame:
        """Return the combination's scores, one row a level and third of its series or sums.

        They are small, medium and large by their mean level; fewer than six have no rows.
        """
        chosen = self._combined()
        sized = chosen[chosen["size_class"] != "all"]
        return _wide(sized.rename(columns={"size_class": "size"}), "size")

    def _combined(self) -> pd.DataFrame:
        scores = self.result.scores
        return scores[scores["method"] == "combination"]


def _wide(chosen: pd.DataFrame, first: str) -> pd.DataFrame:
    """Return a row a level and value of a column, a column a metric, and the skill's interval."""
    at = ["level", first]
    wide = chosen.pivot_table(index=at, columns="metric", values="value", sort=False)
    skill = chosen[chosen["metric"] == "skill_vs_benchmark"].set_index(at)
    ends = {"skill_lower": skill["lower"], "skill_upper": skill["upper"]}
    return wide.assign(**ends).reset_index()


def _held(row: dict[Any, Any]) -> str:
    where = f"{row['horizon']:g} ahead" if row["horizon"] else "over all horizons"
    origins = "1 origin" if row["origins"] == 1 else f"{row['origins']} origins"
    return f"{100 * row['coverage80']:.0f} % {where} ({row['n']} tries from {origins})"


def _said(row: dict[Any, Any], level: str) -> str:
    low, high = row["skill_lower"], row["skill_upper"]
    if np.isnan(low):
        return f"{level}: skill {row['skill']:+.3f}, too few series for an interval"
    found = "better than" if low > 0 else "worse than" if high < 0 else "not told apart from"
    return (
        f"{level}: {found} the benchmark (skill {row['skill']:+.3f}, "
        f"95 % interval {low:+.3f} to {high:+.3f})"
    )


def tried(
    workspace: Workspace,
    model: str,
    *,
    origins: int | None = None,
    seed: int = 1,
    known_at: str | None = None,
) -> Tried:
    """Try a model from past origins on what was known on a date.

    Args:
        workspace: where data and specifications lie.
        model: name of its file under models/.
        origins: how many past origins; None as the model's file says.
        seed: seed of the run.
        known_at: use only what was published by this date.

    Raises:
        ForecastError: the specification or the data do not allow it.
    """
    from forecast.engine import breaks, findings
    from forecast.engine.backtest import backtest

    plan = plans.plan(workspace, model, known_at)
    options = plan.options if origins is None else replace(plan.options, origins=origins)
    panel = plan.inputs.panel
    result = backtest(panel, options, seed_of(seed, model))
    jumps = findings.jumps(breaks.table(panel))
    tried_ = findings.drivers(result.drivers)
    notes = (*plan.inputs.notes, *jumps, *plan.left_out, *tried_)
    return Tried(model, panel, result, plan.inputs.real_time, notes)


def origins_figure(found: Tried) -> str:
    """Return an SVG of what past origins expected beside what happened.

    Both are means over the series that were observed throughout, which any measure allows. A
    forecast begins at what its origin had observed.
    """
    from forecast.reporting.document import Figure
    from forecast.reporting.figures import draw
    from forecast.reporting.figures.lines import Lines

    caption = f"{found.model}: forecasts from past origins beside what happened"
    lines = _lines(found)
    data = Lines(lines, f"{caption}, mean of the series observed throughout", "en")
    return draw(Figure("origins", "lines", data, caption, f"{caption}. {_told(lines)}"))


def _told(lines: tuple[Line, ...]) -> str:
    return "; ".join(
        f"{line.name}: {line.points[0][1]:.4g} to {line.points[-1][1]:.4g}" for line in lines
    )


def _lines(found: Tried) -> tuple[Line, ...]:
    from forecast import periods
    from forecast.reporting.figures.lines import Line

    panel, rows = found.panel, found.result.table
    per = periods.per_year(panel.frequency)
    counted: NDArray[np.bool_] = np.asarray(np.isfinite(panel.values).any(axis=0))
    steady = np.isfinite(panel.values[:, counted]).all(axis=1)
    level = panel.values[steady][:, counted].mean(axis=0)
    seen = [p for p, c in zip(panel.periods, counted, strict=True) if c]
    known = {p: (periods.ordinal(p) / per, float(v)) for p, v in zip(seen, level, strict=True)}
    lines = [Line("observed", tuple(known.values()))]
    keys = list(panel.keys.columns)
    middle = rows[rows["quantile"] == 0.5].merge(panel.keys[steady], on=keys)
    for origin, part in list(middle.groupby("origin", sort=True))[-MOST:]:
        mean = part.groupby("period", sort=True)["value"].mean()
        path = tuple((periods.ordinal(str(p)) / per, float(v)) for p, v in mean.items())
        lines.append(Line(f"from {origin}", (known[str(origin)], *path)))
    return tuple(lines)


def plain(found: Tried) -> dict[str, Any]:
    """Return the tables as plain values for a program; what is not known is None."""
    tables = {
        "methods": found.table(), "horizons": found.by_horizon(), "sizes": found.by_size(),
        "reconciled": found.reconciled(), "drivers": found.result.drivers,
        "too_narrow": found.narrow(),
    }  # fmt: skip
    rows = {name: table.astype(object).where(table.notna(), None) for name, table in tables.items()}
    return {
        "model": found.model,
        "real_time": found.real_time,
        "verdict": found.verdict(),
        "notes": list(found.notes),
        **{name: table.to_dict("records") for name, table in rows.items()},
    }
