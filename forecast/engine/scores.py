"""Scores: errors of members and combination at past origins, by level, size, horizon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from forecast import seeds

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
INTERVALS = {"coverage50": (2, 4), "coverage80": (1, 5), "coverage95": (0, 6)}
UNRECONCILED = "bottom_up"  # the combination before it is reconciled with its sums
RESAMPLES = 400
FEWEST = 5  # units below which resampling them says nothing
COLUMNS = (
    "method level size_class horizon metric value lower upper n".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Sheet:
    """Forecasts of one level beside what happened.

    Attributes:
        level: name of the level.
        actual: (o, n, H).
        points: by method (o, n, H).
        quantiles: (o, n, H, len(QUANTILES)) of the combination.
        scale: (o, n) mean absolute change before the origin; NaN where there is none.
        size: (n) 0, 1, 2 for small, medium, large.
        benchmark: the method that skill is measured against.
        lowest: whether these are the series themselves, not sums of them.
        unit: (n) what each row is resampled with: its municipality, or region.
        alone: by member (o, n, H, len(QUANTILES)) with intervals of its own.
    """

    level: str
    actual: Floats
    points: dict[str, Floats]
    quantiles: Floats
    scale: Floats
    size: NDArray[np.intp]
    benchmark: str
    lowest: bool
    unit: NDArray[np.intp]
    alone: dict[str, Floats]


def sizes(values: Floats) -> NDArray[np.intp]:
    """Return (n,) 0, 1, 2: the third of the panel that a series' mean level falls into."""
    with np.errstate(invalid="ignore"):
        seen = np.isfinite(values)
        level = np.where(seen, values, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    return np.asarray(np.searchsorted(np.quantile(level, [1 / 3, 2 / 3]), level, side="right"))


def table(sheets: list[Sheet], seed: int) -> pd.DataFrame:
    """Return the long table of scores; horizon 0 and size class `all` mean every one.

    Interval ends (`lower`, `upper`) are 95 % bootstrap limits that resample whole municipalities
    (of sums by region: regions) with all their series, given for skill and for the ratio of errors
    after and before reconciliation; other rows have none. Members have interval scores of their
    own over all horizons and sizes.
    """
    import pandas as pd

    rows: list[list[Any]] = []
    for sheet in sheets:
        horizons = sheet.actual.shape[2]
        everything = np.ones(len(sheet.size), dtype=bool)
        for h in range(horizons + 1):
            rows += _scored(sheet, "all", everything, h, seed)
        if len(sheet.size) >= 6:
            for code, name in enumerate(("small", "medium", "large")):
                rows += _scored(sheet, name, sheet.size == code, 0, seed)
    return pd.DataFrame(rows, columns=COLUMNS)


def _scored(
    sheet: Sheet, name: str, chosen: NDArray[np.bool_], horizon: int, seed: int
) -> list[list[Any]]:
    """Score one slice of a sheet: a size class at one horizon, or at all (0)."""
    window = slice(None) if horizon == 0 else slice(horizon - 1, horizon)
    actual = sheet.actual[:, chosen, window]
    count = int(np.isfinite(actual).sum())
    if count == 0:
        return []
    scale = sheet.scale[:, chosen, None]
    head = [sheet.level, name, horizon]
    rows = []
    for method, point in sheet.points.items():
        found = point_metrics(actual, point[:, chosen, window], scale)
        rows += [[method, *head, k, v, np.nan, np.nan, count] for k, v in found.items()]
    quantiles = sheet.quantiles[:, chosen, window]
    for k, v in interval_metrics(actual, quantiles, scale).items():
        rows.append(["combination", *head, k, v, np.nan, np.nan, count])
    if name == "all" and horizon == 0:
        rows += _alone(sheet, head)
    if sheet.benchmark in sheet.points:
        ours, theirs = (
            np.abs(sheet.points[m][:, chosen, window] - actual) / scale
            for m in ("combination", sheet.benchmark)
        )
        skill = paired_skill(ours, theirs, sheet.unit[chosen], seed)
        rows.append(["combination", *head, "skill_vs_benchmark", *skill, count])
    if sheet.lowest and UNRECONCILED in sheet.points:
        ratio = _ratio(sheet, (slice(None), chosen, window), seed)
        rows.append(["combination", *head, "ratio_vs_bottom_up", *ratio, count])
    return rows


def _alone(sheet: Sheet, head: list[Any]) -> list[list[Any]]:
    """Score the intervals of members that had one wherever the combination is judged."""
    scale = sheet.scale[:, :, None]
    judged = np.isfinite(sheet.actual / scale)
    rows = []
    for method, quantiles in sheet.alone.items():
        if judged.any() and np.isfinite(quantiles[judged]).all():
            found = interval_metrics(np.where(judged, sheet.actual, np.nan), quantiles, scale)
            rows += [
                [method, *head, k, v, np.nan, np.nan, int(judged.sum())] for k, v in found.items()
            ]
    return rows


def _ratio(sheet: Sheet, part: tuple[Any, ...], seed: int) -> tuple[float, float, float]:
    """Return the error after reconciliation ÷ before it, paired, with its 95 % interval."""
    scale = sheet.scale[:, part[1], None]
    ours, theirs = (
        np.abs(sheet.points[m][part] - sheet.actual[part]) / scale
        for m in ("combination", UNRECONCILED)
    )
    gain, low, high = paired_skill(ours, theirs, sheet.unit[part[1]], seed)
    return 1 - gain, 1 - high, 1 - low


def point_metrics(actual: Floats, point: Floats, scale: Floats) -> dict[str, float]:
    """Return MASE, WAPE and relative bias (mean error ÷ mean level) of point forecasts."""
    error = point - actual
    seen = np.isfinite(error)
    level = float(np.abs(actual[seen]).sum())
    return {
        "mase": _mean(np.abs(error) / scale),
        "wape": float(np.abs(error[seen]).sum()) / level if level > 0 else np.nan,
        "bias": float(error[seen].sum()) / level if level > 0 else np.nan,
    }


def interval_metrics(actual: Floats, quantiles: Floats, scale: Floats) -> dict[str, float]:
    """Return scaled pinball loss, scaled MSIS (95 %) and coverage of three intervals."""
    level = np.array(QUANTILES)
    gap = actual[..., None] - quantiles
    loss = np.maximum(level * gap, (level - 1) * gap).mean(axis=-1)
    low, high = quantiles[..., 0], quantiles[..., -1]
    miss = np.maximum(low - actual, 0) + np.maximum(actual - high, 0)
    found = {
        "pinball": _mean(loss / scale),
        "msis": _mean((high - low + miss * 2 / 0.05) / scale),
    }
    for name, (a, b) in INTERVALS.items():
        inside = (actual >= quantiles[..., a] - 1e-9) & (actual <= quantiles[..., b] + 1e-9)
        found[name] = _mean(np.where(np.isfinite(actual), inside, np.nan))
    return found


def paired_skill(
    ours: Floats, theirs: Floats, unit: NDArray[np.intp], seed: int
) -> tuple[float, float, float]:
    """Return 1 − our error ÷ theirs with a 95 % interval that resamples whole units.

    Args:
        ours: scaled absolute errors (o, n, H); NaN where nothing is known.
        theirs: the same of the benchmark.
        unit: (n) code of what each series is drawn with: those of a municipality err together.
        seed: seed of the run.
    """
    both = np.isfinite(ours) & np.isfinite(theirs)
    code = np.unique(unit, return_inverse=True)[1]
    a, b = (np.bincount(code, np.where(both, x, 0.0).sum(axis=(0, 2))) for x in (ours, theirs))
    if b.sum() <= 0:
        return np.nan, np.nan, np.nan
    skill = float(1 - a.sum() / b.sum())
    if (b > 0).sum() < FEWEST:
        return skill, np.nan, np.nan
    rng = seeds.generator(seed, "skill")
    picks = rng.integers(0, len(a), size=(RESAMPLES, len(a)))
    below = b[picks].sum(axis=1)
    ratio = a[picks].sum(axis=1)[below > 0] / below[below > 0]
    low, high = np.quantile(1 - ratio, [0.025, 0.975])
    return skill, float(low), float(high)


def _mean(values: Floats) -> float:
    seen = np.isfinite(values)
    return float(values[seen].mean()) if seen.any() else np.nan
